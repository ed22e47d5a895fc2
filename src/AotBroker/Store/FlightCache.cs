using AotBroker.Errors;
using AotBroker.Profiles;

namespace AotBroker.Store;

/// <summary>The cache as one flight uses it: where it cannot be used, the caller still gets its credential, and is told.</summary>
internal sealed class FlightCache(CacheKey key, CacheDirectory directory, Reporter reporter)
{
    /// <summary>Whether the cache can be written: known once the lock has been opened.</summary>
    public bool IsWritable { get; private set; }

    /// <summary>The flight's lock, taken if nobody leads; null, with a warning, where the cache cannot be used.</summary>
    /// <param name="leads">Whether this process leads now.</param>
    public FlightLock? OpenLock(out bool leads)
    {
        leads = false;
        FlightLock? gate = null;
        try
        {
            directory.Prepare();
            gate = FlightLock.Open(directory.File(key.FileStem + ".lock"));
            leads = gate.TryLead();
            IsWritable = true;
            return gate;
        }
        catch (BrokerException error) when (error.Code == ErrorCode.CacheUnusable)
        {
            reporter.Warning(error.Code, error.Message, error.Hints);
        }
        catch (Exception error) when (IsFileSystem(error))
        {
            reporter.Warning(ErrorCode.CacheUnusable, $"the cache directory {directory.Path} cannot be used: {error.Message}", "without a cache, every process exchanges by itself");
        }
        gate?.Dispose();
        return null;
    }

    /// <summary>Writes to the cache what the caller can do without.</summary>
    public void Try(Action write, string otherwise)
    {
        if (!IsWritable)
        {
            return;
        }
        try
        {
            directory.Prepare(); // Somebody may have removed it during the exchange, and others wait for what was written.
            write();
        }
        catch (Exception error) when (IsFileSystem(error) || error is BrokerException)
        {
            reporter.Warning(ErrorCode.EntryNotWritten, $"{otherwise}: {error.Message}", $"check the space and the mode of {directory.Path}");
        }
    }

    public static bool IsFileSystem(Exception error) => error is IOException or UnauthorizedAccessException;
}
