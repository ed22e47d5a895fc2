using AotBroker.Brokering;
using AotBroker.Errors;
using AotBroker.Exchange;
using AotBroker.Files;
using AotBroker.Flights;
using AotBroker.Http;
using AotBroker.Profiles;
using AotBroker.Runtime;
using AotBroker.Schemas;

namespace AotBroker.Commands;

/// <summary>Has the services that issued cached credentials revoke them.</summary>
internal sealed class Revocation(CacheDirectory directory, Session session) : IDisposable
{
    private static readonly TimeSpan LongestTime = TimeSpan.FromSeconds(30);

    private readonly PinnedHttp _http = new();
    private readonly Deadline _deadline = Deadline.After(LongestTime, session.Environment.Clock);

    /// <summary>Has an entry's credential revoked.</summary>
    /// <param name="file">The entry's path.</param>
    /// <returns>Null if it is no longer valid; otherwise why it still is.</returns>
    public BrokerException? Revoke(string file)
    {
        if (new CacheEntries(directory, session.Environment).TryRead(file, out bool isUsable) is not { Key: { } key, Profile: { } profileName } credential || !isUsable)
        {
            return null; // It holds nothing usable.
        }
        try
        {
            if (ProfileResolver.Resolve(profileName == ProfileResolver.EnvironmentName ? null : profileName, session.Environment) is not FederatedProfile profile)
            {
                return null; // A login is no entry.
            }
            if (!CacheKey.IsForSettings(profile, key))
            {
                return new BrokerException(ErrorCode.NotRevoked, $"the credential in {file} cannot be revoked: profile \"{profileName}\" has different settings now", "it is good until it expires");
            }
            if (credential.RemainingAt(session.Environment.Now) <= 0)
            {
                return null;
            }
            return profile.Exchange.Check().Revoke(credential, _http, _deadline) is { } error ? About(error, credential, profileName) : null;
        }
        catch (BrokerException error)
        {
            return new BrokerException(error.Code, $"the credential in {file} cannot be revoked: {error.Message}", error.Hints);
        }
    }

    private static BrokerException About(BrokerException error, Credential credential, string profileName)
    {
        string until = credential.Expires ? $" (good until {Times.Utc(credential.ExpiresAt)})" : "";
        return new BrokerException(error.Code, $"the credential of profile \"{profileName}\"{until} was not revoked: {error.Message}", error.Hints);
    }

    public void Dispose() => _http.Dispose();
}
