using System.Text.Json;
using AotBroker.Brokering;
using AotBroker.Commands;
using AotBroker.Evidence;
using AotBroker.Files;
using AotBroker.Http;
using AotBroker.Reporting;
using AotBroker.Settings;
using LocalTokenEndpoint;

namespace AotBroker.Tests;

/// <summary>`identity`: who the workload is, whether or not anything is there to exchange its token for.</summary>
public sealed class IdentityReportTests : IDisposable
{
    private readonly Machine _machine = new();

    public void Dispose() => _machine.Dispose();

    private IdentityReport Report(string? profile = null) => IdentityReport.Of(profile, _machine.Environment, static () => new PinnedHttp());

    private static JsonElement Json(IdentityReport report, bool withToken = false)
    {
        using JsonDocument document = JsonDocument.Parse(IdentityJson.Of(report, withToken));
        return document.RootElement.Clone();
    }

    private int Run(IdentityOptions options) =>
        IdentityCommand.Run(options, new Session(_machine.Environment, _machine.Output.Stream, _machine.Reporter, verbose: false));

    private string UseFile(string claims, string header = """{"alg":"RS256","kid":"k1"}""")
    {
        string token = Made.Jwt(claims, header);
        _machine.Variables["ANTHROPIC_IDENTITY_TOKEN_FILE"] = _machine.Home.Write("token", token);
        return token;
    }

    private static string Claims(long issuedAt = TestClock.StartSeconds - 48, long life = 300) =>
        $$"""{"iss":"https://issuer.example","sub":"repo:a/b","aud":["one","two"],"iat":{{issuedAt}},"nbf":{{issuedAt}},"exp":{{issuedAt + life}},"jti":"{{Made.Name()}}"}""";

    [Fact]
    public void Without_anything_to_exchange_for_it_tells_the_claims_with_times_in_words()
    {
        UseFile(Claims());

        IdentityReport report = Report();

        Assert.Null(report.Problem);
        string text = IdentityText.Of(report);
        Assert.Equal(
            $"""
            identity          file  (ANTHROPIC_IDENTITY_TOKEN_FILE)
            source            the file {_machine.Home["token"]}  (a token that the platform replaces)
            token
              iss             https://issuer.example
              sub             repo:a/b
              aud             one two
              iat             2029-12-31T23:59:12Z  (issued 48 s ago)
              nbf             2029-12-31T23:59:12Z  (valid since 48 s ago)
              exp             2030-01-01T00:04:12Z  (expires in 4 min 12 s)
              jti             {report.Token!.Id}
              kid             k1
            """,
            text[..text.IndexOf("\nnext", StringComparison.Ordinal)]);
    }

    [Fact]
    public void What_a_job_s_token_says_of_the_job_is_shown_too()
    {
        UseFile("""{"iss":"https://token.actions.githubusercontent.com","sub":"repo:octo-org@1/octo-repo@2:ref:refs/heads/main","repository":"octo-org/octo-repo","workflow_ref":"octo-org/octo-repo/.github/workflows/ci.yml@refs/heads/main","exp":1893456600}""");

        IdentityReport report = Report();

        string text = IdentityText.Of(report);
        Assert.Contains("\n  repository      octo-org/octo-repo\n", text, StringComparison.Ordinal);
        Assert.Contains("\n  environment     (none)\n", text, StringComparison.Ordinal);
        Assert.Contains("\nform of sub       this sub has ids", text, StringComparison.Ordinal);
        Assert.Equal("octo-org/octo-repo/.github/workflows/ci.yml@refs/heads/main", Json(report).GetProperty("claims").GetProperty("workflow_ref").GetString());
    }

    [Fact]
    public void The_json_has_every_member_and_no_token()
    {
        string token = UseFile(Claims());

        JsonElement json = Json(Report());

        Assert.Equal(["profile", "passed_over", "identity", "claims", "expires_in", "rotates_at", "now"], json.EnumerateObject().Select(static one => one.Name));
        Assert.Equal(JsonValueKind.Null, json.GetProperty("profile").ValueKind);
        Assert.Equal("file", json.GetProperty("identity").GetProperty("source").GetString());
        Assert.Equal("ANTHROPIC_IDENTITY_TOKEN_FILE", json.GetProperty("identity").GetProperty("origin").GetString());
        Assert.Equal("cached", json.GetProperty("identity").GetProperty("supply").GetString());
        Assert.Equal(["iss", "sub", "aud", "iat", "nbf", "exp", "jti", "kid"], json.GetProperty("claims").EnumerateObject().Select(static one => one.Name));
        Assert.Equal("one two", json.GetProperty("claims").GetProperty("aud").GetString());
        Assert.Equal(252, json.GetProperty("expires_in").GetInt64());
        Assert.Equal(TestClock.StartSeconds, json.GetProperty("now").GetInt64());
        Assert.Equal(token, Json(Report(), withToken: true).GetProperty("token").GetString());
    }

    [Fact]
    public void What_was_looked_for_is_told_in_order_before_what_was_found()
    {
        _machine.Variables["ANTHROPIC_IDENTITY_TOKEN"] = Made.Jwt(Claims());

        IdentityReport report = Report();

        Assert.Matches(@"\Alooked for        file  \(ANTHROPIC_IDENTITY_TOKEN_FILE is not set\)\nidentity          literal  \(ANTHROPIC_IDENTITY_TOKEN\)\n", IdentityText.Of(report));
        Assert.Equal("fixed", Json(report).GetProperty("identity").GetProperty("supply").GetString());
        JsonElement passed = Assert.Single(Json(report).GetProperty("passed_over").EnumerateArray());
        Assert.Equal("file", passed.GetProperty("source").GetString());
        Assert.Equal("ANTHROPIC_IDENTITY_TOKEN_FILE is not set", passed.GetProperty("reason").GetString());
    }

    [Theory]
    [InlineData("ACTIONS_ID_TOKEN_REQUEST_URL", "AB0410")]
    [InlineData("GITHUB_ACTIONS", "AB0401")]
    [InlineData("UNRELATED", "AB0401")]
    public void What_is_half_there_is_told_with_what_was_looked_for_and_the_exit_code(string variable, string code)
    {
        _machine.Variables[variable] = "https://pipelines.example";

        Assert.Equal(4, Run(new IdentityOptions()));

        Assert.Contains("literal  (ANTHROPIC_IDENTITY_TOKEN is not set)", _machine.Output.Text, StringComparison.Ordinal);
        Assert.Contains($"error[{code}]", _machine.Error.Text, StringComparison.Ordinal);
        JsonElement json = Json(Report());
        Assert.Equal(JsonValueKind.Null, json.GetProperty("identity").ValueKind);
        Assert.Equal(JsonValueKind.Null, json.GetProperty("claims").ValueKind);
        Assert.Equal(code, json.GetProperty("problem").GetProperty("code").GetString());
    }

    [Fact]
    public void A_profile_names_its_source_and_an_unknown_member_is_told()
    {
        _machine.Variables["JOB_TOKEN"] = Made.Jwt(Claims());
        string file = _machine.WriteBrokerProfile("ci", """{"identity":{"source":"literal","variable":"JOB_TOKEN"},"exchange":{"type":"anthropic","rule":"x"}}""");

        Assert.Equal(0, Run(new IdentityOptions { Profile = "ci" }));

        Assert.StartsWith($"profile           ci  (selected by --profile)\nfile              {file}\nidentity          literal  ({file})\n", _machine.Output.Text, StringComparison.Ordinal);
        Assert.Contains("AB0311", _machine.Error.Text, StringComparison.Ordinal);
        Assert.Equal(file, Json(Report("ci")).GetProperty("profile").GetProperty("file").GetString());
    }

    [Fact]
    public void A_profile_that_is_named_and_not_there_is_an_error() => Expect.Error("AB0302", Report("none").Problem);

    [Fact]
    public void A_login_has_no_identity()
    {
        _machine.WriteAnthropicProfile("me", """{"authentication":{"type":"user_oauth","client_id":"c"}}""");

        IdentityReport report = Report("me");

        Assert.Contains("login", Expect.Error("AB0401", report.Problem).Message, StringComparison.Ordinal);
        Assert.Equal(JsonValueKind.Null, Json(report).GetProperty("identity").ValueKind);
        Assert.Equal("me", Json(report).GetProperty("profile").GetProperty("name").GetString());
    }

    [Fact]
    public void An_expired_token_is_shown_and_is_an_error()
    {
        UseFile(Claims(TestClock.StartSeconds - 400));

        Assert.Equal(4, Run(new IdentityOptions()));

        Assert.Contains("(expired 1 min 40 s ago)", _machine.Output.Text, StringComparison.Ordinal);
        Assert.Contains("error[AB0406]", _machine.Error.Text, StringComparison.Ordinal);
        Assert.Equal(0, Json(Report()).GetProperty("expires_in").GetInt64());
    }

    [Fact]
    public void A_token_from_the_future_tells_of_the_clock()
    {
        UseFile(Claims(TestClock.StartSeconds + 120));

        string text = IdentityText.Of(Report());

        Assert.Contains("(to be issued in 2 min)", text, StringComparison.Ordinal);
        Assert.Contains("(not valid yet: in 2 min)", text, StringComparison.Ordinal);
        Assert.Matches(@"clock +at least 2 min behind the issuer's  \(here 2030-01-01T00:00:00Z\)\n", text);
        Expect.Error("AB0407", Report().Problem);
    }

    [Theory]
    [InlineData(0, "agrees with that of the service that gave the token")]
    [InlineData(-180, "3 min ahead of that of the service that gave the token")]
    [InlineData(180, "3 min behind that of the service that gave the token")]
    public void The_services_own_time_is_compared(int offset, string expected)
    {
        string date = DateTimeOffset.FromUnixTimeSeconds(TestClock.StartSeconds + offset).ToString("R");
        using RawServer server = new(RawServer.Answer(200, $$"""{"value":"{{Made.Jwt(Claims())}}"}""", "Date: " + date));
        _machine.Variables["ACTIONS_ID_TOKEN_REQUEST_URL"] = server.Url;
        _machine.Variables["ACTIONS_ID_TOKEN_REQUEST_TOKEN"] = Made.Name();

        IdentityReport report = Report();

        Assert.Contains("clock             " + expected, IdentityText.Of(report), StringComparison.Ordinal);
        Assert.Equal(TestClock.StartSeconds + offset, Json(report).GetProperty("server_time").GetInt64());
    }

    [Fact]
    public async Task It_asks_the_source_and_presents_nothing()
    {
        await using LocalEndpoint endpoint = await LocalEndpoint.StartAsync(new LocalEndpointOptions { Time = _machine.Clock, HttpsPort = null });
        _machine.Variables["ANTHROPIC_BASE_URL"] = endpoint.HttpUrl;
        _machine.Variables["ANTHROPIC_FEDERATION_RULE_ID"] = endpoint.Rule.Id;
        _machine.Variables["ANTHROPIC_ORGANIZATION_ID"] = endpoint.Rule.OrganizationId;
        _machine.Variables["ACTIONS_ID_TOKEN_REQUEST_URL"] = endpoint.GitHubRequestUrl;
        _machine.Variables["ACTIONS_ID_TOKEN_REQUEST_TOKEN"] = endpoint.GitHubRequestToken;

        Assert.Equal(0, Run(new IdentityOptions()));

        Assert.Contains("aud             https://api.anthropic.com", _machine.Output.Text, StringComparison.Ordinal);
        Assert.Contains("profile           environment  (selected by ANTHROPIC_FEDERATION_RULE_ID", _machine.Output.Text, StringComparison.Ordinal);
        Assert.Equal(EndpointPaths.GitHub, Assert.Single(endpoint.Events.Snapshot()).Path);
        Assert.False(Directory.Exists(_machine.CacheDirectory));
    }

    [Fact]
    public void A_claim_cannot_move_the_cursor_or_fill_the_screen()
    {
        UseFile($$"""{"iss":"a\u001b[2Jb\nc","sub":"{{new string('x', 9000)}}"}""", """{"alg":"none","kid":"\u202e"}""");

        string text = IdentityText.Of(Report());

        Assert.Contains(@"iss             a\u001b[2Jb\u000ac" + "\n", text, StringComparison.Ordinal);
        Assert.Contains(@"kid             \u202e" + "\n", text, StringComparison.Ordinal);
        Assert.Contains("  sub             " + new string('x', 500) + "…\n", text, StringComparison.Ordinal);
        Assert.Equal(9000, Json(Report()).GetProperty("claims").GetProperty("sub").GetString()!.Length);
    }

    [Fact]
    public void The_token_is_printed_for_who_asks_and_for_nobody_else()
    {
        string token = UseFile(Claims());

        Run(new IdentityOptions());
        Run(new IdentityOptions { Json = true });
        Assert.DoesNotContain(token.Split('.')[1], _machine.Output.Text + _machine.Error.Text, StringComparison.Ordinal);

        int before = _machine.Output.Text.Length;
        Assert.Equal(0, Run(new IdentityOptions { PrintToken = true }));
        Assert.Equal(token + "\n", _machine.Output.Text[before..]);
    }
}
