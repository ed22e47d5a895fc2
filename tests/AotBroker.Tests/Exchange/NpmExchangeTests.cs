using AotBroker.Errors;
using AotBroker.Exchange;
using AotBroker.Identity;
using AotBroker.Schemas;

namespace AotBroker.Tests;

/// <summary>npm's trusted publishing.</summary>
public sealed class NpmExchangeTests
{
    private const string Settings = """{"type":"npm","package":"@org/lib","registry":"@URL@/"}""";

    private static string AnAnswer =>
        $$"""{"token_type":"oidc","token":"@TOKEN@","created":"2026-01-01T00:00:00.000Z","expires":"{{DateTimeOffset.FromUnixTimeSeconds(TestClock.StartSeconds + 3600):O}}"}""";

    [Theory]
    [InlineData(200)]
    [InlineData(201)]
    public void The_request_is_this_to_the_letter(int status)
    {
        (string token, byte[] answer) = ExchangeMachine.Granting(AnAnswer, status);
        using ExchangeMachine machine = new(answer);
        IdentityToken identity = Made.IdentityToken();

        Credential credential = machine.Present(Settings, identity).Credential!;

        Assert.Equal(
            HttpText.Request(machine.Server, "POST /-/npm/v1/oidc/token/exchange/package/@org%2flib", "Accept: application/json", "Authorization: Bearer " + identity.Reveal(), "Content-Length: 0"),
            HttpText.Sorted(Assert.Single(machine.Requests)));
        Assert.Equal((token, 3600, true), (credential.AccessToken!.Reveal(), credential.Lifetime, machine.GaveToShare));
    }

    [Fact]
    public void The_token_is_made_for_the_registry()
    {
        using ExchangeMachine machine = new(ExchangeMachine.Granting("""{"token":"@TOKEN@"}""", 201).Answer);

        Assert.Equal(300, machine.Obtain(Settings).Lifetime); // Where the registry does not say.

        Assert.Equal("npm:127.0.0.1", machine.MintedFor);
        IExchange exchange = machine.Profile("""{"type":"npm","package":"lib"}""").Exchange;
        Assert.Equal(("https://registry.npmjs.org/-/npm/v1/oidc/token/exchange/package/lib", "npm:registry.npmjs.org"), (exchange.Endpoint, exchange.Audience));
        Assert.Equal(["registry.npmjs.org"], exchange.Hosts);
        Assert.Equal([new Uri(machine.Server.Url).Authority], machine.Profile(Settings).Exchange.Hosts);
        Assert.NotEqual(machine.KeyOf("""{"type":"npm","package":"lib"}"""), machine.KeyOf("""{"type":"npm","package":"lib2"}"""));
    }

    [Theory]
    [InlineData(401, "AB0501")]
    [InlineData(403, "AB0503")]
    [InlineData(404, "AB0504")]
    public void A_refusal_is_final_and_in_npms_words(int status, string code)
    {
        using ExchangeMachine machine = new(RawServer.Answer(status, """{"message":"OIDC token exchange error - package not found"}"""));

        BrokerException error = Expect.Error(code, () => machine.Obtain(Settings));

        Assert.Contains("package not found", error.Message, StringComparison.Ordinal);
        Assert.Contains("settings of @org/lib", error.All(), StringComparison.Ordinal);
        Assert.Single(machine.Requests);
    }

    [Theory]
    [InlineData("""{"token":"t","expires":"2001-01-01T00:00:00Z"}""")]
    [InlineData("""{"token":"t","expires":"tomorrow"}""")]
    [InlineData("""{"token":"t","expires":{}}""")]
    [InlineData("""{"tokens":"t"}""")]
    public void An_answer_that_is_none_is_told(string body)
    {
        using ExchangeMachine machine = new(RawServer.Answer(201, body));

        Expect.Error("AB0507", machine.Present(Settings).Error);
    }

    [Theory]
    [InlineData("""{"type":"npm"}""")]
    [InlineData("""{"type":"npm","package":"../x"}""")]
    [InlineData("""{"type":"npm","package":"@org/lib?x"}""")]
    public void A_package_that_is_none_is_refused(string settings)
    {
        using ExchangeMachine machine = new(RawServer.Answer(500, ""));

        Expect.Error("AB0303", () => machine.Present(settings));
    }
}
