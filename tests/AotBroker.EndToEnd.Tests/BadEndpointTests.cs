using AotBroker.Tests;

namespace AotBroker.EndToEnd.Tests;

/// <summary>
/// Whatever the endpoint does, the caller gets one line that says what and what to do, and a credential that is still good
/// stays in the cache (invariants 6, 8 and 10).
/// </summary>
public sealed class BadEndpointTests : BrokerTest
{
    public static TheoryData<string, string, int, string> Answers => new()
    {
        { "400", "AB0502", 5, "rejected the request as malformed (HTTP 400" },
        { "401", "AB0501", 5, "refused the identity token (HTTP 401" },
        { "403", "AB0503", 5, "forbids the exchange (HTTP 403" },
        { "404", "AB0504", 5, "there is no token endpoint at" },
        { "418", "AB0509", 5, "gave an unexpected answer (HTTP 418" },
        { "429", "AB0505", 5, "received too many requests (HTTP 429" },
        { "500", "AB0604", 6, "the token endpoint failed (HTTP 500" },
        { "503", "AB0604", 6, "the token endpoint failed (HTTP 503" },
        { "not JSON", "AB0507", 5, "it is not JSON, or it is cut off" },
        { "HTML", "AB0601", 6, "a web page came in its place" },
        { "HTML 502", "AB0601", 6, "a web page came in its place" },
        { "null", "AB0507", 5, "it is null, not a JSON object" },
        { "an empty object", "AB0507", 5, "it has no access_token" },
        { "a token that is no header", "AB0507", 5, "its access_token has a character that a header cannot hold" },
        { "no expires_in", "AB0507", 5, "it has no expires_in" },
        { "another token type", "AB0507", 5, "not Bearer" },
        { "oversized", "AB0508", 5, "larger than 1024 KiB" },
        { "endless", "AB0508", 5, "larger than 1024 KiB" },
        { "cut before reading", "AB0605", 6, "was lost" },
        { "cut after spending", "AB0605", 6, "was lost" },
        { "the assertion beside the message", "AB0501", 5, "refused the identity token" },
        { "the assertion in the message", "AB0501", 5, "the service's text was left out" },
    };

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        UseFederationVariables();
        (await Sandbox.RunAsync("get")).Succeeded();
        NewIdentityFile();
    }

    [Theory]
    [MemberData(nameof(Answers))]
    public async Task A_bad_answer_is_an_error_with_a_cure(string what, string code, int exitCode, string message)
    {
        Endpoint.Faults.Add(FaultOf(what), times: null);

        (await RefreshAsync()).Failed(code, exitCode).Says(message);
    }

    [Theory]
    [InlineData(301)]
    [InlineData(302)]
    [InlineData(303)]
    [InlineData(307)]
    [InlineData(308)]
    public async Task A_redirect_is_never_followed(int status)
    {
        Endpoint.Faults.Add(Fault.Redirect(Endpoint.Url + EndpointPaths.RedirectTarget, status), times: null);

        (await RefreshAsync()).Failed("AB0506", 5).Says("redirects to 127.0.0.1, and a token is never sent after a redirect");

        Assert.Empty(Endpoint.Events.At(EndpointPaths.RedirectTarget));
        Assert.Equal(2, Endpoint.Events.Presentations);
    }

    [Theory]
    [InlineData("silent")]
    [InlineData("trickling")]
    public async Task A_slow_answer_is_waited_for_no_longer_than_the_caller_wants(string how)
    {
        Endpoint.Faults.Add(how == "silent" ? Fault.Hang() : Fault.Drip(), times: null);

        (await RefreshAsync("--timeout", "4")).Failed("AB0603", 6).Says("did not answer in time").Says("`--timeout SECONDS` (of `get`, `exec` and `keep`)");
    }

    [Fact]
    public async Task An_endpoint_that_is_down_is_an_error_with_its_address_and_spends_no_token()
    {
        using ClosedPort closed = new();
        var url = Sandbox.Environment["ANTHROPIC_BASE_URL"];
        Sandbox.Environment["ANTHROPIC_BASE_URL"] = closed.Url;

        (await RefreshAsync("--timeout", "8")).Failed("AB0601", 6).Says($"cannot connect to {closed.Authority}").Says("from ANTHROPIC_BASE_URL");

        Sandbox.Environment["ANTHROPIC_BASE_URL"] = url;
        (await Sandbox.RunAsync("get", "--force-refresh")).Succeeded();
    }

    [Fact]
    public async Task A_name_that_does_not_exist_is_an_error()
    {
        Sandbox.Environment["ANTHROPIC_BASE_URL"] = "https://endpoint.invalid";

        (await RefreshAsync("--timeout", "30")).Failed("AB0601", 6).Says("cannot connect to endpoint.invalid");
    }

    [Theory]
    [InlineData("http://endpoint.test", "is plain http to endpoint.test")]
    [InlineData("http://localhost.endpoint.test:8080", "is plain http to localhost.endpoint.test")]
    [InlineData("http://127.0.0.1.endpoint.test", "is plain http to 127.0.0.1.endpoint.test")]
    [InlineData("http://128.0.0.1", "is plain http to 128.0.0.1")]
    [InlineData("http://0.0.0.0", "is plain http to 0.0.0.0")]
    [InlineData("ftp://127.0.0.1", "is not an https address")]
    [InlineData("endpoint.test", "is not an https address")]
    [InlineData("https://name:word@endpoint.test", "holds a user name or a password")]
    [InlineData("https://endpoint.test/?a=b", "has a query")]
    [InlineData("https://endpoint.test/#a", "has a fragment")]
    public async Task An_address_that_a_token_must_not_be_sent_to_is_refused_before_one_is_asked_for(string address, string message)
    {
        UseGitHubVariables();
        Sandbox.Environment.Remove("ANTHROPIC_IDENTITY_TOKEN_FILE");
        Sandbox.Environment["ANTHROPIC_BASE_URL"] = address;

        (await RefreshAsync()).Failed("AB0310", 3).Says("from ANTHROPIC_BASE_URL").Says(message);

        Assert.Empty(Endpoint.Events.At(EndpointPaths.GitHub));
    }

    [Fact]
    public async Task A_lifetime_as_a_numeric_string_is_taken()
    {
        Endpoint.Faults.Add(Fault.ExpiresInAsString());

        Assert.NotNull(Endpoint.Grants.Find((await Sandbox.RunAsync("get", "--force-refresh")).Succeeded().Line));
    }

    [Fact]
    public async Task A_mandatory_refresh_that_fails_is_an_error_and_an_advisory_one_a_warning()
    {
        var token = (await Sandbox.RunAsync("get")).Succeeded().Line;
        Endpoint.Faults.Add(Fault.Status(403), times: null);

        SetRemainingLife(seconds: 60);
        Assert.Equal(token, (await Sandbox.RunAsync("get")).SucceededWith("AB0804").Says("HTTP 403").Line);
        SetRemainingLife(seconds: 20);
        (await Sandbox.RunAsync("get")).Failed("AB0503", 5);
    }

    private void SetRemainingLife(long seconds)
    {
        var entry = System.Text.Json.Nodes.JsonNode.Parse(File.ReadAllText(Sandbox.EntryFile))!;
        var expiresAt = DateTimeOffset.UtcNow.ToUnixTimeSeconds() + seconds;
        entry["issued_at"] = expiresAt - 3600;
        entry["expires_at"] = expiresAt;
        File.WriteAllText(Sandbox.EntryFile, entry.ToJsonString());
    }

    /// <summary>Asks for a new credential, and checks that the old one is left alone.</summary>
    private async Task<ProcessResult> RefreshAsync(params string[] options)
    {
        var entry = await File.ReadAllBytesAsync(Sandbox.EntryFile);
        var result = await Sandbox.RunAsync(["get", "--force-refresh", .. options]);
        Assert.Equal(entry, await File.ReadAllBytesAsync(Sandbox.EntryFile));
        return result;
    }

    private static Fault FaultOf(string what) => what switch
    {
        "not JSON" => Fault.NotJson(),
        "HTML" => Fault.HtmlBody(),
        "HTML 502" => Fault.HtmlBody(502),
        "null" => Fault.NullBody(),
        "an empty object" => Fault.NotJson("{}"),
        "a token that is no header" => Fault.NotJson("{\"access_token\":\"line\\r\\nbreak\",\"token_type\":\"Bearer\",\"expires_in\":600}"),
        "no expires_in" => Fault.OmitExpiresIn(),
        "another token type" => Fault.WrongTokenType(),
        "oversized" => Fault.OversizedAnswer(),
        "endless" => Fault.Endless(),
        "cut before reading" => Fault.DropBeforeReading(),
        "cut after spending" => Fault.DropAfterSpending(),
        "the assertion beside the message" => Fault.EchoAssertionInBody(),
        "the assertion in the message" => Fault.EchoAssertionInBody(inMessage: true),
        _ => Fault.Status(int.Parse(what, System.Globalization.CultureInfo.InvariantCulture)),
    };
}
