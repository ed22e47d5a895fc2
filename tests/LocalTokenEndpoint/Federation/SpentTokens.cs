using System.Collections.Concurrent;

namespace LocalTokenEndpoint;

/// <summary>The <c>jti</c> of every assertion that was accepted. Of two presentations at one instant exactly one wins.</summary>
internal sealed class SpentTokens
{
    private readonly ConcurrentDictionary<(string Issuer, string JwtId), bool> _spent = new();

    public bool TrySpend(string issuer, string jwtId) => _spent.TryAdd((issuer, jwtId), true);
}
