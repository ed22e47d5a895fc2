using AotBroker.Errors;
using AotBroker.Exchange;
using AotBroker.Identity;
using AotBroker.Schemas;

namespace AotBroker.Tests;

/// <summary>crates.io's trusted publishing.</summary>
public sealed class CratesIoExchangeTests
{
    private const string Settings = """{"type":"crates-io","url":"@URL@"}""";
    private const string AnAnswer = """{"token":"@TOKEN@"}""";

    [Fact]
    public void The_request_is_this_to_the_letter()
    {
        (string token, byte[] answer) = ExchangeMachine.Granting(AnAnswer);
        using ExchangeMachine machine = new(answer);
        IdentityToken identity = Made.IdentityToken();

        Credential credential = machine.Present(Settings, identity).Credential!;

        string body = $$"""{"jwt":"{{identity.Reveal()}}"}""";
        Assert.Equal(
            HttpText.Request(machine.Server, "POST /api/v1/trusted_publishing/tokens", "Accept: application/json", "Content-Type: application/json", $"Content-Length: {body.Length}") + body,
            HttpText.Sorted(Assert.Single(machine.Requests)));
        Assert.Equal((token, 1800), (credential.AccessToken!.Reveal(), credential.Lifetime));
    }

    [Fact]
    public void Without_an_address_it_is_crates_io()
    {
        using ExchangeMachine machine = new(RawServer.Answer(500, ""));

        IExchange exchange = machine.Profile("""{"type":"crates-io"}""").Exchange;

        Assert.Equal(("https://crates.io/api/v1/trusted_publishing/tokens", "crates.io"), (exchange.Endpoint, exchange.Audience));
        Assert.Equal(["crates.io", "index.crates.io", "https://github.com/rust-lang/crates.io-index"], exchange.Hosts);
        Assert.NotEqual(machine.KeyOf("""{"type":"crates-io"}"""), machine.KeyOf(Settings));
    }

    [Theory]
    [InlineData("JWT has already been used")]
    [InlineData("No Trusted Publishing config found for repository `a/b`.")]
    public void A_refusal_is_final_and_in_crates_ios_words(string detail)
    {
        using ExchangeMachine machine = new(RawServer.Answer(400, $$"""{"errors":[{"detail":"{{detail}}"}]}"""));

        BrokerException error = Expect.Error("AB0501", () => machine.Obtain(Settings));

        Assert.Contains("(HTTP 400): " + detail, error.Message, StringComparison.Ordinal);
        Assert.Single(machine.Requests);
    }

    [Fact]
    public void After_a_failure_of_the_server_a_fresh_token_is_presented_for_one_credential()
    {
        using ExchangeMachine machine = new(RawServer.Answer(500, """{"errors":[{"detail":"Failed to load OIDC key set"}]}"""), ExchangeMachine.Granting(AnAnswer).Answer);

        machine.Obtain(Settings);
        machine.Obtain(Settings);

        Assert.Equal(2, machine.Requests.Select(static request => request.Split("\r\n\r\n")[1]).Distinct().Count());
        Assert.Equal(2, machine.Requests.Count);
        Assert.Equal("127.0.0.1", machine.MintedFor);
    }

    [Theory]
    [InlineData(204, null)]
    [InlineData(401, null)]
    [InlineData(403, "AB0509")]
    [InlineData(302, "AB0506")]
    public void The_token_is_taken_back(int status, string? code)
    {
        using ExchangeMachine machine = new(RawServer.Answer(status, ""));
        Credential credential = Made.Credential();

        BrokerException? error = machine.Revoke(Settings, credential);

        Assert.Equal(
            HttpText.Request(machine.Server, "DELETE /api/v1/trusted_publishing/tokens", "Accept: application/json", "Authorization: Bearer " + credential.AccessToken!.Reveal()),
            HttpText.Sorted(Assert.Single(machine.Requests)));
        Assert.True(code is null ? error is null : Expect.Error(code, error) is not null);
    }
}
