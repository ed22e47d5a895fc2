using System.Net;
using System.Text.Json.Nodes;

namespace LocalTokenEndpoint.Tests;

/// <summary>Whatever is wrong with an assertion, the client learns nothing, and the event list the truth.</summary>
public class RefusalTests
{
    public static TheoryData<string> Reasons_for_an_assertion => [.. s_cases.Keys];

    private static readonly Dictionary<string, Case> s_cases = new()
    {
        [Reasons.AssertionTooLarge] = Minted(new() { Claims = Claim("padding", new string('x', Assertion.LargestBytes)) }),
        [Reasons.Malformed] = new() { Assertion = _ => "not.a.token" },
        [Reasons.UnsupportedAlgorithm] = Minted(new() { Algorithm = SigningAlgorithm.None }),
        [Reasons.UnsupportedAlgorithm + " (HMAC with the public key)"] = Minted(new() { Algorithm = SigningAlgorithm.HS256 }),
        [Reasons.UnknownKey] = Minted(new() { KeyId = KeyIdChoice.Unknown }),
        [Reasons.UnknownKey + " (none named)"] = Minted(new() { KeyId = KeyIdChoice.Missing }),
        [Reasons.BadSignature] = Minted(new() { TamperSignature = true }),
        [Reasons.BadSignature + " (elliptic)"] = Minted(new() { TamperSignature = true, Algorithm = SigningAlgorithm.ES256 }),
        [Reasons.BadSignature + " (claims changed)"] = new() { Assertion = ChangeClaims },
        [Reasons.IssuerMismatch] = Minted(new() { Issuer = "https://another.test" }),
        [Reasons.Expired] = Minted(new() { IssuedAtOffset = TimeSpan.FromHours(-1), Lifetime = TimeSpan.FromMinutes(5) }),
        [Reasons.Malformed + " (no exp)"] = Minted(new() { OmittedClaims = ["exp"] }),
        [Reasons.Malformed + " (exp is text)"] = Minted(new() { Claims = Claim("exp", "soon") }),
        [Reasons.NotYetValid] = Minted(new() { NotBeforeOffset = TimeSpan.FromMinutes(2) }),
        [Reasons.NotYetValid + " (issued later)"] = Minted(new()
        {
            IssuedAtOffset = TimeSpan.FromMinutes(2),
            NotBeforeOffset = TimeSpan.Zero,
        }),
        [Reasons.LifetimeTooLong] = Minted(new() { Lifetime = TimeSpan.FromSeconds(3601) }),
        [Reasons.LifetimeTooLong + " (no iat)"] = Minted(new()
        {
            Lifetime = TimeSpan.FromHours(2),
            OmittedClaims = ["iat", "nbf"],
        }),
        [Reasons.RuleNotFound] = new() { Body = body => body["federation_rule_id"] = "fdrl_another" },
        [Reasons.OrganizationMismatch] = new() { Body = body => body["organization_id"] = Guid.NewGuid().ToString() },
        [Reasons.ServiceAccountMismatch] = new() { Body = body => body["service_account_id"] = "svac_another" },
        [Reasons.AudienceMismatch] = Minted(new() { Audience = "https://another.test" }),
        [Reasons.AudienceMismatch + " (none)"] = Minted(new() { OmittedClaims = ["aud"] }),
        [Reasons.SubjectMismatch] = Minted(new() { Subject = "repo:another-org/example-repo:ref:refs/heads/main" }),
        [Reasons.SubjectMismatch + " (none)"] = Minted(new() { OmittedClaims = ["sub"] }),
        [Reasons.ClaimMismatch] = new() { Rule = rule => rule with { Claims = Exact("ref", "refs/heads/main") } },
        [Reasons.WorkspaceRequired] = new() { Rule = rule => rule with { Workspaces = ["wrkspc_one", "wrkspc_two"] } },
        [Reasons.WorkspaceNotAllowed] = new() { Body = body => body["workspace_id"] = "wrkspc_another" },
        [Reasons.WorkspaceNotAllowed + " (default)"] = new() { Body = body => body["workspace_id"] = "default" },
    };

    [Theory]
    [MemberData(nameof(Reasons_for_an_assertion))]
    public async Task The_answer_is_the_same_whatever_the_reason(string name)
    {
        var @case = s_cases[name];
        await using var endpoint = await LocalEndpoint.StartAsync();
        endpoint.Rules.Change(@case.Rule);

        using var response = await endpoint.PresentAsync(@case.Assertion(endpoint), @case.Body);

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        Assert.Equal(("authentication_error", "Authentication failed"), await response.ReadErrorAsync());
        Assert.True(response.Headers.Contains("Request-Id"));
        var one = endpoint.OnlyTokenEvent();
        Assert.Equal((Outcomes.Refused, name.Split(' ')[0], 401), (one.Outcome, one.Reason, one.Status));
        Assert.False(one.Spent);
    }

    [Fact]
    public async Task What_was_refused_was_not_spent()
    {
        await using var endpoint = await LocalEndpoint.StartAsync();
        var assertion = endpoint.Issuer.Mint();
        using var refused = await endpoint.PresentAsync(assertion, body => body["workspace_id"] = "wrkspc_another");

        using var response = await endpoint.PresentAsync(assertion);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    private static Case Minted(TokenRequest request) => new() { Assertion = endpoint => endpoint.Issuer.Mint(request) };

    private static Dictionary<string, object?> Claim(string name, object? value) => new() { [name] = value };

    private static Dictionary<string, string> Exact(string name, string value) => new() { [name] = value };

    /// <summary>The header and the signature of one token around the claims of another.</summary>
    private static string ChangeClaims(LocalEndpoint endpoint)
    {
        var mine = endpoint.Issuer.Mint().Split('.');
        var other = endpoint.Issuer.Mint(new TokenRequest { Subject = "repo:example-org/example-repo:admin" }).Split('.');
        return $"{mine[0]}.{other[1]}.{mine[2]}";
    }

    private sealed record Case
    {
        public Func<LocalEndpoint, string> Assertion { get; init; } = endpoint => endpoint.Issuer.Mint();

        public Action<JsonObject> Body { get; init; } = _ => { };

        public Func<FederationRule, FederationRule> Rule { get; init; } = rule => rule;
    }
}
