using AotBroker.Errors;
using AotBroker.Exchange;
using AotBroker.Http;
using AotBroker.Identity;
using AotBroker.Runtime;
using LocalTokenEndpoint;

namespace AotBroker.Tests;

/// <summary>Invariants 6 and 8: what a misbehaving server can do to the broker, and what then is known of the token.</summary>
public sealed class TransportTests : IAsyncLifetime, IDisposable
{
    private readonly Machine _machine = new();
    private readonly PinnedHttp _http = new();
    private LocalEndpoint _endpoint = null!;

    public async Task InitializeAsync() => _endpoint = await LocalEndpoint.StartAsync(new LocalEndpointOptions { Time = _machine.Clock });

    public async Task DisposeAsync() => await _endpoint.DisposeAsync();

    public void Dispose()
    {
        _http.Dispose();
        _machine.Dispose();
    }

    private ExchangeResult Present(string url, double seconds = 30) => new AnthropicFederationExchange(Made.Federation(url), _machine.Environment)
        .Check()
        .Present(Made.IdentityToken(), _http, _machine.Deadline(seconds));

    private ExchangeResult Present(Fault fault, double seconds = 30)
    {
        _endpoint.Faults.Add(fault with { SpendFirst = false });
        return Present(_endpoint.HttpUrl, seconds);
    }

    private static void AssertFailed(ExchangeResult result, string code, Presentation presentation, bool mayPass)
    {
        Expect.Error(code, result.Error);
        Assert.Equal(presentation, result.Presentation);
        Assert.Equal(mayPass, result.MayPass);
        Assert.Null(result.Credential);
    }

    [Theory]
    [InlineData(FaultKind.Hang)]
    [InlineData(FaultKind.Drip)]
    public void A_server_that_does_not_come_to_an_end_is_left_at_the_deadline(FaultKind kind)
    {
        // The first request on a machine takes its time, and is not to be what the deadline ends.
        Present(Fault.Status(503));

        AssertFailed(Present(kind == FaultKind.Hang ? Fault.Hang() : Fault.Drip(), seconds: 5), "AB0603", Presentation.Unknown, mayPass: true);
    }

    [Fact]
    public void An_endless_answer_is_left_at_1_MiB() => AssertFailed(Present(Fault.Endless()), "AB0508", Presentation.Unknown, mayPass: false);

    [Theory]
    [InlineData(1024 * 1024, null)]
    [InlineData((1024 * 1024) + 1, "AB0508")]
    public void An_answer_has_at_most_1_MiB(int size, string? code)
    {
        string start = $$"""{"access_token":"{{Made.AccessToken()}}","expires_in":600,"padding":""" + "\"";
        string body = start + new string('x', size - start.Length - 2) + "\"}";
        using RawServer server = new(RawServer.Answer(200, body));

        ExchangeResult result = Present(server.Url);

        Assert.Equal(code, result.Error is { } error ? ErrorCodes.NameOf(error.Code) : null);
    }

    [Fact]
    public void A_connection_cut_after_the_request_leaves_the_token_unknown()
    {
        using RawServer server = new(static _ => null);

        AssertFailed(Present(server.Url), "AB0605", Presentation.Unknown, mayPass: true);
    }

    [Fact]
    public void An_answer_cut_in_the_middle_is_no_answer()
    {
        byte[] answer = RawServer.Answer(200, $$"""{"access_token":"{{Made.AccessToken()}}","expires_in":600}""");
        using RawServer server = new(_ => answer[..^5]);

        AssertFailed(Present(server.Url), "AB0605", Presentation.Unknown, mayPass: true);
    }

    [Theory]
    [InlineData("SSH-2.0-OpenSSH_9.2\r\n")]
    [InlineData("HTTP/1.1 abc OK\r\n\r\n")]
    public void What_is_not_http_is_no_answer(string answer)
    {
        using RawServer server = new(System.Text.Encoding.ASCII.GetBytes(answer));

        AssertFailed(Present(server.Url), "AB0605", Presentation.Unknown, mayPass: true);
    }

    [Fact]
    public void Headers_without_end_are_no_answer()
    {
        using RawServer server = new(System.Text.Encoding.ASCII.GetBytes("HTTP/1.1 200 OK\r\n" + string.Concat(Enumerable.Repeat("X: " + new string('x', 1000) + "\r\n", 200))));

        AssertFailed(Present(server.Url), "AB0605", Presentation.Unknown, mayPass: true);
    }

    [Fact]
    public void A_port_where_nobody_listens_leaves_the_token_unspent()
    {
        using ClosedPort closed = new();

        AssertFailed(Present(closed.Url), "AB0601", Presentation.NotSent, mayPass: true);
    }

    [Fact]
    public void A_name_that_is_not_there_leaves_the_token_unspent() =>
        AssertFailed(Present("https://does-not-exist.invalid"), "AB0601", Presentation.NotSent, mayPass: true);

    [Fact]
    public void A_certificate_that_nobody_vouches_for_leaves_the_token_unspent()
    {
        AssertFailed(Present(_endpoint.HttpsUrl), "AB0602", Presentation.NotSent, mayPass: false);

        Assert.Empty(_endpoint.Events.Snapshot());
    }

    [Fact]
    public void Without_time_nothing_is_sent()
    {
        AssertFailed(Present(_endpoint.HttpUrl, seconds: 0), "AB0603", Presentation.NotSent, mayPass: true);

        Assert.Empty(_endpoint.Events.Snapshot());
    }

    [Theory]
    [InlineData(301)]
    [InlineData(302)]
    [InlineData(303)]
    [InlineData(307)]
    [InlineData(308)]
    public void A_redirect_is_refused_and_never_followed(int status)
    {
        ExchangeResult result = Present(Fault.Redirect(status: status));

        AssertFailed(result, "AB0506", Presentation.Refused, mayPass: false);
        Assert.Equal(EndpointPaths.Token, Assert.Single(_endpoint.Events.Snapshot()).Path);
    }

    [Fact]
    public void The_host_that_a_redirect_leads_to_is_named()
    {
        ExchangeResult result = Present(Fault.Redirect("https://elsewhere.example/path?secret=value"));

        Assert.Contains("redirects to elsewhere.example,", result.Error!.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", result.Error.All(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_cookie_is_not_kept_and_a_connection_not_used_again()
    {
        using RawServer server = new(RawServer.Answer(503, "{}", "Set-Cookie: a=b"));

        Present(server.Url);
        Present(server.Url);

        Assert.Equal(2, server.Requests.Count);
        Assert.All(server.Requests, static request => Assert.DoesNotContain("Cookie", request, StringComparison.Ordinal));
    }
}
