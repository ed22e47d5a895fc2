using System.Globalization;
using System.Text;
using AotBroker.Files;
using AotBroker.Interop;
using AotBroker.Runtime;
using AotBroker.Schemas;

namespace AotBroker.Flights;

/// <summary>
/// Removes from the cache what is of no use any more: each job is a workload of its own, and a runner's home outlives
/// thousands of them. What a newer version wrote stays.
/// </summary>
internal sealed class CacheSweep(CacheDirectory directory, ProcessEnvironment environment)
{
    private const int LargestFile = 1024 * 1024;

    /// <summary>For how long what has expired is kept: a clock may be wrong by a day. In seconds.</summary>
    private const long KeptPastExpiry = 86400;

    /// <summary>How old a lock must be, in seconds, so that it was not just made for an entry that is still to come.</summary>
    private const long KeptLock = 2 * 86400;

    /// <summary>How often the cache is swept, in seconds.</summary>
    private const long Interval = 3600;

    private const int MostFiles = 2000;

    private string MarkPath => directory.File("swept");

    /// <summary>Sweeps, unless that was done in the last hour. Where it cannot be done, nothing is lost, and nothing said.</summary>
    public void RunIfDue()
    {
        try
        {
            Run();
        }
        catch (Exception error) when (FlightCache.IsFileSystem(error))
        {
            // A full disk, a directory that was removed: whatever else is written there says so.
        }
    }

    private void Run()
    {
        FileContent mark = PrivateFile.Read(MarkPath, LargestFile);
        if (mark.Status == ReadStatus.Read && long.TryParse(mark.Content, NumberStyles.None, CultureInfo.InvariantCulture, out long last)
            && environment.Now - last is >= 0 and < Interval)
        {
            return;
        }
        Mark(); // Before the work: others who come now need not do the same.
        int looked = 0;
        foreach (string path in Directory.EnumerateFiles(directory.Path, "*.lock"))
        {
            if (++looked > MostFiles)
            {
                break;
            }
            Sweep(path[..^".lock".Length]);
        }
        new PresentedTokenRecords(directory, environment).Sweep();
    }

    private void Mark()
    {
        try
        {
            PrivateFile.Replace(MarkPath, Encoding.ASCII.GetBytes(environment.Now.ToString(CultureInfo.InvariantCulture)));
        }
        catch (Exception error) when (FlightCache.IsFileSystem(error))
        {
            // A full disk is swept all the more: what goes makes room.
        }
    }

    private void Sweep(string stem)
    {
        string entry = stem + ".json";
        string refusal = stem + ".refusal.json";
        if (!IsOver(entry) || !IsOver(refusal) || File.Exists(stem + ".rescue.json"))
        {
            return;
        }
        try
        {
            using FlightLock gate = FlightLock.Open(stem + ".lock");
            if (!gate.TryLead() || !IsOver(entry) || !IsOver(refusal))
            {
                return;
            }
            _ = Libc.Unlink(entry);
            _ = Libc.Unlink(refusal);
            if (environment.Now - gate.ModifiedAt > KeptLock)
            {
                _ = Libc.Unlink(stem + ".lock"); // A process that waits for it at this instant sees that it is gone.
            }
        }
        catch (Exception error) when (FlightCache.IsFileSystem(error))
        {
            // Not ours to remove.
        }
    }

    /// <summary>Whether the file is not there, or is an entry or a failure whose time has been over for a day.</summary>
    private bool IsOver(string path)
    {
        FileContent file = PrivateFile.Read(path, LargestFile);
        return file.Status switch
        {
            ReadStatus.Missing => true,
            ReadStatus.Read when Credential.TryRead(file.Content, out Credential? entry, out _) => entry.ExpiresAt < environment.Now - KeptPastExpiry,
            ReadStatus.Read when Refusal.TryRead(file.Content, out Refusal? refusal, out _) => refusal.Until < environment.Now - KeptPastExpiry,
            _ => false,
        };
    }
}
