using System.Security.Cryptography;
using System.Text;
using AotBroker.Errors;
using AotBroker.Exchange;
using AotBroker.Profiles;
using AotBroker.Runtime;
using AotBroker.Schemas;

namespace AotBroker.Logins;

/// <summary>A person's login as it is stored.</summary>
/// <param name="Model">The credentials file's content, with the members that only other programs know.</param>
/// <param name="WrittenAt">When it was stored, in Unix seconds; 0 where that is not known.</param>
internal sealed record StoredLogin(AnthropicCredentials Model, long WrittenAt)
{
    /// <summary>Null where there is none, or an empty one.</summary>
    public Secret? RefreshToken => Model.RefreshToken is { } token && token.Reveal().Length > 0 ? token : null;

    /// <summary>What is remembered of the refresh token; null where there is none.</summary>
    public string? RefreshDigest => RefreshToken is { } token ? DigestOf(token) : null;

    /// <summary>The digest of the refresh token in the file, where this login is a newer one that the file could not be given.</summary>
    public string? Replaces { get; init; }

    /// <summary>The digest of the refresh token that the file holds.</summary>
    public string? HeldDigest => Replaces ?? RefreshDigest;

    /// <summary>The access token. When it was issued is not on record; it is not later than when it was stored.</summary>
    public Credential Credential => new()
    {
        AccessToken = Model.AccessToken,
        TokenType = "Bearer",
        IssuedAt = Math.Min(WrittenAt, ExpiresAt),
        ExpiresAt = ExpiresAt,
        Scope = Model.Scope,
    };

    private long ExpiresAt => Model.ExpiresAt ?? CredentialFacts.Never;

    /// <summary>Why it is not refreshed; null where it can be.</summary>
    public string? WhyNotRefreshable(LoginProfile profile)
    {
        string? missing = RefreshToken is null ? "it has no refresh token" : null;
        return profile.ClientId is null ? $"{profile.File} has no client_id" : missing;
    }

    public BrokerException NotRefreshable(LoginProfile profile, long now)
    {
        long remaining = Credential.RemainingAt(now);
        string life = remaining > 0 ? $"is good for {Times.Duration(remaining)}" : $"expired {Times.Duration(remaining)} ago";
        return new BrokerException(
            ErrorCode.LoginNotRefreshable,
            $"the access token in {profile.CredentialsFile} {(Credential.Expires ? life : "does not expire")}, and cannot be renewed: {WhyNotRefreshable(profile)}",
            "log in again with the tool that wrote the file; if another program renews it, make sure that it does");
    }

    /// <summary>SHA-256, in hexadecimal.</summary>
    public static string DigestOf(Secret token) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(token.Reveal())));
}
