using System.Text.Json.Nodes;
using AotBroker.Tests;

namespace AotBroker.EndToEnd.Tests;

/// <summary>Each exchange besides Anthropic's: processes that start together make one, and later ones none.</summary>
[Collection(Bursts.Name)]
public sealed class ExchangeTests : BrokerTest
{
    private const int Many = 10;

    /// <summary>The profile's exchange, how its request begins, and the answer: @TOKEN@ is the credential, @END@ an hour from now.</summary>
    public static TheoryData<string, string, string> All => new()
    {
        { """{"type":"token-exchange","url":"@URL@/token","audience":"a"}""", "POST /token ", """{"access_token":"@TOKEN@","token_type":"Bearer","expires_in":600}""" },
        {
            """{"type":"token-exchange","preset":"jfrog","url":"@URL@","fields":{"provider_name":"p"}}""",
            "POST /access/api/v1/oidc/token ", """{"access_token":"@TOKEN@","token_type":"access_token","expires_in":600}"""
        },
        { """{"type":"jwt-bearer","url":"@URL@/token","resource":"https://mcp.example"}""", "POST /token ", """{"access_token":"@TOKEN@","token_type":"Bearer","expires_in":600}""" },
        { """{"type":"octo-sts","url":"@URL@","scope":"o/r","identity":"i"}""", "GET /sts/exchange?scope=o%2Fr&identity=i ", """{"token":"@TOKEN@"}""" },
        { """{"type":"pypi","url":"@URL@"}""", "POST /_/oidc/mint-token ", """{"success":true,"token":"@TOKEN@"}""" },
        { """{"type":"crates-io","url":"@URL@"}""", "POST /api/v1/trusted_publishing/tokens ", """{"token":"@TOKEN@"}""" },
        {
            """{"type":"npm","registry":"@URL@","package":"@o/p"}""",
            "POST /-/npm/v1/oidc/token/exchange/package/@o%2fp ", """{"token_type":"oidc","token":"@TOKEN@","expires":"@END@"}"""
        },
        { """{"type":"nuget","url":"@URL@","username":"u"}""", "POST /api/v2/token ", """{"tokenType":"ApiKey","apiKey":"@TOKEN@","expires":"@END@"}""" },
    };

    [Theory]
    [MemberData(nameof(All))]
    public async Task Ten_processes_exchange_once(string settings, string target, string answer)
    {
        var token = Sandbox.AddSecret("sk-ant-" + Convert.ToHexStringLower(Guid.NewGuid().ToByteArray()));
        var body = answer.Replace("@TOKEN@", token, StringComparison.Ordinal).Replace("@END@", $"{DateTimeOffset.UtcNow.AddHours(1):O}", StringComparison.Ordinal);
        using var service = new RawServer(request => request.StartsWith(target, StringComparison.Ordinal) ? RawServer.Answer(200, body) : RawServer.Answer(418, ""));
        var identity = Sandbox.WriteIdentity(Endpoint.Issuer.Mint());
        Sandbox.WriteProfile("ci", new JsonObject
        {
            ["identity"] = new JsonObject { ["source"] = "file", ["path"] = identity },
            ["exchange"] = JsonNode.Parse(settings.Replace("@URL@", service.Url, StringComparison.Ordinal)),
        });

        var results = await Sandbox.RunTogetherAsync(Many, _ => new Launch(["get", "--profile", "ci", "--format", "token"]));

        Assert.All(results, result => Assert.Equal(token, result.Succeeded().Line));
        Assert.Single(service.Requests);
        Assert.Equal(token, (await Sandbox.RunAsync("get", "--profile", "ci", "--format", "token")).Succeeded().Line);
        Assert.Single(service.Requests);
    }

    [Fact]
    public async Task A_refusal_is_shared_and_told_in_the_services_words()
    {
        using var service = new RawServer(RawServer.Answer(422, """{"message":"Token request failed","errors":[{"code":"invalid-publisher","description":"no corresponding publisher"}]}"""));
        var identity = Sandbox.WriteIdentity(Endpoint.Issuer.Mint());
        Sandbox.WriteProfile("ci", new JsonObject
        {
            ["identity"] = new JsonObject { ["source"] = "file", ["path"] = identity },
            ["exchange"] = new JsonObject { ["type"] = "pypi", ["url"] = service.Url },
        });

        var results = await Sandbox.RunTogetherAsync(Many, _ => new Launch(["get", "--profile", "ci"]));

        Assert.All(results, result => result.Failed("AB0501", 5).Says("invalid-publisher: no corresponding publisher"));
        Assert.Single(service.Requests);
    }
}
