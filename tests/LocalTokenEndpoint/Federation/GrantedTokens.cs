using System.Collections.Concurrent;

namespace LocalTokenEndpoint;

/// <summary>What an access token was granted for.</summary>
public sealed record Grant(
    string AccessToken,
    int ExpiresIn,
    DateTimeOffset ExpiresAt,
    string Scope,
    string? RuleId,
    string? WorkspaceId,
    string? JwtId);

/// <summary>The access tokens that the endpoint gave out, and so the only ones that its API accepts.</summary>
public sealed class GrantedTokens
{
    private readonly ConcurrentDictionary<string, Grant> _grants = new(StringComparer.Ordinal);
    private readonly TimeProvider _clock;

    internal GrantedTokens(TimeProvider clock) => _clock = clock;

    public int Count => _grants.Count;

    /// <summary>The grant behind an access token, also when it has expired; null for a token that is not from here.</summary>
    public Grant? Find(string accessToken) => _grants.GetValueOrDefault(accessToken);

    /// <summary>From now on the API answers 401 for this token, though it has not expired.</summary>
    public bool Revoke(string accessToken) => _grants.TryRemove(accessToken, out _);

    public void RevokeAll() => _grants.Clear();

    internal bool IsExpired(Grant grant) => _clock.GetUtcNow() >= grant.ExpiresAt;

    internal Grant Add(int expiresIn, string scope, string? ruleId = null, string? workspaceId = null, string? jwtId = null)
    {
        var expiresAt = _clock.GetUtcNow().AddSeconds(expiresIn);
        var grant = new Grant(RandomNames.AccessToken(), expiresIn, expiresAt, scope, ruleId, workspaceId, jwtId);
        return _grants[grant.AccessToken] = grant;
    }
}
