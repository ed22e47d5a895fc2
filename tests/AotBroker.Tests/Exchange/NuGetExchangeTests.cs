using AotBroker.Errors;
using AotBroker.Exchange;
using AotBroker.Identity;
using AotBroker.Schemas;

namespace AotBroker.Tests;

/// <summary>NuGet's trusted publishing.</summary>
public sealed class NuGetExchangeTests
{
    private const string Settings = """{"type":"nuget","username":"someone","url":"@URL@"}""";

    private static string AnAnswer => $$"""{"tokenType":"ApiKey","apiKey":"@TOKEN@","expires":"{{DateTimeOffset.FromUnixTimeSeconds(TestClock.StartSeconds + 3600):O}}"}""";

    [Fact]
    public void The_request_is_this_to_the_letter()
    {
        (string token, byte[] answer) = ExchangeMachine.Granting(AnAnswer);
        using ExchangeMachine machine = new(answer);
        IdentityToken identity = Made.IdentityToken();

        Credential credential = machine.Present(Settings, identity).Credential!;

        const string Body = """{"username":"someone","tokenType":"ApiKey"}""";
        Assert.Equal(
            HttpText.Request(
                machine.Server, "POST /api/v2/token", "Accept: application/json", "Authorization: Bearer " + identity.Reveal(), "Content-Type: application/json", $"Content-Length: {Body.Length}") + Body,
            HttpText.Sorted(Assert.Single(machine.Requests)));
        Assert.Equal((token, 3600, true), (credential.AccessToken!.Reveal(), credential.Lifetime, machine.GaveToShare));
    }

    [Fact]
    public void The_token_is_made_for_the_gallery_and_the_key_is_cached_per_user()
    {
        using ExchangeMachine machine = new(ExchangeMachine.Granting(AnAnswer).Answer);

        machine.Obtain(Settings);
        machine.Obtain(Settings);

        Assert.Single(machine.Requests);
        Assert.Equal(machine.Server.Url, machine.MintedFor);
        IExchange exchange = machine.Profile("""{"type":"nuget","username":"a"}""").Exchange;
        Assert.Equal(("https://www.nuget.org/api/v2/token", "https://www.nuget.org"), (exchange.Endpoint, exchange.Audience));
        Assert.Equal(["www.nuget.org"], exchange.Hosts);
        Assert.Equal([new Uri(machine.Server.Url).Authority], machine.Profile(Settings).Exchange.Hosts);
        Assert.NotEqual(machine.KeyOf("""{"type":"nuget","username":"a"}"""), machine.KeyOf("""{"type":"nuget","username":"b"}"""));
    }

    [Theory]
    [InlineData(400)]
    [InlineData(401)]
    public void A_refusal_is_final_and_in_NuGets_words(int status)
    {
        using ExchangeMachine machine = new(RawServer.Answer(status, """{"error":"No matching trust policy owned by user 'someone' was found."}"""));

        BrokerException error = Expect.Error("AB0501", () => machine.Obtain(Settings));

        Assert.Contains("No matching trust policy", error.Message, StringComparison.Ordinal);
        Assert.Contains("the user someone", error.All(), StringComparison.Ordinal);
        Assert.Single(machine.Requests);
    }

    [Theory]
    [InlineData("""{"token":"t"}""")]
    [InlineData("""{"apiKey":"t","expires":"soon"}""")]
    [InlineData("null")]
    public void An_answer_that_is_none_is_told(string body)
    {
        using ExchangeMachine machine = new(RawServer.Answer(200, body));

        Expect.Error("AB0507", machine.Present(Settings).Error);
    }
}
