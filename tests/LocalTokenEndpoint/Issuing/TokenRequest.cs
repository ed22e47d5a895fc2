namespace LocalTokenEndpoint;

/// <summary>Which <c>kid</c> the token's header names.</summary>
public enum KeyIdChoice
{
    Real,
    Missing,
    Unknown,
}

/// <summary>What goes into an identity token. The defaults give a token that the default rule accepts.</summary>
public sealed record TokenRequest
{
    /// <summary>The value of <see cref="JwtId"/> that asks for a <c>jti</c> of the token's own.</summary>
    public const string AutomaticJwtId = "auto";

    /// <summary>The issuer's own URL when null.</summary>
    public string? Issuer { get; init; }

    /// <summary>The endpoint's default subject when null.</summary>
    public string? Subject { get; init; }

    /// <summary>The default rule's audience when null. <see cref="Claims"/> may carry an array instead.</summary>
    public string? Audience { get; init; }

    /// <summary>From <c>iat</c> to <c>exp</c>; GitHub's tokens live five minutes.</summary>
    public TimeSpan Lifetime { get; init; } = TimeSpan.FromMinutes(5);

    public SigningAlgorithm Algorithm { get; init; } = SigningAlgorithm.RS256;

    /// <summary><see cref="AutomaticJwtId"/> for a new one, null for a token without <c>jti</c>, else itself.</summary>
    public string? JwtId { get; init; } = AutomaticJwtId;

    /// <summary><c>iat</c>, relative to the endpoint's clock.</summary>
    public TimeSpan IssuedAtOffset { get; init; }

    /// <summary><c>nbf</c>, relative to the endpoint's clock; the same as <c>iat</c> when null.</summary>
    public TimeSpan? NotBeforeOffset { get; init; }

    /// <summary><c>exp</c>, relative to the endpoint's clock; <c>iat</c> plus <see cref="Lifetime"/> when null.</summary>
    public TimeSpan? ExpiresAtOffset { get; init; }

    /// <summary>Further claims; one with a standard name replaces the standard one.</summary>
    public IReadOnlyDictionary<string, object?> Claims { get; init; } = new Dictionary<string, object?>();

    /// <summary>Names of claims to leave out.</summary>
    public IReadOnlyCollection<string> OmittedClaims { get; init; } = [];

    public KeyIdChoice KeyId { get; init; } = KeyIdChoice.Real;

    /// <summary>Changes one bit of the signature.</summary>
    public bool TamperSignature { get; init; }
}
