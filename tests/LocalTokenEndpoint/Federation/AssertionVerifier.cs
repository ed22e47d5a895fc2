using System.Security.Cryptography;
using System.Text;

namespace LocalTokenEndpoint;

/// <summary>Whether an assertion is the issuer's and is valid now, before any rule is looked at.</summary>
internal sealed class AssertionVerifier(TokenIssuer issuer, TimeProvider clock, TimeSpan maximumLifetime)
{
    /// <summary>How far the clocks of issuer and endpoint may be apart, in seconds.</summary>
    public const int SkewSeconds = 30;

    /// <summary>The true reason why the assertion is refused, or null.</summary>
    public string? Refuse(Assertion assertion) =>
        RefuseSignature(assertion)
        ?? (assertion.Issuer == issuer.Url ? null : Reasons.IssuerMismatch)
        ?? RefuseTimes(assertion);

    private string? RefuseSignature(Assertion assertion)
    {
        // RFC 7515, 4.1.11: an extension that one does not know and must understand makes the token invalid.
        if (assertion.Header.TryGetProperty("crit", out _))
        {
            return Reasons.Malformed;
        }

        if (JwsAlgorithm.Parse(assertion.Algorithm) is not { } algorithm)
        {
            return Reasons.UnsupportedAlgorithm;
        }

        if (assertion.KeyId is not { } keyId || issuer.Keys.Find(keyId) is not { } key)
        {
            return Reasons.UnknownKey;
        }

        return key.Fits(algorithm) && Verifies(key, algorithm, assertion) ? null : Reasons.BadSignature;
    }

    private static bool Verifies(SigningKey key, JwsAlgorithm algorithm, Assertion assertion)
    {
        try
        {
            return key.Verify(Encoding.ASCII.GetBytes(assertion.SignedPart), assertion.Signature, algorithm);
        }
        catch (CryptographicException)
        {
            return false;
        }
    }

    private string? RefuseTimes(Assertion assertion)
    {
        if (!assertion.TryGetDate("exp", out var expires) || expires is null
            || !assertion.TryGetDate("nbf", out var notBefore)
            || !assertion.TryGetDate("iat", out var issued))
        {
            return Reasons.Malformed;
        }

        var now = clock.GetUtcNow().ToUnixTimeMilliseconds() / 1000.0;

        // RFC 7519, 4.1.4: from the second of `exp` on the token is not accepted; at the second of `nbf` it is.
        if (now >= expires + SkewSeconds)
        {
            return Reasons.Expired;
        }

        if (now < notBefore - SkewSeconds || now < issued - SkewSeconds)
        {
            return Reasons.NotYetValid;
        }

        // A token that does not say when its life began has at least all that is left of it.
        var began = issued ?? notBefore ?? now;
        return expires - began > maximumLifetime.TotalSeconds ? Reasons.LifetimeTooLong : null;
    }
}
