using System.Net;

namespace LocalTokenEndpoint.Tests;

public class ExchangeTests
{
    [Theory]
    [InlineData(SigningAlgorithm.RS256)]
    [InlineData(SigningAlgorithm.PS256)]
    [InlineData(SigningAlgorithm.ES256)]
    [InlineData(SigningAlgorithm.ES384)]
    public async Task A_valid_assertion_becomes_an_access_token(SigningAlgorithm algorithm)
    {
        await using var endpoint = await LocalEndpoint.StartAsync();

        using var response = await endpoint.PresentAsync(endpoint.Issuer.Mint(new TokenRequest { Algorithm = algorithm }));

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.StartsWith("req_", Assert.Single(response.Headers.GetValues("Request-Id")), StringComparison.Ordinal);
        var answer = await response.ReadJsonAsync();
        Assert.Equal(
            ["access_token", "token_type", "expires_in", "scope"], answer.EnumerateObject().Select(member => member.Name));
        Assert.StartsWith("sk-ant-oat01-", answer.GetProperty("access_token").GetString(), StringComparison.Ordinal);
        Assert.Equal("Bearer", answer.GetProperty("token_type").GetString());
    }

    [Fact]
    public async Task The_event_tells_who_presented_what_and_got_what()
    {
        await using var endpoint = await LocalEndpoint.StartAsync();
        var assertion = endpoint.Issuer.Mint(new TokenRequest { JwtId = "the-id" });

        using var response = await endpoint.PresentAsync(assertion);

        var one = endpoint.OnlyTokenEvent();
        Assert.Equal(Outcomes.Granted, one.Outcome);
        Assert.Null(one.Reason);
        Assert.True(one.Spent);
        Assert.Equal("the-id", one.Jti);
        Assert.Equal(endpoint.Rule.Id, one.Rule);
        Assert.Equal(endpoint.Rule.Workspaces[0], one.Workspace);
        Assert.Equal(200, one.Status);
        Assert.Equal("tests/1.0", one.UserAgent);
        Assert.Equal(Assert.Single(response.Headers.GetValues("Request-Id")), one.RequestId);
        Assert.Equal(TokenDigest.Of(assertion), one.AssertionDigest);
        var token = (await response.ReadJsonAsync()).GetProperty("access_token").GetString()!;
        Assert.Equal(TokenDigest.Of(token), one.AccessTokenDigest);
    }

    [Theory]
    [InlineData(300, 3600, 600)] // twice what is left of a GitHub token
    [InlineData(3600, 3600, 3600)] // the rule's own limit
    [InlineData(3600, 86_400, 7200)]
    [InlineData(300, 60, 60)]
    [InlineData(20, 3600, 60)] // never less than a minute
    public async Task The_grant_lives_as_long_as_the_rule_and_the_assertion_allow(int assertionLife, int ruleLife, int granted)
    {
        await using var endpoint = await LocalEndpoint.StartAsync(new LocalEndpointOptions { Time = new FixedTime() });
        endpoint.Rules.Change(rule => rule with { TokenLifetimeSeconds = ruleLife });
        var request = new TokenRequest { Lifetime = TimeSpan.FromSeconds(assertionLife) };

        using var response = await endpoint.PresentAsync(endpoint.Issuer.Mint(request));

        Assert.Equal(granted, (await response.ReadJsonAsync()).GetProperty("expires_in").GetInt32());
        Assert.Equal(granted, endpoint.OnlyTokenEvent().ExpiresIn);
    }

    [Fact]
    public async Task An_assertion_in_its_last_moments_and_even_in_the_skew_yields_a_minute()
    {
        await using var endpoint = await LocalEndpoint.StartAsync(new LocalEndpointOptions { Time = new FixedTime() });
        var assertion = endpoint.Issuer.Mint();
        endpoint.Clock.Advance(TimeSpan.FromSeconds(300 + 29));

        using var response = await endpoint.PresentAsync(assertion);

        Assert.Equal(60, (await response.ReadJsonAsync()).GetProperty("expires_in").GetInt32());
    }

    [Fact]
    public async Task A_rule_takes_several_audiences_exact_claims_and_the_named_workspace()
    {
        await using var endpoint = await LocalEndpoint.StartAsync();
        endpoint.Rules.Change(rule => rule with
        {
            Claims = new Dictionary<string, string> { ["repository"] = "example-org/example-repo", ["run_attempt"] = "2" },
            Workspaces = ["wrkspc_one", "default"],
        });
        var assertion = endpoint.Issuer.Mint(new TokenRequest
        {
            Claims = new Dictionary<string, object?>
            {
                ["aud"] = new[] { "another", endpoint.Rule.Audience },
                ["repository"] = "example-org/example-repo",
                ["run_attempt"] = 2,
            },
        });

        using var response = await endpoint.PresentAsync(assertion, body =>
        {
            body["workspace_id"] = "default";
            body["service_account_id"] = endpoint.Rule.ServiceAccountId;
        });

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("default", endpoint.OnlyTokenEvent().Workspace);
    }

    [Fact]
    public async Task Every_rule_that_is_added_stands_on_its_own()
    {
        await using var endpoint = await LocalEndpoint.StartAsync();
        var second = endpoint.Rules.Set(new FederationRule { Audience = "urn:second", SubjectPrefix = "pod:" });
        var assertion = endpoint.Issuer.Mint(new TokenRequest { Audience = "urn:second", Subject = "pod:a" });

        using var response = await endpoint.PresentAsync(assertion, body =>
        {
            body["federation_rule_id"] = second.Id;
            body["organization_id"] = second.OrganizationId;
        });

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Fact]
    public void A_rule_outside_the_lifetimes_that_exist_is_not_taken()
    {
        var rules = new RuleBook(new FederationRule());

        Assert.Throws<ArgumentOutOfRangeException>(() => rules.Set(new FederationRule { TokenLifetimeSeconds = 59 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => rules.Set(new FederationRule { TokenLifetimeSeconds = 86_401 }));
    }
}
