using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace LocalTokenEndpoint.Tests;

/// <summary>The requests of a well-behaved client, and the means to misbehave in one respect.</summary>
internal static class Presenting
{
    public const string Betas = "oauth-2025-04-20,oidc-federation-2026-04-01";

    public static readonly HttpClient Client = new(new SocketsHttpHandler { AllowAutoRedirect = false })
    {
        Timeout = Timeout.InfiniteTimeSpan,
    };

    public static JsonObject FederationBody(this LocalEndpoint endpoint, string assertion) => new()
    {
        ["grant_type"] = "urn:ietf:params:oauth:grant-type:jwt-bearer",
        ["assertion"] = assertion,
        ["federation_rule_id"] = endpoint.Rule.Id,
        ["organization_id"] = endpoint.Rule.OrganizationId,
    };

    public static HttpRequestMessage TokenRequest(this LocalEndpoint endpoint, JsonObject body, string betas = Betas) =>
        TokenRequest(endpoint.HttpUrl, body, betas);

    public static HttpRequestMessage TokenRequest(string url, JsonObject body, string betas = Betas)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, url + EndpointPaths.Token)
        {
            Content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json"),
        };
        request.Headers.Add("anthropic-beta", betas);
        request.Headers.Add("User-Agent", "tests/1.0");
        return request;
    }

    public static Task<HttpResponseMessage> PresentAsync(
        this LocalEndpoint endpoint, string? assertion = null, Action<JsonObject>? change = null)
    {
        var body = endpoint.FederationBody(assertion ?? endpoint.Issuer.Mint());
        change?.Invoke(body);
        return Client.SendAsync(endpoint.TokenRequest(body));
    }

    public static async Task<string> ObtainAccessTokenAsync(this LocalEndpoint endpoint)
    {
        using var response = await endpoint.PresentAsync();
        var answer = await response.ReadJsonAsync();
        return answer.GetProperty("access_token").GetString()!;
    }

    public static async Task<JsonElement> ReadJsonAsync(this HttpResponseMessage response) =>
        await response.Content.ReadFromJsonAsync<JsonElement>();

    /// <summary>The members of Anthropic's error form.</summary>
    public static async Task<(string Type, string Message)> ReadErrorAsync(this HttpResponseMessage response)
    {
        var body = await response.ReadJsonAsync();
        Assert.Equal("error", body.GetProperty("type").GetString());
        var error = body.GetProperty("error");
        return (error.GetProperty("type").GetString()!, error.GetProperty("message").GetString()!);
    }

    public static TokenEvent OnlyTokenEvent(this LocalEndpoint endpoint) =>
        Assert.Single(endpoint.Events.At(EndpointPaths.Token));
}
