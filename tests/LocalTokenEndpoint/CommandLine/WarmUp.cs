using System.Net.Http.Json;
using System.Security.Cryptography.X509Certificates;

namespace LocalTokenEndpoint;

/// <summary>
/// Runs every route once before the first client arrives, on an endpoint that is thrown away: what a benchmark measures is
/// the client, and not this process compiling itself. Nothing of it shows in the events of the endpoint proper.
/// </summary>
internal static class WarmUp
{
    public static async Task RunAsync(CancellationToken cancellation)
    {
        await using var endpoint = await LocalEndpoint.StartAsync(cancellation: cancellation);
        using var authority = X509Certificate2.CreateFromPem(endpoint.CaBundlePem);
        using var handler = new SocketsHttpHandler { SslOptions = { CertificateChainPolicy = Trusting(authority) } };
        using var client = new HttpClient(handler);
        client.DefaultRequestHeaders.Add("User-Agent", "warm-up");
        client.DefaultRequestHeaders.Add("anthropic-beta", "oauth-2025-04-20,oidc-federation-2026-04-01");
        client.DefaultRequestHeaders.Add("Authorization", $"bearer {endpoint.GitHubRequestToken}");
        foreach (var url in new[] { endpoint.HttpUrl, endpoint.HttpsUrl })
        {
            await ExchangeTwiceAsync(client, url, endpoint, cancellation);
            using var message = await client.PostAsJsonAsync(url + EndpointPaths.Messages, new { model = "" }, cancellation);
            using var events = await client.GetAsync(new Uri(url + EndpointPaths.Events), cancellation);
        }

        using var minted = await client.GetAsync(new Uri(endpoint.GitHubRequestUrl), cancellation);
    }

    private static async Task ExchangeTwiceAsync(
        HttpClient client, string url, LocalEndpoint endpoint, CancellationToken cancellation)
    {
        var body = new
        {
            grant_type = TokenRequestReader.JwtBearer,
            assertion = endpoint.Issuer.Mint(),
            federation_rule_id = endpoint.Rule.Id,
            organization_id = endpoint.Rule.OrganizationId,
        };
        for (var time = 0; time < 2; time++)
        {
            using var answer = await client.PostAsJsonAsync(url + EndpointPaths.Token, body, cancellation);
        }
    }

    private static X509ChainPolicy Trusting(X509Certificate2 authority) => new()
    {
        TrustMode = X509ChainTrustMode.CustomRootTrust,
        CustomTrustStore = { authority },
        RevocationMode = X509RevocationMode.NoCheck,
    };
}
