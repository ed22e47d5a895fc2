using System.Net;
using System.Text;

namespace LocalTokenEndpoint.Tests;

public class MessagesTests
{
    private const string Beta = "oauth-2025-04-20";

    [Fact]
    public async Task A_granted_token_is_answered_with_a_message()
    {
        await using var endpoint = await LocalEndpoint.StartAsync();
        var token = await endpoint.ObtainAccessTokenAsync();

        using var response = await SendAsync(endpoint, $"Bearer {token}", $"another-beta, {Beta}");

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        var message = await response.ReadJsonAsync();
        Assert.Equal("message", message.GetProperty("type").GetString());
        Assert.Equal("a-model", message.GetProperty("model").GetString());
        Assert.NotEqual("", message.GetProperty("content")[0].GetProperty("text").GetString());
        var one = Assert.Single(endpoint.Events.At(EndpointPaths.Messages));
        Assert.Equal(Outcomes.Granted, one.Outcome);
        Assert.Equal(endpoint.OnlyTokenEvent().Jti, one.Jti);
        Assert.Equal(endpoint.OnlyTokenEvent().AccessTokenDigest, one.AccessTokenDigest);
    }

    [Fact]
    public async Task A_client_that_asks_for_a_stream_gets_one()
    {
        await using var endpoint = await LocalEndpoint.StartAsync();
        var token = await endpoint.ObtainAccessTokenAsync();

        using var response = await SendAsync(
            endpoint, $"Bearer {token}", Beta, body: """{"model":"a-model","messages":[],"stream":true}""");

        Assert.Equal("text/event-stream", response.Content.Headers.ContentType!.MediaType);
        var events = await response.Content.ReadAsStringAsync();
        Assert.StartsWith("event: message_start\ndata: {", events, StringComparison.Ordinal);
        Assert.EndsWith("\n\nevent: message_stop\ndata: {\"type\":\"message_stop\"}\n\n", events, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, Beta, null, Reasons.MissingBearer)]
    [InlineData("Basic {0}", Beta, null, Reasons.MissingBearer)]
    [InlineData("Bearer sk-ant-oat01-another", Beta, null, Reasons.UnknownAccessToken)]
    [InlineData("Bearer {0}", "another-beta", null, Reasons.MissingBeta)]
    [InlineData("Bearer {0}", Beta, "a static key", Reasons.StaticKey)]
    public async Task Anything_else_is_refused(string? authorization, string betas, string? apiKey, string reason)
    {
        await using var endpoint = await LocalEndpoint.StartAsync();
        var token = await endpoint.ObtainAccessTokenAsync();

        using var response = await SendAsync(
            endpoint, authorization?.Replace("{0}", token, StringComparison.Ordinal), betas, apiKey);

        await AssertRefusedAsync(endpoint, response, reason);
    }

    [Fact]
    public async Task A_token_is_good_until_the_second_of_its_expiry()
    {
        await using var endpoint = await LocalEndpoint.StartAsync(new LocalEndpointOptions { Time = new FixedTime() });
        var token = await endpoint.ObtainAccessTokenAsync();

        endpoint.Clock.Advance(TimeSpan.FromSeconds(599));
        using var inTime = await SendAsync(endpoint, $"Bearer {token}", Beta);
        endpoint.Clock.Advance(TimeSpan.FromSeconds(1));
        endpoint.Events.Clear();
        using var late = await SendAsync(endpoint, $"Bearer {token}", Beta);

        Assert.Equal(HttpStatusCode.OK, inTime.StatusCode);
        await AssertRefusedAsync(endpoint, late, Reasons.AccessTokenExpired);
    }

    [Fact]
    public async Task A_token_may_be_revoked_before_its_time()
    {
        await using var endpoint = await LocalEndpoint.StartAsync();
        var token = await endpoint.ObtainAccessTokenAsync();

        endpoint.Grants.Revoke(token);

        using var response = await SendAsync(endpoint, $"Bearer {token}", Beta);
        await AssertRefusedAsync(endpoint, response, Reasons.UnknownAccessToken);
    }

    [Fact]
    public async Task The_api_has_faults_of_its_own()
    {
        await using var endpoint = await LocalEndpoint.StartAsync();
        endpoint.Faults.Add(FaultTarget.Messages, Fault.Status(529));
        var token = await endpoint.ObtainAccessTokenAsync();

        using var overloaded = await SendAsync(endpoint, $"Bearer {token}", Beta);
        using var response = await SendAsync(endpoint, $"Bearer {token}", Beta);

        Assert.Equal("overloaded_error", (await overloaded.ReadErrorAsync()).Type);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    private static async Task AssertRefusedAsync(LocalEndpoint endpoint, HttpResponseMessage response, string reason)
    {
        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        Assert.Equal("authentication_error", (await response.ReadErrorAsync()).Type);
        Assert.Equal(reason, Assert.Single(endpoint.Events.At(EndpointPaths.Messages)).Reason);
    }

    private static Task<HttpResponseMessage> SendAsync(
        LocalEndpoint endpoint,
        string? authorization,
        string betas,
        string? apiKey = null,
        string body = """{"model":"a-model","max_tokens":1,"messages":[{"role":"user","content":"hello"}]}""")
    {
        var request = new HttpRequestMessage(HttpMethod.Post, endpoint.HttpUrl + EndpointPaths.Messages)
        {
            Content = new StringContent(body, Encoding.UTF8, "application/json"),
        };
        request.Headers.Add("anthropic-beta", betas);
        if (authorization is not null)
        {
            request.Headers.Add("Authorization", authorization);
        }

        if (apiKey is not null)
        {
            request.Headers.Add("x-api-key", apiKey);
        }

        return Presenting.Client.SendAsync(request);
    }
}
