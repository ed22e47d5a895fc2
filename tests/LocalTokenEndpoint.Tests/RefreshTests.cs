using System.Net;
using System.Text.Json.Nodes;

namespace LocalTokenEndpoint.Tests;

public class RefreshTests
{
    private const string Beta = "oauth-2025-04-20";

    [Fact]
    public async Task A_refresh_token_is_good_for_an_access_token_and_its_own_successor()
    {
        await using var endpoint = await LocalEndpoint.StartAsync();

        using var response = await RefreshAsync(endpoint, endpoint.RefreshTokens.Issue(lifetimeSeconds: 900));
        var answer = await response.ReadJsonAsync();
        using var next = await RefreshAsync(endpoint, answer.GetProperty("refresh_token").GetString()!);

        Assert.Equal(900, answer.GetProperty("expires_in").GetInt32());
        Assert.NotNull(endpoint.Grants.Find(answer.GetProperty("access_token").GetString()!));
        Assert.Equal(HttpStatusCode.OK, next.StatusCode);
    }

    [Fact]
    public async Task Of_many_uses_at_once_exactly_one_wins_and_the_others_are_invalid_grants()
    {
        await using var endpoint = await LocalEndpoint.StartAsync();
        var token = endpoint.RefreshTokens.Issue();

        var responses = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => RefreshAsync(endpoint, token)));

        Assert.Single(responses, response => response.StatusCode == HttpStatusCode.OK);
        var loser = Array.Find(responses, response => response.StatusCode == HttpStatusCode.BadRequest)!;
        var body = await loser.ReadJsonAsync();
        Assert.Equal("invalid_grant", body.GetProperty("error").GetString());
        Assert.NotEqual("", body.GetProperty("error_description").GetString());
        Assert.Equal(19, endpoint.Events.Snapshot().Count(one => one.Reason == Reasons.InvalidGrant));
    }

    [Fact]
    public async Task The_federation_beta_has_no_place_here()
    {
        await using var endpoint = await LocalEndpoint.StartAsync();
        var token = endpoint.RefreshTokens.Issue();

        using var response = await RefreshAsync(endpoint, token, Presenting.Betas);

        Assert.Equal("invalid_request_error", (await response.ReadErrorAsync()).Type);
        using var unspent = await RefreshAsync(endpoint, token);
        Assert.Equal(HttpStatusCode.OK, unspent.StatusCode);
    }

    private static Task<HttpResponseMessage> RefreshAsync(LocalEndpoint endpoint, string token, string betas = Beta)
    {
        var body = new JsonObject { ["grant_type"] = "refresh_token", ["refresh_token"] = token, ["client_id"] = "a-client" };
        return Presenting.Client.SendAsync(endpoint.TokenRequest(body, betas));
    }
}
