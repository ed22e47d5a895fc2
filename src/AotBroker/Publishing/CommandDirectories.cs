using System.Globalization;
using AotBroker.Errors;
using AotBroker.Files;
using AotBroker.Interop;
using AotBroker.Runtime;
using AotBroker.Schemas;
using AotBroker.Settings;

namespace AotBroker.Publishing;

/// <summary>
/// The directories that `exec` publishes in, one for each command. The process that keeps a command's directory fresh removes it; a
/// killed one cannot, so each new command looks for leftovers.
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

    /// <summary>A new directory elsewhere, in a private one that stays: no other user can take a name that was freed there.</summary>
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
            // Another user has taken that name.
        }
        return Directory.CreateTempSubdirectory(TemporaryPrefix).FullName;
    }

    /// <summary>Whether a directory was created here for this process.</summary>
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
        return PrivateDirectory.Make($"{folder}/{Environment.ProcessId.ToString(CultureInfo.InvariantCulture)}-{PidNamespaceId() ?? "00000000"}-{Path.GetRandomFileName()}");
    }

    /// <summary>
    /// Identifies where a process id means the same process: this machine and this container. Several may share a cache.
    /// Null if the system does not say.
    /// </summary>
    private static string? PidNamespaceId()
    {
        string? processes = new FileInfo("/proc/self/ns/pid").LinkTarget;
        return processes is null ? null : KeyText.Fingerprint($"{Environment.MachineName} {processes}")[..8];
    }

    /// <summary>
    /// Removes what was left by commands that have ended or never began. For a process elsewhere that cannot be known:
    /// then the credential must have expired too, or be a week old if nothing says when it expires.
    /// </summary>
    public static void Sweep(CacheDirectory cache, long now)
    {
        const int Most = 32; // Each process does a share of the work, so that none has to do all of it.
        const long Grace = 3600;
        const long WithoutExpiry = 7 * 86400;
        const int OfAnthropics = 3; // configs, credentials, and the broker's own form.
        string? near = PidNamespaceId();
        foreach (string folder in (ReadOnlySpan<string>)[cache.File(Folder), TemporaryFolder])
        {
            RemoveAbandoned(folder, Most, directory => HasEndedNear(directory, near) || DeadAt(directory) + Grace < now);
        }

        // An expired credential says nothing about what else the command was given.
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
    /// Removes what was left by commands that have ended: their credentials, expired or not. Without a lock, for a process elsewhere it
    /// cannot be known whether it has ended.
    /// </summary>
    public static void RemoveAbandoned(CacheDirectory cache)
    {
        string? near = PidNamespaceId();
        foreach (string folder in (ReadOnlySpan<string>)[cache.File(Folder), TemporaryFolder])
        {
            RemoveAbandoned(folder, int.MaxValue, directory => File.Exists(LockOf(directory)) || HasEndedNear(directory, near));
        }
    }

    private static void RemoveAbandoned(string folder, int most, Func<string, bool> isDead)
    {
        try
        {
            // A link could lead anywhere, such as to folders whose names start with a year.
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
            // The cache does not exist, or is being removed.
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
            return false; // Another process sweeps at the same time, or this directory is not as it should be; the others may be.
        }
    }

    /// <summary>
    /// Held by the process that keeps the directory fresh: the kernel releases it however that process ends, while ids are
    /// reused, at once if a container is restarted.
    /// </summary>
    /// <exception cref="BrokerException"><see cref="ErrorCode.PublishFailed"/>: the file with that name is not a lock.</exception>
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
                // Its keeper was just removing everything, including the lock and the directory.
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
    /// Keeps a command's directory. The file gets the lock's name only when the lock is held: a sweep finds either no lock, and
    /// goes by the process id, or a lock that is held, and never gets in the way by looking at it.
    /// </summary>
    /// <exception cref="IOException">The lock cannot be made.</exception>
    /// <exception cref="UnauthorizedAccessException">The directory cannot be written.</exception>
    public static FlightLock Keep(string directory)
    {
        string name = LockOf(directory);
        FlightLock gate = FlightLock.Open(name + ".tmp");
        try
        {
            _ = gate.TryLead(); // No other process knows that name.
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

    /// <summary>What the broker itself reads there, which is written last.</summary>
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
