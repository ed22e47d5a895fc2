using System.Globalization;
using AotBroker.Errors;
using AotBroker.Files;
using AotBroker.Interop;
using AotBroker.Runtime;
using AotBroker.Schemas;
using AotBroker.Settings;

namespace AotBroker.Publishing;

/// <summary>
/// The directories that `exec` publishes in, one for each command. Whoever keeps a command's directory fresh removes it; a
/// killed one cannot, so that each new command looks for what was left.
/// </summary>
internal static class CommandDirectories
{
    private const string Folder = "exec";
    private const string TemporaryPrefix = "aotbroker-exec-";

    /// <summary>A new directory below the cache.</summary>
    /// <exception cref="BrokerException">The cache cannot be used.</exception>
    /// <exception cref="IOException">It cannot be made.</exception>
    /// <exception cref="UnauthorizedAccessException">The cache cannot be written.</exception>
    public static string Make(CacheDirectory cache)
    {
        cache.Prepare();
        return MakeIn(cache.File(Folder));
    }

    /// <summary>A new directory elsewhere, in one that is this user's alone and stays: a name that was given back there is nobody else's to take.</summary>
    /// <exception cref="IOException">It cannot be made.</exception>
    /// <exception cref="UnauthorizedAccessException">The temporary directory cannot be written.</exception>
    public static string MakeTemporary()
    {
        try
        {
            if (Directory.Exists(Path.GetTempPath()))
            {
                PrivateDirectory.Make(Path.GetDirectoryName(TemporaryFolder)!);
                return MakeIn(TemporaryFolder);
            }
        }
        catch (IOException)
        {
            // Somebody else has that name.
        }
        return Directory.CreateTempSubdirectory(TemporaryPrefix).FullName;
    }

    /// <summary>Whether a directory is one that was made here for this process.</summary>
    public static bool IsOf(string directory, int process)
    {
        string name = Path.GetFileName(directory);
        return name.StartsWith(TemporaryPrefix, StringComparison.Ordinal)
            || (name.StartsWith($"{process.ToString(CultureInfo.InvariantCulture)}-", StringComparison.Ordinal) && Path.GetFileName(Path.GetDirectoryName(directory)) == Folder);
    }

    private static string TemporaryFolder => $"{Path.GetTempPath().TrimEnd('/')}/{Product.Name}-{Libc.GetEffectiveUserId().ToString(CultureInfo.InvariantCulture)}/{Folder}";

    private static string MakeIn(string folder)
    {
        PrivateDirectory.Make(folder);
        return PrivateDirectory.Make($"{folder}/{Environment.ProcessId.ToString(CultureInfo.InvariantCulture)}-{Neighbourhood() ?? "00000000"}-{Path.GetRandomFileName()}");
    }

    /// <summary>
    /// Where a process id means the same process: this machine, and this container. A cache may be shared between several.
    /// Null where the system does not tell.
    /// </summary>
    private static string? Neighbourhood()
    {
        string? processes = new FileInfo("/proc/self/ns/pid").LinkTarget;
        return processes is null ? null : KeyText.Fingerprint($"{Environment.MachineName} {processes}")[..8];
    }

    /// <summary>
    /// Removes what commands left that have ended or never began. Of a process elsewhere it cannot be told whether it has:
    /// there, the credential must be dead too, or a week old where nothing says when it dies.
    /// </summary>
    public static void Sweep(CacheDirectory cache, long now)
    {
        const int Most = 32; // A share of the work for each, so that none has to do all of it.
        const long Grace = 3600;
        const long WithoutExpiry = 7 * 86400;
        const int OfAnthropics = 3; // configs, credentials, and the broker's own form.
        string? near = Neighbourhood();
        foreach (string folder in (ReadOnlySpan<string>)[cache.File(Folder), TemporaryFolder])
        {
            RemoveAbandoned(folder, Most, directory => HasEndedNear(directory, near) || DeadAt(directory) + Grace < now);
        }

        // A dead credential says nothing of what else a command may have been handed.
        static long DeadAt(string directory) => ExpiryOf(directory) is { } expiry && Directory.GetDirectories(directory).Length <= OfAnthropics
            ? expiry
            : LastChange(directory) + (IsFinished(directory) ? WithoutExpiry : 0);
    }

    private static bool HasEndedNear(string directory, string? near)
    {
        string name = Path.GetFileName(directory);
        return near is not null && name.Contains($"-{near}-", StringComparison.Ordinal) && HasEnded(name);
    }

    /// <summary>
    /// Removes what commands left that have ended: their credentials, dead or not. Without a lock, of a process elsewhere it
    /// cannot be told whether it has.
    /// </summary>
    public static void RemoveAbandoned(CacheDirectory cache)
    {
        string? near = Neighbourhood();
        foreach (string folder in (ReadOnlySpan<string>)[cache.File(Folder), TemporaryFolder])
        {
            RemoveAbandoned(folder, int.MaxValue, directory => File.Exists(LockOf(directory)) || HasEndedNear(directory, near));
        }
    }

    private static void RemoveAbandoned(string folder, int most, Func<string, bool> isDead)
    {
        try
        {
            // Behind a link there could be anything, such as folders whose names start with a year.
            PrivateDirectory.RequireOwn(folder);
            foreach (string directory in Directory.EnumerateDirectories(folder))
            {
                if (TryRemove(directory, isDead) && --most == 0)
                {
                    return;
                }
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // The cache is not there, or is going away.
        }
    }

    private static bool TryRemove(string directory, Func<string, bool> isDead)
    {
        try
        {
            if (!IsAbandoned(directory) || !isDead(directory))
            {
                return false;
            }
            Directory.Delete(directory, recursive: true);
            return true;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return false; // Somebody else sweeps at the same time, or this one is not as it should be: the others are.
        }
    }

    /// <summary>
    /// Held by whoever keeps the directory fresh: the kernel lets go of it whatever becomes of that process, and ids are
    /// given again, in a container that is started again at once.
    /// </summary>
    /// <exception cref="BrokerException"><see cref="ErrorCode.PublishFailed"/>: what is there is no lock.</exception>
    public static FlightLock? TryKeep(string directory)
    {
        try
        {
            while (true)
            {
                FlightLock gate = FlightLock.Open(LockOf(directory));
                bool leads = gate.TryLead();
                if (leads && !gate.IsGone)
                {
                    return gate;
                }
                gate.Dispose();
                if (!leads)
                {
                    return null;
                }
                // Whoever kept it was just taking everything back, the lock and the directory with it.
                PrivateDirectory.Make(directory);
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new BrokerException(
                ErrorCode.PublishFailed,
                $"nothing can be published in {directory}: {FileSystemReason.Of(error)}",
                "if no other process publishes there, remove that file; otherwise name another directory");
        }
    }

    /// <summary>
    /// Keeps a command's directory. It gets the lock's name when the lock is held: whoever sweeps finds either no lock, and
    /// goes by the process id, or one that is held, and its look at the lock is never in the way.
    /// </summary>
    /// <exception cref="IOException">The lock cannot be made.</exception>
    /// <exception cref="UnauthorizedAccessException">The directory cannot be written.</exception>
    public static FlightLock Keep(string directory)
    {
        string name = LockOf(directory);
        FlightLock gate = FlightLock.Open(name + ".tmp");
        try
        {
            _ = gate.TryLead(); // Nobody else knows that name.
            int error = Libc.Rename(name + ".tmp", name);
            return error == 0 ? gate : throw new IOException($"{name}: {Libc.Describe(error)}");
        }
        catch
        {
            gate.Dispose();
            throw;
        }
    }

    public static string LockOf(string directory) => directory + "/kept.lock";

    private static bool IsAbandoned(string directory)
    {
        if (File.Exists(LockOf(directory)))
        {
            using FlightLock gate = FlightLock.Open(LockOf(directory));
            return !gate.IsLed();
        }
        return HasEnded(Path.GetFileName(directory));
    }

    /// <summary>The name starts with the id of the process that became the command.</summary>
    private static bool HasEnded(string name) =>
        int.TryParse(name.AsSpan(0, Math.Max(0, name.IndexOf('-'))), NumberStyles.None, CultureInfo.InvariantCulture, out int process)
        && Libc.HasEnded(process);

    /// <summary>What the broker itself reads there is written last.</summary>
    private static bool IsFinished(string directory) => Directory.Exists($"{directory}/aotbroker");

    private static long LastChange(string directory) =>
        new DateTimeOffset(Directory.GetLastWriteTimeUtc(directory)).ToUnixTimeSeconds();

    private static long? ExpiryOf(string directory)
    {
        const int Limit = 128 * 1024;
        string credentials = $"{directory}/credentials";
        if (!Directory.Exists(credentials))
        {
            return null;
        }
        foreach (string path in Directory.EnumerateFiles(credentials))
        {
            FileContent file = PrivateFile.Read(path, Limit);
            if (file.Status == ReadStatus.Read && AnthropicCredentials.TryRead(file.Content, out AnthropicCredentials? found, out _))
            {
                return found.ExpiresAt;
            }
        }
        return null;
    }
}
