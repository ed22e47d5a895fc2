using AotBroker.Errors;
using AotBroker.Exchange;
using AotBroker.Http;
using AotBroker.Identity;
using AotBroker.Schemas;

namespace AotBroker.Tests;

/// <summary>PyPI's trusted publishing.</summary>
public sealed class PyPIExchangeTests
{
    private const string Settings = """{"type":"pypi","url":"@URL@"}""";
    private const string AnAnswer = """{"success":true,"token":"@TOKEN@"}""";

    [Fact]
    public void The_request_is_this_to_the_letter()
    {
        (string token, byte[] answer) = ExchangeMachine.Granting(AnAnswer);
        using ExchangeMachine machine = new(answer);
        IdentityToken identity = Made.IdentityToken();

        Credential credential = machine.Present(Settings, identity).Credential!;

        string body = $$"""{"token":"{{identity.Reveal()}}"}""";
        Assert.Equal(
            HttpText.Request(machine.Server, "POST /_/oidc/mint-token", "Accept: application/json", "Content-Type: application/json", $"Content-Length: {body.Length}") + body,
            HttpText.Sorted(Assert.Single(machine.Requests)));
        Assert.Equal((token, 900, true), (credential.AccessToken!.Reveal(), credential.Lifetime, machine.GaveToShare));
    }

    [Fact]
    public void An_end_in_the_answer_is_believed()
    {
        using ExchangeMachine machine = new(ExchangeMachine.Granting($$"""{"token":"@TOKEN@","expires":{{TestClock.StartSeconds + 60}}}""").Answer);

        Assert.Equal(60, machine.Present(Settings).Credential!.Lifetime);
    }

    [Fact]
    public void Another_index_is_asked_for_whom_it_wants_the_token_by_who_exchanges_alone()
    {
        using ExchangeMachine machine = new(RawServer.Answer(200, """{"audience":"my-index"}"""), ExchangeMachine.Granting(AnAnswer).Answer);

        machine.Obtain(Settings);
        machine.Obtain(Settings);

        Assert.Equal(["GET /_/oidc/audience HTTP/1.1", "POST /_/oidc/mint-token HTTP/1.1"], machine.Requests.Select(static request => request.Split("\r\n")[0]));
        Assert.Equal("my-index", machine.MintedFor);
    }

    [Fact]
    public void It_is_not_asked_where_the_profile_says()
    {
        using ExchangeMachine machine = new(ExchangeMachine.Granting(AnAnswer).Answer);

        machine.Obtain(Settings, """{"source":"github-actions","audience":"x"}""");

        Assert.Single(machine.Requests);
        Assert.Equal("x", machine.MintedFor);
    }

    [Theory]
    [InlineData(403, """{"message":"Trusted publishing functionality not enabled"}""", "functionality not enabled")]
    [InlineData(200, "{}", "HTTP 200")]
    [InlineData(404, "<html>", "HTTP 404")]
    public void An_index_that_does_not_tell_is_told(int status, string body, string part)
    {
        using ExchangeMachine machine = new(RawServer.Answer(status, body));

        Assert.Contains(part, Expect.Error("AB0411", () => machine.Obtain(Settings)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_two_that_everybody_uses_are_known()
    {
        using ExchangeMachine machine = new(RawServer.Answer(500, ""));

        IExchange index = machine.Profile("""{"type":"pypi"}""").Exchange;
        IExchange test = machine.Profile("""{"type":"pypi","url":"https://test.pypi.org/"}""").Exchange;

        Assert.Equal(("https://pypi.org/_/oidc/mint-token", "pypi", "__token__"), (index.Endpoint, index.Audience, index.UserName));
        Assert.Equal(["upload.pypi.org"], index.Hosts);
        Assert.Equal([new Uri(machine.Server.Url).Authority], machine.Profile(Settings).Exchange.Hosts);
        Assert.Equal(("https://test.pypi.org/_/oidc/mint-token", "testpypi"), (test.Endpoint, test.Audience));
        Assert.NotEqual(machine.KeyOf("""{"type":"pypi"}"""), machine.KeyOf("""{"type":"pypi","url":"https://test.pypi.org"}"""));
    }

    [Theory]
    [InlineData("""{"repository":"example-org/example","workflow_ref":"example-org/example/.github/workflows/publish.yml@refs/tags/v1","ref":"refs/tags/v1"}""",
        "repository \"example-org/example\", workflow_ref \"example-org/example/.github/workflows/publish.yml@refs/tags/v1\", environment (none), ref \"refs/tags/v1\"")]
    [InlineData("""{"workflow_ref":"a","environment":"release"}""", "workflow_ref \"a\", environment \"release\"")]
    [InlineData("""{"project_path":"group/project","ci_config_ref_uri":"gitlab.com/group/project//.gitlab-ci.yml@refs/heads/main"}""",
        "project_path \"group/project\", ci_config_ref_uri \"gitlab.com/group/project//.gitlab-ci.yml@refs/heads/main\"")]
    public void What_the_registry_compares_is_shown(string claims, string told)
    {
        const string Body = """{"message":"Token request failed","errors":[{"code":"invalid-publisher","description":"valid token, but no corresponding publisher"}]}""";
        IdentityToken identity = IdentityToken.Parse(Made.Jwt(claims), "a test");
        (int Status, string Settings)[] registries =
        [
            (422, Settings),
            (400, """{"type":"crates-io","url":"@URL@"}"""),
            (404, """{"type":"npm","package":"x","registry":"@URL@"}"""),
            (401, """{"type":"nuget","username":"x","url":"@URL@"}"""),
            (403, """{"type":"octo-sts","scope":"a/b","identity":"c","url":"@URL@"}"""),
            (400, """{"type":"token-exchange","url":"@URL@/t"}"""),
        ];
        foreach ((int status, string settings) in registries)
        {
            using ExchangeMachine machine = new(RawServer.Answer(status, Body));

            Assert.Contains("of the job, it has " + told, machine.Present(settings, identity).Error!.Hints);
        }
    }

    [Theory]
    [InlineData("invalid-publisher", "valid token, but no corresponding publisher (All lookup strategies exhausted)")]
    [InlineData("invalid-reuse-token", "invalid token: already used")]
    public void A_refusal_is_final_and_in_PyPIs_words(string code, string description)
    {
        using ExchangeMachine machine = new(RawServer.Answer(422, $$"""{"message":"Token request failed","errors":[{"code":"{{code}}","description":"{{description}}"}]}"""));

        BrokerException error = Expect.Error("AB0501", () => machine.Obtain(Settings, """{"source":"github-actions","audience":"x"}"""));

        Assert.Contains($"(HTTP 422): {code}: {description}", error.Message, StringComparison.Ordinal);
        Assert.Contains("sub \"job\"", error.All(), StringComparison.Ordinal);
        Assert.Single(machine.Requests);
    }

    [Fact]
    public void A_token_that_a_refusal_echoes_is_not_told()
    {
        IdentityToken identity = Made.IdentityToken();
        using ExchangeMachine machine = new(RawServer.Answer(422, $$"""{"errors":[{"code":"x","description":"got {{identity.Reveal()}} of no use"},1,{"detail":2}]}"""));

        Assert.Contains(": " + SentSecrets.LeftOut, Expect.Error("AB0501", machine.Present(Settings, identity).Error).Message, StringComparison.Ordinal);
    }
}
