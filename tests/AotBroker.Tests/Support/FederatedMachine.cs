using AotBroker.Brokering;
using AotBroker.Exchange;
using AotBroker.Files;
using AotBroker.Flights;
using AotBroker.Http;
using AotBroker.Profiles;
using AotBroker.Reporting;
using AotBroker.Schemas;
using AotBroker.Settings;
using LocalTokenEndpoint;
using Microsoft.Extensions.Logging.Abstractions;

namespace AotBroker.Tests;

/// <summary>A machine whose identity token is a file, and the token endpoint that takes it. Both follow one clock.</summary>
internal sealed class FederatedMachine : IAsyncDisposable
{
    private FederatedMachine(LocalEndpoint endpoint, Machine machine)
    {
        Endpoint = endpoint;
        Machine = machine;
        Machine.Variables["ANTHROPIC_BASE_URL"] = endpoint.HttpUrl;
        Machine.Variables["ANTHROPIC_FEDERATION_RULE_ID"] = endpoint.Rule.Id;
        Machine.Variables["ANTHROPIC_ORGANIZATION_ID"] = endpoint.Rule.OrganizationId;
        Machine.Variables["ANTHROPIC_IDENTITY_TOKEN_FILE"] = TokenPath;
        RotateToken();
    }

    public LocalEndpoint Endpoint { get; }

    public Machine Machine { get; }

    public string TokenPath => Machine.Home["identity-token"];

    public FederatedProfile Profile => (FederatedProfile)ProfileResolver.Resolve(null, Machine.Environment);

    public CacheKey Key => CacheKey.Of(Profile);

    public string LockPath => $"{Machine.CacheDirectory}/{Key.FileStem}.lock";

    public static async Task<FederatedMachine> StartAsync(FederationRule? rule = null)
    {
        Machine machine = new();
        LocalEndpoint endpoint = await LocalEndpoint.StartAsync(new LocalEndpointOptions { Time = machine.Clock, Rule = rule, HttpsPort = null });
        return new FederatedMachine(endpoint, machine);
    }

    /// <summary>The platform writes a new identity token.</summary>
    public string RotateToken(LocalTokenEndpoint.TokenRequest? request = null)
    {
        string token = Endpoint.Issuer.Mint(request);
        File.WriteAllText(TokenPath, token);
        return token;
    }

    /// <summary>The job runs on GitHub, whose token service mints a new token for each request.</summary>
    public void UseGitHub()
    {
        Machine.Variables["ANTHROPIC_IDENTITY_TOKEN_FILE"] = null;
        Machine.Variables["ACTIONS_ID_TOKEN_REQUEST_URL"] = Endpoint.GitHubRequestUrl;
        Machine.Variables["ACTIONS_ID_TOKEN_REQUEST_TOKEN"] = Endpoint.GitHubRequestToken;
    }

    /// <summary>What a process of its own would obtain.</summary>
    public Credential Obtain(Freshness? freshness = null, double seconds = 30, double wait = 0) =>
        new Broker(Machine.Environment, Machine.Reporter, NullLogger.Instance, static () => new PinnedHttp())
            .Obtain(Profile, freshness ?? new Freshness(), TimeSpan.FromSeconds(seconds), TimeSpan.FromSeconds(wait));

    public async ValueTask DisposeAsync()
    {
        await Endpoint.DisposeAsync();
        Machine.Dispose();
    }
}
