using AotBroker.Errors;
using AotBroker.Exchange;
using AotBroker.Identity;
using AotBroker.Schemas;

namespace AotBroker.Tests;

/// <summary>OAuth's token exchange at any service.</summary>
public sealed class Rfc8693ExchangeTests
{
    private const string Plain = """{"type":"token-exchange","url":"@URL@/oauth2/token"}""";
    private const string AnAnswer = """{"access_token":"@TOKEN@","issued_token_type":"urn:ietf:params:oauth:token-type:access_token","token_type":"Bearer","expires_in":600,"scope":"a b"}""";

    private static string Escaped(string text) => Uri.EscapeDataString(text);

    [Fact]
    public void The_request_is_this_to_the_letter()
    {
        (string token, byte[] answer) = ExchangeMachine.Granting(AnAnswer);
        using ExchangeMachine machine = new(answer);
        IdentityToken identity = Made.IdentityToken();

        Credential credential = machine.Present(
            """{"type":"token-exchange","url":"@URL@/oauth2/token?v=1","audience":"the api","resource":"https://api.example","scope":"a b","subject_token_type":"urn:x","requested_token_type":"urn:y","client_id":"me","fields":{"é":"1&2=3+4","z":""}}""",
            identity).Credential!;

        string body = "grant_type=" + Escaped("urn:ietf:params:oauth:grant-type:token-exchange") + "&subject_token=" + identity.Reveal()
            + "&subject_token_type=urn%3Ax&requested_token_type=urn%3Ay&audience=the%20api&resource=https%3A%2F%2Fapi.example&scope=a%20b&client_id=me&%C3%A9=1%262%3D3%2B4&z=";
        Assert.Equal(
            HttpText.Request(machine.Server, "POST /oauth2/token?v=1", "Accept: application/json", "Content-Type: application/x-www-form-urlencoded", $"Content-Length: {body.Length}") + body,
            HttpText.Sorted(Assert.Single(machine.Requests)));
        Assert.Equal((token, 600, "a b", true), (credential.AccessToken!.Reveal(), credential.Lifetime, credential.Scope, machine.GaveToShare));
    }

    [Fact]
    public void What_is_not_set_is_left_out_and_the_token_is_called_a_JWT()
    {
        using ExchangeMachine machine = new(ExchangeMachine.Granting(AnAnswer).Answer);
        IdentityToken identity = Made.IdentityToken();

        machine.Present(Plain, identity);

        Assert.EndsWith(
            $"\r\n\r\ngrant_type={Escaped("urn:ietf:params:oauth:grant-type:token-exchange")}&subject_token={identity.Reveal()}&subject_token_type={Escaped("urn:ietf:params:oauth:token-type:jwt")}",
            Assert.Single(machine.Requests), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("N_A")]
    [InlineData("bearer")]
    [InlineData("access_token")]
    public void The_types_that_mean_a_bearer_are_taken(string type)
    {
        using ExchangeMachine machine = new(ExchangeMachine.Granting($$"""{"access_token":"@TOKEN@","token_type":"{{type}}","expires_in":"600"}""").Answer);

        Assert.Equal(600, machine.Present(Plain).Credential!.Lifetime);
    }

    [Fact]
    public void A_JWT_without_expires_in_lasts_as_long_as_it_says()
    {
        long end = TestClock.StartSeconds + 120;
        using ExchangeMachine machine = new(RawServer.Answer(200, $$"""{"access_token":"{{Made.IdentityToken(end).Reveal()}}","token_type":"Bearer"}"""));

        Credential credential = machine.Present(Plain).Credential!;

        Assert.Equal((end, true), (credential.ExpiresAt, machine.GaveToShare));
    }

    [Theory]
    [InlineData("")]
    [InlineData(""","expires_in":null""")]
    [InlineData(""","expires_in":0""")]
    [InlineData(""","expires_in":"" """)]
    [InlineData(""","expires_in":"0","expires_at":0""")]
    public void Where_nothing_says_how_long_the_processes_of_a_job_share_it_for_a_while(string said)
    {
        const string Identity = """{"source":"github-actions","audience":"https://sts.example"}""";
        using ExchangeMachine machine = new(ExchangeMachine.Granting("{\"access_token\":\"@TOKEN@\",\"token_type\":\"Bearer\"" + said + "}").Answer);

        Credential first = machine.Obtain(Plain, Identity);
        Credential second = machine.Obtain(Plain, Identity);

        Assert.Equal((300, first.AccessToken), (first.Lifetime, second.AccessToken));
        Assert.Single(machine.Requests);
        Assert.Equal("https://sts.example", machine.MintedFor);
    }

    [Theory]
    [InlineData("", 3600)]
    [InlineData(""","expires_in":"soon" """, 3600)]
    [InlineData(""","expires_in":-1""", 3600)]
    [InlineData(""","expires_in":600""", 600)]
    [InlineData(""","expires_at":"2030-01-01T00:55:00Z" """, 3300)]
    public void A_profile_can_say_how_long_where_the_service_does_not(string said, int lifetime)
    {
        const string Settings = """{"type":"token-exchange","url":"@URL@/t","lifetime_seconds":3600}""";
        using ExchangeMachine machine = new(ExchangeMachine.Granting("{\"access_token\":\"@TOKEN@\",\"token_type\":\"Bearer\"" + said + "}").Answer);

        long found = machine.Present(Settings).Credential?.Lifetime ?? 0;

        Assert.Equal(lifetime, found);
        Assert.NotEqual(machine.KeyOf(Settings.Replace("3600", "7200", StringComparison.Ordinal)), machine.KeyOf(Settings));
    }

    [Theory]
    [InlineData(""" "expires_in":"soon" """, "its expires_in is \"soon\"")]
    [InlineData(""" "expires_in":true """, "its expires_in is true")]
    [InlineData(""" "expires_in":-1 """, "its expires_in is -1")]
    [InlineData(""" "expires_in":{"seconds":600} """, "its expires_in is an object")]
    [InlineData(""" "expires_at":"tomorrow" """, "its expires_at is \"tomorrow\"")]
    [InlineData(""" "expires_on":"09/14/2017 00:00:00 PM +00:00" """, "its expires_on is \"09/14/2017 00:00:00 PM +00:00\"")]
    public void What_is_said_of_the_lifetime_and_is_not_clear_is_shown(string said, string told)
    {
        using ExchangeMachine machine = new(ExchangeMachine.Granting("{\"access_token\":\"@TOKEN@\"," + said + "}").Answer);

        BrokerException error = Expect.Error("AB0507", machine.Present(Plain).Error);

        Assert.Contains(told, error.Message, StringComparison.Ordinal);
        Assert.Contains(error.Hints, static hint => hint.Contains("lifetime_seconds", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("""{"access_token":"t","token_type":"DPoP","expires_in":600}""")]
    [InlineData("""{"access_token":"t","expires_in":"soon"}""")]
    [InlineData("""{"access_token":"t t","expires_in":600}""")]
    [InlineData("""{"access_token":{},"expires_in":600}""")]
    [InlineData("""{"token":"t","expires_in":600}""")]
    [InlineData("""{"access_token":"t","expires_in":600""")]
    [InlineData("[]")]
    [InlineData("")]
    public void An_answer_that_is_none_is_told(string body)
    {
        using ExchangeMachine machine = new(RawServer.Answer(200, body));

        Expect.Error("AB0507", machine.Present(Plain).Error);
    }

    [Fact]
    public void An_answer_that_is_too_large_or_breaks_off_is_told()
    {
        using ExchangeMachine large = new(RawServer.Answer(200, new string(' ', 1024 * 1024 + 1)));
        using ExchangeMachine cut = new(RawServer.Answer(200, AnAnswer)[..^9]);

        Expect.Error("AB0508", large.Present(Plain).Error);
        ExchangeResult result = cut.Present(Plain);

        Assert.Equal((Presentation.Unknown, true), (result.Presentation, result.MayPass));
    }

    [Theory]
    [InlineData(400, "invalid_grant", "AB0501")]
    [InlineData(400, "invalid_request", "AB0502")]
    [InlineData(400, "invalid_target", "AB0502")]
    [InlineData(401, "invalid_client", "AB0501")]
    [InlineData(403, "access_denied", "AB0503")]
    [InlineData(418, "teapot", "AB0509")]
    public void A_refusal_is_final_and_says_what_to_compare(int status, string error, string code)
    {
        using ExchangeMachine machine = new(RawServer.Answer(status, $$"""{"error":"{{error}}","error_description":"no such rule"}"""));

        ExchangeResult result = machine.Present(Plain);

        BrokerException told = Expect.Error(code, result.Error);
        Assert.Contains($"{error}: no such rule", told.Message, StringComparison.Ordinal);
        Assert.Equal((Presentation.Refused, false), (result.Presentation, result.MayPass));
        Assert.True(status == 418 || told.All().Contains("iss \"https://issuer.example\", sub \"job\"", StringComparison.Ordinal));
    }

    [Fact]
    public void After_a_failure_that_may_pass_a_fresh_token_is_presented()
    {
        using ExchangeMachine machine = new(RawServer.Answer(503, ""), RawServer.Answer(429, """{"error":"slow_down"}""", "Retry-After: 1"), ExchangeMachine.Granting(AnAnswer).Answer);

        machine.Obtain(Plain, """{"source":"github-actions","audience":"a"}""");
        machine.Obtain(Plain, """{"source":"github-actions","audience":"a"}""");

        Assert.Equal(3, machine.Requests.Select(static request => request.Split("&subject_token=")[1].Split('&')[0]).Distinct().Count());
        Assert.Equal(3, machine.Requests.Count);
    }

    [Fact]
    public void A_source_that_mints_needs_an_audience_from_the_profile()
    {
        using ExchangeMachine machine = new(RawServer.Answer(500, ""));

        Expect.Error("AB0411", () => machine.Obtain(Plain));
    }

    [Theory]
    [InlineData("""{"type":"token-exchange"}""", "AB0306", "url")]
    [InlineData("""{"type":"token-exchange","preset":"openai"}""", "AB0306", "identity_provider_id")]
    [InlineData("""{"type":"token-exchange","preset":"jfrog"}""", "AB0306", "JF_URL")]
    [InlineData("""{"type":"token-exchange","preset":"docker-hub"}""", "AB0306", "DOCKERHUB_OIDC_CONNECTIONID")]
    [InlineData("""{"type":"token-exchange","preset":"someone-else"}""", "AB0303", "preset")]
    [InlineData("""{"type":"token-exchange","url":"http://sts.example/token"}""", "AB0310", "plain http")]
    [InlineData("""{"type":"token-exchange","url":"@URL@","fields":{"scope":"a"}}""", "AB0305", "scope")]
    [InlineData("""{"type":"token-exchange","url":"@URL@","fields":{"client_secret":"a"}}""", "AB0305", "must not hold a secret")]
    public void What_cannot_work_is_told_before_anything_is_sent(string settings, string code, string part)
    {
        using ExchangeMachine machine = new(RawServer.Answer(500, ""));

        Assert.Contains(part, Expect.Error(code, () => machine.Present(settings)).All(), StringComparison.Ordinal);
        Assert.Empty(machine.Requests);
    }

    [Fact]
    public void Whatever_decides_what_is_minted_is_in_the_key()
    {
        using ExchangeMachine machine = new(RawServer.Answer(500, ""));
        string[] all =
        [
            Plain,
            .. new[] { "audience", "resource", "scope", "subject_token_type", "requested_token_type", "client_id" }.Select(static member => $$"""{"type":"token-exchange","url":"@URL@/oauth2/token","{{member}}":"x"}"""),
            """{"type":"token-exchange","url":"@URL@/oauth2/tokens"}""",
            """{"type":"token-exchange","url":"@URL@/oauth2/token","fields":{"a":"b|value=c"}}""",
            """{"type":"token-exchange","url":"@URL@/oauth2/token","fields":{"a|value=b":"c"}}""",
        ];

        Assert.Equal(all.Length, all.Select(machine.KeyOf).Distinct().Count());
    }
}
