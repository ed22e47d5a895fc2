using System.Text.Json.Nodes;

namespace LocalTokenEndpoint;

/// <summary><c>POST /v1/oauth/token</c>: the one opaque refusal for whoever asks, the true reason for the event list.</summary>
internal sealed class TokenRoute(FederationExchange exchange, RefreshTokens refreshTokens, GrantedTokens grants)
{
    public Answer Decide(PresentedRequest request)
    {
        var one = Describe(request);
        try
        {
            return TokenRequestReader.Read(request) switch
            {
                FederationRequest federation => Exchange(federation, request, one),
                RefreshRequest refresh => Refresh(refresh, one),
                var other => throw new InvalidOperationException($"no answer to {other}"),
            };
        }
        catch (InvalidTokenRequestException invalid)
        {
            return Answer.Refused(
                400, AnthropicError.Body(400, invalid.Message, request.RequestId), Reasons.InvalidRequest, one);
        }
    }

    /// <summary>What an event can tell about a request that nobody has judged yet.</summary>
    public static TokenEvent Describe(PresentedRequest request)
    {
        var assertion = request.Peek("assertion");
        var refreshToken = request.Peek("refresh_token");
        return new TokenEvent
        {
            Path = EndpointPaths.Token,
            Outcome = Outcomes.Refused,
            Jti = assertion is null ? null : Assertion.Parse(assertion)?.JwtId,
            Rule = request.Peek("federation_rule_id"),
            Workspace = request.Peek("workspace_id"),
            AssertionDigest = assertion is null ? null : TokenDigest.Of(assertion),
            RefreshTokenDigest = refreshToken is null ? null : TokenDigest.Of(refreshToken),
        };
    }

    private Answer Exchange(FederationRequest federation, PresentedRequest request, TokenEvent one)
    {
        var outcome = exchange.Exchange(federation);
        if (outcome.Grant is not { } grant)
        {
            return Answer.Refused(401, AnthropicError.Body(401, AnthropicError.Opaque, request.RequestId), outcome.Reason!, one);
        }

        return Answer.Granted(BodyOf(grant), Granted(one, grant));
    }

    private Answer Refresh(RefreshRequest refresh, TokenEvent one)
    {
        if (!refreshTokens.TryUse(refresh.RefreshToken, out var lifetime))
        {
            // RFC 6749, 5.2, and not Anthropic's own form.
            var body = new JsonObject
            {
                ["error"] = "invalid_grant",
                ["error_description"] = "Refresh token not found or invalid",
            };
            return Answer.Refused(400, body.ToJsonString(), Reasons.InvalidGrant, one);
        }

        var grant = grants.Add(lifetime, refreshTokens.Scope);
        var answer = BodyOf(grant);
        answer["refresh_token"] = refreshTokens.Issue(lifetime);
        return Answer.Granted(answer, Granted(one, grant));
    }

    private static JsonObject BodyOf(Grant grant) => new()
    {
        ["access_token"] = grant.AccessToken,
        ["token_type"] = "Bearer",
        ["expires_in"] = grant.ExpiresIn,
        ["scope"] = grant.Scope,
    };

    private static TokenEvent Granted(TokenEvent one, Grant grant) => one with
    {
        Spent = true,
        Workspace = grant.WorkspaceId,
        AccessTokenDigest = TokenDigest.Of(grant.AccessToken),
        ExpiresIn = grant.ExpiresIn,
    };
}
