using AotBroker.Exchange;
using AotBroker.Files;
using AotBroker.Flights;
using AotBroker.Profiles;
using AotBroker.Runtime;
using AotBroker.Schemas;

namespace AotBroker.Brokering;

/// <summary>Handles a credential that a server refused, so that no other process is served it.</summary>
internal static class RefusedCredential
{
    /// <summary>
    /// Drops the cached credential if it is the refused one, but not a newer one that another process may have stored meanwhile.
    /// The broker never drops a person's login.
    /// </summary>
    /// <returns>Whether it was dropped.</returns>
    public static bool Drop(ResolvedProfile profile, Func<Credential, bool> isRefused, TimeSpan timeout, ProcessEnvironment environment)
    {
        bool isDropped = false;
        if (profile is FederatedProfile federated)
        {
            foreach (CacheKey? key in (ReadOnlySpan<CacheKey?>)[CacheView.Of(federated, environment).Key, CacheKey.OfJob(federated)])
            {
                isDropped |= key is not null && Drop(key, isRefused, timeout, environment);
            }
        }
        return isDropped;
    }

    private static bool Drop(CacheKey key, Func<Credential, bool> isRefused, TimeSpan timeout, ProcessEnvironment environment)
    {
        CacheDirectory directory = CacheDirectory.Of(environment);
        CacheEntries entries = new(directory, environment);
        if (entries.Read(key) is not { } seen || !isRefused(seen))
        {
            return false;
        }
        try
        {
            using FlightLock gate = FlightLock.Open(directory.File(key.FileStem + ".lock"));
            gate.Lead(Deadline.After(timeout, environment.Clock));
            bool isThere = entries.Read(key) is { } found && isRefused(found);
            if (isThere)
            {
                entries.Remove(key);
            }
            return isThere;
        }
        catch (Exception error) when (FlightCache.IsFileSystem(error))
        {
            return false; // A cache that cannot be written has no entry of ours.
        }
    }
}
