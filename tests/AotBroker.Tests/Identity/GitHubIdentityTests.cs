using AotBroker.Http;
using AotBroker.Identity;
using AotBroker.Runtime;
using AotBroker.Schemas;
using AotBroker.Settings;
using LocalTokenEndpoint;

namespace AotBroker.Tests;

/// <summary>GitHub Actions' token service: what is asked, to the letter, and what is made of each answer.</summary>
public sealed class GitHubIdentityTests : IDisposable
{
    private readonly Machine _machine = new();
    private readonly PinnedHttp _http = new();

    public void Dispose()
    {
        _http.Dispose();
        _machine.Dispose();
    }

    private IdentityToken Get(string url, string bearer, string? audience = "https://api.anthropic.com", double seconds = 30)
    {
        _machine.Variables["ACTIONS_ID_TOKEN_REQUEST_URL"] = url;
        _machine.Variables["ACTIONS_ID_TOKEN_REQUEST_TOKEN"] = bearer;
        return Sources.Tokens(new GithubActionsIdentity(), audience, _machine.Environment, _http).GetToken(_machine.Deadline(seconds));
    }

    private static byte[] Token(string token) => RawServer.Answer(200, $$"""{"count":1,"value":"{{token}}"}""");

    [Theory]
    [InlineData("/token?api-version=2.0", "https://api.anthropic.com", "/token?api-version=2.0&audience=https%3A%2F%2Fapi.anthropic.com")]
    [InlineData("/token?api-version=2.0", "a b&c=d", "/token?api-version=2.0&audience=a%20b%26c%3Dd")]
    [InlineData("/token", "x", "/token?audience=x")]
    public void The_request_is_this_to_the_letter(string path, string audience, string target)
    {
        string token = Made.Jwt("{}");
        string bearer = Made.Name();
        using RawServer server = new(Token(token));

        Assert.Equal(token, Get(server.Url + path, bearer, audience).Reveal());

        Assert.Equal(
            HttpText.Request(server, "GET " + target, "Authorization: bearer " + bearer, "Accept: application/json; api-version=2.0"),
            HttpText.Sorted(Assert.Single(server.Requests)));
    }

    [Fact]
    public void Without_an_audience_nothing_is_asked() =>
        Assert.Contains("github-actions", Expect.Error("AB0411", () => Get("https://pipelines.example", Made.Name(), audience: null)).Message, StringComparison.Ordinal);

    [Fact]
    public async Task Every_call_mints_a_new_token()
    {
        await using LocalEndpoint endpoint = await LocalEndpoint.StartAsync(new LocalEndpointOptions { Time = _machine.Clock, HttpsPort = null });

        IdentityToken one = Get(endpoint.GitHubRequestUrl, endpoint.GitHubRequestToken);
        IdentityToken two = Get(endpoint.GitHubRequestUrl, endpoint.GitHubRequestToken);

        Assert.NotEqual(one.Digest, two.Digest);
        Assert.Equal("https://api.anthropic.com", one.Audience);
        Assert.Equal(TokenSupply.Minted, Sources.Tokens(new GithubActionsIdentity(), null, _machine.Environment, _http).Supply);
    }

    [Theory]
    [InlineData(500)]
    [InlineData(503)]
    [InlineData(429)]
    public async Task A_failure_that_may_pass_is_tried_again(int status)
    {
        await using LocalEndpoint endpoint = await LocalEndpoint.StartAsync(new LocalEndpointOptions { Time = _machine.Clock, HttpsPort = null });
        endpoint.Faults.Add(FaultTarget.GitHub, Fault.Status(status));

        Get(endpoint.GitHubRequestUrl, endpoint.GitHubRequestToken);

        Assert.Equal(2, endpoint.Events.At(EndpointPaths.GitHub).Count);
    }

    [Fact]
    public async Task A_connection_that_is_cut_is_tried_again()
    {
        await using LocalEndpoint endpoint = await LocalEndpoint.StartAsync(new LocalEndpointOptions { Time = _machine.Clock, HttpsPort = null });
        endpoint.Faults.Add(FaultTarget.GitHub, Fault.DropBeforeReading());

        Get(endpoint.GitHubRequestUrl, endpoint.GitHubRequestToken);

        Assert.Equal(2, endpoint.Events.At(EndpointPaths.GitHub).Count);
    }

    [Fact]
    public void It_is_tried_three_times_and_no_more()
    {
        using RawServer server = new(RawServer.Answer(503, "{}"));

        var error = Expect.Error("AB0409", () => Get(server.Url, Made.Name()));

        Assert.Contains("503", error.Message, StringComparison.Ordinal);
        Assert.Equal(3, server.Requests.Count);
    }

    [Fact]
    public void It_is_not_tried_again_where_the_wait_would_end_after_the_deadline()
    {
        using RawServer server = new(RawServer.Answer(429, "{}", "Retry-After: 3600"));

        Expect.Error("AB0409", () => Get(server.Url, Made.Name()));

        Assert.Single(server.Requests);
    }

    [Theory]
    [InlineData(401)]
    [InlineData(403)]
    public void A_refusal_is_final_and_hints_at_the_permission(int status)
    {
        using RawServer server = new(RawServer.Answer(status, """{"message":"The request is not authorized"}"""));

        var error = Expect.Error("AB0409", () => Get(server.Url, Made.Name()));

        Assert.Contains("id-token: write", error.All(), StringComparison.Ordinal);
        Assert.Single(server.Requests);
    }

    [Fact]
    public void A_redirect_is_not_followed()
    {
        // Invariant 8.
        using RawServer target = new(Token(Made.Jwt("{}")));
        using RawServer server = new(RawServer.Answer(302, "", $"Location: {target.Url}"));

        Expect.Error("AB0409", () => Get(server.Url, Made.Name()));

        Assert.Empty(target.Requests);
    }

    [Theory]
    [InlineData("{}", "AB0409")]
    [InlineData("""{"value":null}""", "AB0409")]
    [InlineData("null", "AB0409")]
    [InlineData("[]", "AB0409")]
    [InlineData("""{"value":7}""", "AB0409")]
    [InlineData("<html>", "AB0409")]
    [InlineData("""{"value":""}""", "AB0403")]
    [InlineData("""{"value":"abc"}""", "AB0405")]
    public void An_answer_without_a_token_is_an_error(string body, string code)
    {
        using RawServer server = new(RawServer.Answer(200, body));

        Expect.Error(code, () => Get(server.Url, Made.Name()));
    }

    [Theory]
    [InlineData("ACTIONS_ID_TOKEN_REQUEST_URL")]
    [InlineData("ACTIONS_ID_TOKEN_REQUEST_TOKEN")]
    public void Without_one_of_its_variables_nothing_is_asked(string missing)
    {
        _machine.Variables["ACTIONS_ID_TOKEN_REQUEST_URL"] = "https://pipelines.example";
        _machine.Variables["ACTIONS_ID_TOKEN_REQUEST_TOKEN"] = Made.Name();
        _machine.Variables[missing] = "";

        var error = Expect.Error("AB0410", () => Sources.Tokens(new GithubActionsIdentity(), null, _machine.Environment, _http).GetToken(_machine.Deadline()));

        Assert.Contains(missing, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("abc\n")]
    [InlineData("abc\r\nX-Injected: yes")]
    [InlineData("a b")]
    [InlineData("ä")]
    public void A_request_token_that_could_not_be_sent_in_a_header_is_refused(string bearer)
    {
        using RawServer server = new(Token(Made.Jwt("{}")));

        var error = Expect.Error("AB0305", () => Get(server.Url, bearer));

        Assert.Contains("ACTIONS_ID_TOKEN_REQUEST_TOKEN", error.Message, StringComparison.Ordinal);
        Assert.Empty(server.Requests);
    }

    [Theory]
    [InlineData("FORGEJO_ACTIONS", "Forgejo Actions", "enable-openid-connect: true")]
    [InlineData("GITEA_ACTIONS", "Gitea Actions", "enable-openid-connect: true")]
    [InlineData("GITHUB_ACTIONS", "GitHub Actions", "permissions: id-token: write")]
    public void The_platform_is_told_by_its_own_name(string variable, string platform, string permission)
    {
        // Forgejo's runner sets all three, Gitea's the last two.
        _machine.Variables["GITHUB_ACTIONS"] = "true";
        _machine.Variables["GITEA_ACTIONS"] = variable == "GITHUB_ACTIONS" ? null : "true";
        _machine.Variables[variable] = "true";
        using RawServer server = new(RawServer.Answer(401, "{}"));

        string[] told =
        [
            Expect.Error("AB0401", () => IdentitySources.Detect(new DetectionContext(_machine.Environment, null))).All(),
            Expect.Error("AB0410", () => Sources.Tokens(new GithubActionsIdentity(), "x", _machine.Environment, _http).GetToken(_machine.Deadline())).All(),
            Expect.Error("AB0409", () => Get(server.Url, Made.Name())).All(),
        ];

        Assert.All(told, one => Assert.Contains(platform, one, StringComparison.Ordinal));
        Assert.All(told, one => Assert.Contains(permission, one, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("http://pipelines.example/token?x=y")]
    [InlineData("not an address")]
    [InlineData("file:///etc/passwd")]
    public void The_jobs_request_token_goes_to_a_safe_address_alone(string url)
    {
        string bearer = Made.Name();

        var error = Expect.Error("AB0310", () => Get(url, bearer));

        Assert.DoesNotContain(bearer, error.All(), StringComparison.Ordinal);
    }
}
