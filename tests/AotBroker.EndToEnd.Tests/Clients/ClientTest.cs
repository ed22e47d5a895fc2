using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace AotBroker.EndToEnd.Tests;

/// <summary>A test of a real client, with imitations of the services that it and the broker talk to.</summary>
public abstract class ClientTest : BrokerTest
{
    /// <summary>How many start at once.</summary>
    protected const int Many = 10;

    private readonly List<Imitation> _imitations = [];

    /// <summary>Where the identity token is exchanged.</summary>
    private protected TokenService Tokens { get; private set; } = null!;

    public override async Task DisposeAsync()
    {
        // The credential is there; nowhere else.
        Sandbox.SecretFiles.UnionWith(Sandbox.EntryFiles);
        await base.DisposeAsync();
        foreach (var imitation in _imitations)
        {
            await imitation.DisposeAsync();
        }
    }

    private protected async Task<Imitation> ImitateAsync(RequestDelegate answer, X509Certificate2? certificate = null)
    {
        var imitation = await Imitation.StartAsync(answer, certificate);
        _imitations.Add(imitation);
        return imitation;
    }

    /// <summary>A service that exchanges, and a profile that asks it.</summary>
    /// <param name="profile">The profile's name.</param>
    /// <param name="exchange">Its exchange, where @URL@ stands for the service.</param>
    /// <param name="serves">What it serves.</param>
    /// <param name="prefix">How tokens begin.</param>
    /// <param name="grant">What the service answers, where @TOKEN@ stands for the token.</param>
    private protected async Task UseProfileAsync(
        string profile,
        string exchange = """{"type":"token-exchange","url":"@URL@/token"}""",
        JsonObject? serves = null,
        string prefix = "tok_",
        string grant = """{"access_token":"@TOKEN@","issued_token_type":"urn:ietf:params:oauth:token-type:access_token","token_type":"Bearer","expires_in":3600}""")
    {
        Tokens = new TokenService(Sandbox, prefix, grant);
        var service = await ImitateAsync(Tokens.AnswerAsync);
        NewIdentity();
        Sandbox.WriteProfile(profile, new JsonObject
        {
            ["identity"] = new JsonObject { ["source"] = "file", ["path"] = Path.Combine(Sandbox.Root, "identity/token") },
            ["exchange"] = JsonNode.Parse(exchange.Replace("@URL@", service.Url, StringComparison.Ordinal)),
            ["serves"] = serves,
        });
    }

    /// <summary>The platform gives another identity token.</summary>
    private protected void NewIdentity() => Sandbox.WriteIdentity(Endpoint.Issuer.Mint());
}
