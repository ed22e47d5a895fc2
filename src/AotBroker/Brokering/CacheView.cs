using AotBroker.Errors;
using AotBroker.Exchange;
using AotBroker.Files;
using AotBroker.Flights;
using AotBroker.Logins;
using AotBroker.Profiles;
using AotBroker.Runtime;
using AotBroker.Schemas;

namespace AotBroker.Brokering;

/// <summary>What the cache holds for a profile.</summary>
/// <param name="Directory">The cache.</param>
/// <param name="Key">Null if the identity cannot be seen, and for a login.</param>
/// <param name="Credential">Fresh or not; null if there is none.</param>
internal readonly record struct CacheView(CacheDirectory Directory, CacheKey? Key, Credential? Credential)
{
    /// <summary>Looks, without a lock: this is part of every hit.</summary>
    public static CacheView Of(ResolvedProfile profile, ProcessEnvironment environment)
    {
        CacheDirectory directory = CacheDirectory.Of(environment);
        if (profile is not FederatedProfile federated)
        {
            // A login's credentials file is its cache.
            return new CacheView(directory, null, new LoginFile(((LoginProfile)profile).CredentialsFile, environment).Read().Credential);
        }
        CacheEntries entries = new(directory, environment);
        try
        {
            CacheKey key = CacheKey.Of(federated);
            return new CacheView(directory, key, entries.Read(key));
        }
        catch (BrokerException error) when (CacheKey.IsGone(error))
        {
            // What this same job was granted while it had its identity.
            return new CacheView(directory, null, CacheKey.OfJob(federated) is { } job ? entries.Read(job) : null);
        }
        catch (BrokerException error) when (error.Code is ErrorCode.IdentityNotJwt or ErrorCode.IdentityTooLarge)
        {
            return new CacheView(directory, null, null);
        }
    }

    /// <summary>The credential, if it is fresh enough.</summary>
    public Credential? Fresh(Freshness freshness, long now) => Credential is { } credential && freshness.Accepts(credential, now) ? credential : null;

    /// <summary>The credential, if it is still good enough when it cannot be renewed.</summary>
    public Credential? Tolerable(Freshness freshness, long now) => Credential is { } credential && freshness.Tolerates(credential, now) ? credential : null;
}
