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

/// <summary>
/// What can be said of a credential. Its members are those of schemas/credential.schema.json: what an exchange gives is what
/// the cache keeps, so that a new member has one place. Instants are Unix seconds.
/// </summary>
internal static class CredentialFacts
{
    /// <summary>The end of a credential that does not expire.</summary>
    public const long Never = long.MaxValue;

    /// <summary>The longest lifetime that is believed of a service, in seconds.</summary>
    public const long LongestLifetime = 10L * 366 * 86400;

    extension(Credential credential)
    {
        public CredentialKind Kind => credential.Aws is not null ? CredentialKind.AwsKeys : credential.Fields is not null ? CredentialKind.Fields : CredentialKind.Token;

        public bool Expires => credential.ExpiresAt != Never;

        /// <summary>How long it was good for when it was new, in seconds.</summary>
        public long Lifetime => credential.ExpiresAt - credential.IssuedAt;

        /// <summary>How long it is still good for, in seconds; negative when it has expired.</summary>
        public long RemainingAt(long now) => credential.ExpiresAt - now;

        /// <summary>Whether this is the credential that was rejected, and not a newer one.</summary>
        public bool IsSameAs(Credential other) => credential.AccessToken is null
            ? credential.IssuedAt == other.IssuedAt && credential.ExpiresAt == other.ExpiresAt
            : credential.AccessToken == other.AccessToken;
    }
}
