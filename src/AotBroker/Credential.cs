using AotBroker.Schemas;

namespace AotBroker;

/// <summary>A credential, and until when it is good. Instants are Unix seconds.</summary>
internal sealed record Credential
{
    public const long Never = long.MaxValue;

    public required Secret AccessToken { get; init; }

    /// <summary>As a header names it: <c>Bearer</c>.</summary>
    public required string TokenType { get; init; }

    public required long IssuedAt { get; init; }

    /// <summary><see cref="Never"/> where the credential does not expire.</summary>
    public required long ExpiresAt { get; init; }

    public bool Expires => ExpiresAt != Never;

    public string? Scope { get; init; }

    public string? RequestId { get; init; }

    /// <summary>SHA-256 of the identity token that it was granted for; null where that is not known.</summary>
    public string? IdentityDigest { get; init; }

    /// <summary>How long it was good for when it was new, in seconds.</summary>
    public long Lifetime => ExpiresAt - IssuedAt;

    /// <summary>How long it is still good for, in seconds; negative when it has expired.</summary>
    public long RemainingAt(long now) => ExpiresAt - now;
}
