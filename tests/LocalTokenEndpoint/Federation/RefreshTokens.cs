using System.Collections.Concurrent;

namespace LocalTokenEndpoint;

/// <summary>The refresh tokens of people who logged in: each may be used once, and its successor comes with the answer.</summary>
public sealed class RefreshTokens
{
    private readonly ConcurrentDictionary<string, int> _lifetimes = new(StringComparer.Ordinal);

    internal RefreshTokens()
    {
    }

    /// <summary>The scope that refreshed access tokens are granted.</summary>
    public string Scope { get; set; } = "user:inference";

    /// <summary>A refresh token as a login gives it; its access tokens live for <paramref name="lifetimeSeconds"/>.</summary>
    public string Issue(int lifetimeSeconds = 3600)
    {
        var token = RandomNames.RefreshToken();
        _lifetimes[token] = lifetimeSeconds;
        return token;
    }

    /// <summary>Takes a token out of circulation. Of two uses at one instant exactly one succeeds.</summary>
    internal bool TryUse(string token, out int lifetimeSeconds) => _lifetimes.TryRemove(token, out lifetimeSeconds);
}
