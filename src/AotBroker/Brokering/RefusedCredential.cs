using AotBroker.Exchange;
using AotBroker.Files;
using AotBroker.Flights;
using AotBroker.Profiles;
using AotBroker.Runtime;
using AotBroker.Schemas;

namespace AotBroker.Brokering;

/// <summary>A credential that a server refused, so that it is served to no other process.</summary>
internal static class RefusedCredential
{
    /// <summary>
    /// Drops the cached credential if it is the refused one: not a newer one, which another process may have brought meanwhile.
    /// A person's login is not the broker's to drop.
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
            return false; // What cannot be written was not written here.
        }
    }
}
