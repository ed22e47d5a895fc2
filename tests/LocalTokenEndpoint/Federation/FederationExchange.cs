using System.Text;

namespace LocalTokenEndpoint;

/// <summary>A well-formed request of the JWT bearer grant (RFC 7523).</summary>
internal sealed record FederationRequest(
    string Assertion, string RuleId, string OrganizationId, string? ServiceAccountId, string? WorkspaceId);

/// <summary>A grant, or the true reason why there is none.</summary>
internal sealed record ExchangeOutcome(Grant? Grant, string? Reason);

/// <summary>The exchange: an assertion that a rule accepts, presented for the first time, becomes an access token.</summary>
internal sealed class FederationExchange(
    RuleBook rules, AssertionVerifier verifier, SpentTokens spent, GrantedTokens grants, TimeProvider clock)
{
    private const int ShortestGrantSeconds = 60;

    public ExchangeOutcome Exchange(FederationRequest request)
    {
        if (Encoding.UTF8.GetByteCount(request.Assertion) > Assertion.LargestBytes)
        {
            return Refused(Reasons.AssertionTooLarge);
        }

        if (Assertion.Parse(request.Assertion) is not { } assertion)
        {
            return Refused(Reasons.Malformed);
        }

        if (rules.Find(request.RuleId) is not { } rule)
        {
            return Refused(Reasons.RuleNotFound);
        }

        var reason = RefuseRequest(request, rule)
            ?? verifier.Refuse(assertion)
            ?? RefuseClaims(assertion, rule)
            ?? RefuseWorkspace(request, rule);
        if (reason is not null)
        {
            return Refused(reason);
        }

        // The last check, and the only one that changes anything: what fell at an earlier one has not been spent.
        if (rule.CheckJti && assertion.JwtId is { } jwtId && !spent.TrySpend(assertion.Issuer!, jwtId))
        {
            return Refused(Reasons.JtiReused);
        }

        var workspace = request.WorkspaceId ?? (rule.Workspaces.Count == 1 ? rule.Workspaces[0] : null);
        var grant = grants.Add(LifetimeOf(assertion, rule), rule.Scope, rule.Id, workspace, assertion.JwtId);
        return new ExchangeOutcome(grant, null);
    }

    private static ExchangeOutcome Refused(string reason) => new(null, reason);

    private static string? RefuseRequest(FederationRequest request, FederationRule rule)
    {
        if (!string.Equals(request.OrganizationId, rule.OrganizationId, StringComparison.OrdinalIgnoreCase))
        {
            return Reasons.OrganizationMismatch;
        }

        return request.ServiceAccountId is { } account && account != rule.ServiceAccountId
            ? Reasons.ServiceAccountMismatch
            : null;
    }

    private static string? RefuseClaims(Assertion assertion, FederationRule rule)
    {
        if (!assertion.HasAudience(rule.Audience))
        {
            return Reasons.AudienceMismatch;
        }

        if (assertion.Subject is not { } subject || !subject.StartsWith(rule.SubjectPrefix, StringComparison.Ordinal))
        {
            return Reasons.SubjectMismatch;
        }

        return rule.Claims.All(claim => assertion.HasClaim(claim.Key, claim.Value)) ? null : Reasons.ClaimMismatch;
    }

    private static string? RefuseWorkspace(FederationRequest request, FederationRule rule)
    {
        if (request.WorkspaceId is not { } named)
        {
            return rule.Workspaces.Count > 1 ? Reasons.WorkspaceRequired : null;
        }

        var allowed = rule.Workspaces.Count == 0 ? named == "default" : rule.Workspaces.Contains(named);
        return allowed ? null : Reasons.WorkspaceNotAllowed;
    }

    /// <summary>A credential may outlive the identity behind it by no more than that identity's own remaining life.</summary>
    private int LifetimeOf(Assertion assertion, FederationRule rule)
    {
        assertion.TryGetDate("exp", out var expires);
        var remaining = expires!.Value - (clock.GetUtcNow().ToUnixTimeMilliseconds() / 1000.0);
        var doubled = (int)Math.Clamp(Math.Floor(2 * remaining), ShortestGrantSeconds, int.MaxValue);
        return Math.Min(rule.TokenLifetimeSeconds, doubled);
    }
}
