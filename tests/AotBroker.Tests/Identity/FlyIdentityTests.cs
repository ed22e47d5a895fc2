using System.Net;
using AotBroker.Http;
using AotBroker.Identity;
using AotBroker.Runtime;
using AotBroker.Schemas;
using AotBroker.Settings;

namespace AotBroker.Tests;

/// <summary>The socket in a Fly Machine: what is asked, to the letter, and what is made of each answer.</summary>
public sealed class FlyIdentityTests : IDisposable
{
    private readonly Machine _machine = new();
    private readonly PinnedHttp _http = new();

    public void Dispose()
    {
        _http.Dispose();
        _machine.Dispose();
    }

    private string Socket => _machine.Home["api"];

    private SourceTokens Provider(string? audience = "https://api.anthropic.com", string? own = null) =>
        Sources.Tokens(new FlyIdentity { Socket = Socket, Audience = own }, audience, _machine.Environment, _http);

    private IdentityToken Get(string? audience = "https://api.anthropic.com", string? own = null, double seconds = 30) => Provider(audience, own).GetToken(_machine.Deadline(seconds));

    private RawServer Answering(int status, string body) => new(_ => RawServer.Answer(status, body), Socket);

    [Theory]
    [InlineData(null, "https://api.anthropic.com")]
    [InlineData("https://other.example/a", "https://other.example/a")]
    public void The_request_is_this_to_the_letter(string? own, string audience)
    {
        string token = Made.Jwt("{}");
        string body = $$"""{"aud":"{{audience}}"}""";
        using RawServer server = Answering(200, token + "\n");

        Assert.Equal(token, Get(own: own).Reveal());

        string expected = $"POST /v1/tokens/oidc HTTP/1.1\r\nHost: localhost\r\nUser-Agent: aotbroker/0.1.0\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\n\r\n{body}";
        Assert.Equal(HttpText.Sorted(expected), HttpText.Sorted(Assert.Single(server.Requests)));
        Assert.True(Provider().Mints);
    }

    [Fact]
    public void A_relative_socket_is_taken_from_the_working_directory()
    {
        string token = Made.Jwt("{}");
        using RawServer server = Answering(200, token);

        Assert.Equal(token, Sources.Tokens(new FlyIdentity { Socket = "api" }, "x", _machine.Environment, _http).GetToken(_machine.Deadline()).Reveal());
        Assert.Equal(Key(new FlyIdentity { Socket = "api" }), Key(new FlyIdentity { Socket = Socket }));
    }

    [Fact]
    public void Without_an_audience_nothing_is_asked()
    {
        using RawServer server = Answering(200, Made.Jwt("{}"));

        Assert.Contains("fly", Expect.Error("AB0411", () => Get(audience: null)).Message, StringComparison.Ordinal);
        Assert.Empty(server.Requests);
    }

    [Fact]
    public void A_socket_that_is_not_there_is_told_by_its_path() =>
        Assert.Contains(Socket, Expect.Error("AB0402", () => Get()).Message, StringComparison.Ordinal);

    [Fact]
    public void A_socket_that_nobody_serves_is_told_by_its_path()
    {
        File.WriteAllText(Socket, "");

        Assert.Contains(Socket, Expect.Error("AB0409", () => Get()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_socket_that_hangs_is_left_at_the_deadline()
    {
        using RawServer server = RawServer.Silent(Socket);

        Expect.Error("AB0409", () => Get(seconds: 0.3));
    }

    [Theory]
    [InlineData(400, 1)]
    [InlineData(403, 1)]
    [InlineData(503, 3)]
    public void A_refusal_is_final_and_a_failure_is_tried_again(int status, int times)
    {
        using RawServer server = Answering(status, """{"error":"audience is not allowed"}""");

        Assert.Contains("audience is not allowed", Expect.Error("AB0409", () => Get()).Message, StringComparison.Ordinal);
        Assert.Equal(times, server.Requests.Count);
    }

    [Theory]
    [InlineData("", "AB0403")]
    [InlineData("""{"token":"x"}""", "AB0405")]
    public void An_answer_that_is_no_token_is_an_error(string body, string code)
    {
        using RawServer server = Answering((int)HttpStatusCode.OK, body);

        Expect.Error(code, () => Get());
    }

    [Fact]
    public void The_machine_and_the_audience_are_the_key()
    {
        List<string> keys = [Key(new FlyIdentity()), Key(new FlyIdentity { Audience = "x" }), Key(new FlyIdentity { Socket = "/other" })];
        foreach (string variable in (string[])["FLY_APP_NAME", "FLY_MACHINE_ID"])
        {
            _machine.Variables[variable] = "1";
            keys.Add(Key(new FlyIdentity()));
        }

        Assert.Distinct(keys);
    }

    private string Key(IdentitySettings source)
    {
        KeyText key = new();
        Sources.AddToKey(key, source, "https://api.anthropic.com", _machine.Environment);
        return key.ToString();
    }
}
