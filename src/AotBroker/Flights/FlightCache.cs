using AotBroker.Errors;
using AotBroker.Files;
using AotBroker.Profiles;
using AotBroker.Reporting;
using AotBroker.Settings;

namespace AotBroker.Flights;

/// <summary>The cache as one flight uses it: if it cannot be used, the caller still gets its credential, and a warning.</summary>
internal sealed class FlightCache(CacheKey key, CacheDirectory directory, Reporter reporter)
{
    /// <summary>What the cache can do: known once the lock has been opened.</summary>
    public CacheAbility Ability { get; private set; }

    /// <summary>The flight's lock, taken if no process leads; null, with a warning, if there is none.</summary>
    /// <param name="leads">Whether this process leads now.</param>
    public FlightLock? OpenLock(out bool leads)
    {
        leads = false;
        FlightLock? gate = null;
        try
        {
            directory.Prepare();
            gate = FlightLock.Open(directory.File(key.FileStem + ".lock"));
            leads = TryLead(gate, out string? problem);
            if (directory.Surprise() is { } surprise)
            {
                reporter.WarningOnce(surprise.Code, surprise.Message, surprise.Hints);
            }
            Ability = new CacheAbility(CanWrite: true, HasLocks: problem is null);
            if (problem is null)
            {
                return gate;
            }
            reporter.Warning(
                ErrorCode.LocksUnusable,
                $"locks do not keep processes out in {directory.Path} ({problem}): a credential may be obtained more than once, though no identity token is presented twice",
                $"name a directory on a local disk in {Variables.BrokerCacheDirectory}");
            leads = false;
        }
        catch (BrokerException error) when (error.Code == ErrorCode.CacheUnusable)
        {
            reporter.WarningOnce(error.Code, error.Message, error.Hints);
        }
        catch (Exception error) when (IsFileSystem(error))
        {
            reporter.WarningOnce(ErrorCode.CacheUnusable, $"the cache directory {directory.Path} cannot be used: {error.Message}", "without a cache, every process exchanges by itself");
        }
        gate?.Dispose();
        return null;
    }

    /// <param name="gate">The lock.</param>
    /// <param name="problem">Why locks are of no use here; null where they are.</param>
    private static bool TryLead(FlightLock gate, out string? problem)
    {
        problem = null;
        try
        {
            if (!gate.TryLead())
            {
                return false;
            }
            problem = gate.LocksExclude() ? null : "the file system grants a lock that is taken";
            return problem is null;
        }
        catch (IOException error)
        {
            problem = error.Message;
            return false;
        }
    }

    /// <summary>Writes to the cache what the caller can do without.</summary>
    public void Try(Action write, string otherwise)
    {
        if (!Ability.CanWrite)
        {
            return;
        }
        try
        {
            directory.Prepare(); // It may have been removed during the exchange, and others wait for what was written.
            write();
        }
        catch (Exception error) when (IsFileSystem(error) || error is BrokerException)
        {
            reporter.Warning(ErrorCode.EntryNotWritten, $"{otherwise}: {error.Message}", $"check the space and the mode of {directory.Path}");
        }
    }

    public static bool IsFileSystem(Exception error) => error is IOException or UnauthorizedAccessException;
}
