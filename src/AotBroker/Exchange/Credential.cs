using AotBroker.Schemas;

namespace AotBroker.Exchange;

/// <summary>What a credential consists of.</summary>
internal enum CredentialKind
{
    /// <summary>A token that a header carries.</summary>
    Token,

    /// <summary>Temporary AWS keys, to sign requests with.</summary>
    AwsKeys,

    /// <summary>A secret of several fields, such as a user name and a password.</summary>
    Fields,
}

/// <summary>A credential, and until when it is good. Instants are Unix seconds.</summary>
internal sealed record Credential
{
    public const long Never = long.MaxValue;

    /// <summary>What a service may say of a lifetime and be believed, in seconds.</summary>
    public const long LongestLifetime = 10L * 366 * 86400;

    /// <summary>Where the credential is a token; else null.</summary>
    public Secret? AccessToken { get; init; }

    /// <summary>As a header names it.</summary>
    public string TokenType { get; init; } = "Bearer";

    /// <summary>Where the credential is a set of AWS keys; else null.</summary>
    public AwsKeys? Aws { get; init; }

    /// <summary>Where the credential is a secret of several fields; else null.</summary>
    public SchemaMap<Secret>? Fields { get; init; }

    public CredentialKind Kind => Aws is not null ? CredentialKind.AwsKeys : Fields is not null ? CredentialKind.Fields : CredentialKind.Token;

    /// <summary>What the service calls what it gave, to take it back.</summary>
    public Secret? LeaseId { get; init; }

    /// <summary>The token that takes it back, where the credential itself is none that can.</summary>
    public Secret? RevocationToken { get; init; }

    /// <summary>Whether others may be served it: not where the service does not say how long it is good for.</summary>
    public bool IsCacheable { get; init; } = true;

    public required long IssuedAt { get; init; }

    /// <summary><see cref="Never"/> where the credential does not expire.</summary>
    public required long ExpiresAt { get; init; }

    public bool Expires => ExpiresAt != Never;

    public string? Scope { get; init; }

    public string? RequestId { get; init; }

    /// <summary>SHA-256 of the identity token that it was granted for; null where that is not known.</summary>
    public string? IdentityDigest { get; init; }

    /// <summary>Whether this is the credential that was rejected, and not a newer one.</summary>
    public bool IsSameAs(Credential other) => AccessToken is null ? IssuedAt == other.IssuedAt && ExpiresAt == other.ExpiresAt : AccessToken == other.AccessToken;

    /// <summary>How long it was good for when it was new, in seconds.</summary>
    public long Lifetime => ExpiresAt - IssuedAt;

    /// <summary>How long it is still good for, in seconds; negative when it has expired.</summary>
    public long RemainingAt(long now) => ExpiresAt - now;
}
