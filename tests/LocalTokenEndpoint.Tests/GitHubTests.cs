using System.Net;
using System.Net.Http.Headers;

namespace LocalTokenEndpoint.Tests;

public class GitHubTests
{
    [Fact]
    public async Task Every_request_yields_a_new_token_that_the_rule_accepts()
    {
        await using var endpoint = await LocalEndpoint.StartAsync();
        var url = $"{endpoint.GitHubRequestUrl}&audience={Uri.EscapeDataString(endpoint.Rule.Audience)}";

        var first = await RequestTokenAsync(endpoint, url);
        var second = await RequestTokenAsync(endpoint, url);

        Assert.NotEqual(Assertion.Parse(first)!.JwtId, Assertion.Parse(second)!.JwtId);
        foreach (var token in new[] { first, second })
        {
            using var exchanged = await endpoint.PresentAsync(token);
            Assert.Equal(HttpStatusCode.OK, exchanged.StatusCode);
        }

        var one = endpoint.Events.At(EndpointPaths.GitHub)[0];
        Assert.Equal((Outcomes.Granted, TokenDigest.Of(first)), (one.Outcome, one.AssertionDigest));
        Assert.Equal(Assertion.Parse(first)!.JwtId, one.Jti);
        Assert.Equal(2, endpoint.Events.Presentations);
    }

    [Fact]
    public async Task Without_an_audience_the_token_is_for_the_owner_of_the_repository_and_lives_five_minutes()
    {
        await using var endpoint = await LocalEndpoint.StartAsync();

        var token = Assertion.Parse(await RequestTokenAsync(endpoint, endpoint.GitHubRequestUrl))!;

        Assert.True(token.HasAudience("https://github.com/example-org"));
        Assert.True(token.HasClaim("repository", "example-org/example-repo"));
        token.TryGetDate("iat", out var issued);
        token.TryGetDate("exp", out var expires);
        Assert.Equal(300, expires - issued);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("bearer another")]
    [InlineData("token {0}")]
    [InlineData("bearer {0}x")]
    public async Task Whoever_lacks_the_job_s_token_gets_none(string? authorization)
    {
        await using var endpoint = await LocalEndpoint.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, endpoint.GitHubRequestUrl);
        if (authorization is not null)
        {
            var value = authorization.Replace("{0}", endpoint.GitHubRequestToken, StringComparison.Ordinal);
            request.Headers.Authorization = AuthenticationHeaderValue.Parse(value);
        }

        using var response = await Presenting.Client.SendAsync(request);

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        Assert.Equal(Reasons.WrongBearer, Assert.Single(endpoint.Events.At(EndpointPaths.GitHub)).Reason);
    }

    [Fact]
    public async Task The_query_that_the_url_brings_along_must_be_kept()
    {
        await using var endpoint = await LocalEndpoint.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, endpoint.HttpUrl + EndpointPaths.GitHub);
        request.Headers.Authorization = new AuthenticationHeaderValue("bearer", endpoint.GitHubRequestToken);

        using var response = await Presenting.Client.SendAsync(request);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
    }

    [Fact]
    public async Task Faults_of_this_endpoint_are_its_own()
    {
        await using var endpoint = await LocalEndpoint.StartAsync();
        endpoint.Faults.Add(FaultTarget.GitHub, Fault.Status(429));

        using var exchanged = await endpoint.PresentAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, endpoint.GitHubRequestUrl);
        request.Headers.Authorization = new AuthenticationHeaderValue("bearer", endpoint.GitHubRequestToken);
        using var response = await Presenting.Client.SendAsync(request);

        Assert.Equal(HttpStatusCode.OK, exchanged.StatusCode);
        Assert.Equal(HttpStatusCode.TooManyRequests, response.StatusCode);
        await RequestTokenAsync(endpoint, endpoint.GitHubRequestUrl);
    }

    private static async Task<string> RequestTokenAsync(LocalEndpoint endpoint, string url)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, url);
        request.Headers.Authorization = new AuthenticationHeaderValue("bearer", endpoint.GitHubRequestToken);
        using var response = await Presenting.Client.SendAsync(request);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        var answer = await response.ReadJsonAsync();
        var token = answer.GetProperty("value").GetString()!;
        Assert.Equal(token.Length, answer.GetProperty("count").GetInt32());
        return token;
    }
}
