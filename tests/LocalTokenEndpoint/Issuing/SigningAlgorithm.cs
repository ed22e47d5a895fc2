namespace LocalTokenEndpoint;

/// <summary>What a test may ask the issuer to sign with. The last two are the forgeries that a verifier must refuse.</summary>
public enum SigningAlgorithm
{
    RS256,
    PS256,
    ES256,
    ES384,

    /// <summary>An HMAC keyed with the public key's own text: the classic confusion of algorithms.</summary>
    HS256,

    /// <summary>No signature at all (<c>"alg":"none"</c>).</summary>
    None,
}
