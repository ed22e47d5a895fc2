using AotBroker.Errors;
using AotBroker.Exchange;
using AotBroker.Identity;
using AotBroker.Schemas;

namespace AotBroker.Tests;

/// <summary>A JWT as an authorization grant, as MCP's authorization servers take it.</summary>
public sealed class Rfc7523ExchangeTests
{
    private const string Mcp = """{"type":"jwt-bearer","url":"@URL@/token","resource":"https://mcp.example.com/v1"}""";
    private const string AnAnswer = """{"access_token":"@TOKEN@","token_type":"Bearer","expires_in":3600,"scope":"mcp:read mcp:write"}""";

    [Fact]
    public void The_request_is_this_to_the_letter()
    {
        using ExchangeMachine machine = new(ExchangeMachine.Granting(AnAnswer).Answer);
        IdentityToken identity = Made.IdentityToken();

        machine.Present(Mcp, identity);

        string body = $"grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer&assertion={identity.Reveal()}&resource=https%3A%2F%2Fmcp.example.com%2Fv1";
        Assert.Equal(
            HttpText.Request(machine.Server, "POST /token", "Accept: application/json", "Content-Type: application/x-www-form-urlencoded", $"Content-Length: {body.Length}") + body,
            HttpText.Sorted(Assert.Single(machine.Requests)));
        Assert.Equal(["mcp.example.com"], machine.Profile(Mcp).Exchange.Hosts);
        Assert.Equal(["mcp.example.com:8443"], machine.Profile(Mcp.Replace("example.com/v1", "example.com:8443/v1", StringComparison.Ordinal)).Exchange.Hosts);
    }

    [Fact]
    public void Scope_client_and_further_fields_follow()
    {
        using ExchangeMachine machine = new(ExchangeMachine.Granting(AnAnswer).Answer);

        machine.Present("""{"type":"jwt-bearer","url":"@URL@/token","scope":"a b","client_id":"c","fields":{"tenant":"t"}}""");

        Assert.EndsWith("&scope=a%20b&client_id=c&tenant=t", Assert.Single(machine.Requests), StringComparison.Ordinal);
    }

    [Fact]
    public void The_identity_token_is_made_for_the_token_endpoint_and_the_credential_is_cached()
    {
        (string token, byte[] answer) = ExchangeMachine.Granting(AnAnswer);
        using ExchangeMachine machine = new(answer);

        machine.Obtain(Mcp);
        Credential credential = machine.Obtain(Mcp);

        Assert.Equal((token, 3600), (credential.AccessToken!.Reveal(), credential.Lifetime));
        Assert.Single(machine.Requests);
        Assert.Equal(machine.Server.Url + "/token", machine.MintedFor);
    }

    [Fact]
    public void A_refusal_is_final_and_says_what_to_compare()
    {
        using ExchangeMachine machine = new(RawServer.Answer(400, """{"error":"invalid_grant","error_description":"not authorized"}"""));

        BrokerException error = Expect.Error("AB0501", () => machine.Obtain(Mcp));

        Assert.Contains("invalid_grant: not authorized", error.Message, StringComparison.Ordinal);
        Assert.Contains("sub \"job\"", error.All(), StringComparison.Ordinal);
        Assert.Single(machine.Requests);
    }

    [Fact]
    public void After_a_failure_of_the_server_a_fresh_token_is_presented()
    {
        using ExchangeMachine machine = new(RawServer.Answer(500, ""), ExchangeMachine.Granting(AnAnswer).Answer);

        machine.Obtain(Mcp);

        Assert.Equal(2, machine.Requests.Select(static request => request.Split("&assertion=")[1]).Distinct().Count());
    }

    [Theory]
    [InlineData("""{"access_token":"t","token_type":"mac","expires_in":600}""")]
    [InlineData("""{"access_token":"","expires_in":600}""")]
    [InlineData("<xml>")]
    public void An_answer_that_is_none_is_told(string body)
    {
        using ExchangeMachine machine = new(RawServer.Answer(200, body));

        Expect.Error("AB0507", machine.Present(Mcp).Error);
    }

    [Theory]
    [InlineData("""{"type":"jwt-bearer"}""", "AB0303")]
    [InlineData("""{"type":"jwt-bearer","url":"token.example"}""", "AB0310")]
    [InlineData("""{"type":"jwt-bearer","url":"@URL@","fields":{"assertion":"x"}}""", "AB0305")]
    public void What_cannot_work_is_told_before_anything_is_sent(string settings, string code)
    {
        using ExchangeMachine machine = new(RawServer.Answer(500, ""));

        Expect.Error(code, () => machine.Present(settings));
        Assert.Empty(machine.Requests);
    }

    [Fact]
    public void Whatever_decides_what_is_minted_is_in_the_key()
    {
        using ExchangeMachine machine = new(RawServer.Answer(500, ""));
        string[] all =
        [
            Mcp,
            .. new[] { "resource", "scope", "client_id" }.Select(static member => $$"""{"type":"jwt-bearer","url":"@URL@/token","{{member}}":"x"}"""),
            """{"type":"jwt-bearer","url":"@URL@/other"}""",
            """{"type":"jwt-bearer","url":"@URL@/token","fields":{"a":"b"}}""",
        ];

        Assert.Equal(all.Length, all.Select(machine.KeyOf).Distinct().Count());
    }
}
