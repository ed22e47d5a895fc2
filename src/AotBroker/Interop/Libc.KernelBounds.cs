using System.Runtime.InteropServices;

namespace AotBroker.Interop;

/// <summary>What Native/bounds.c does for other code: see there.</summary>
internal static unsafe partial class Libc
{
    public const int ErrorNoMemory = 12;

    /// <summary>The part in C, next to this file: it must not run managed code.</summary>
    private const string NativeLibrary = "aotbroker_native";

    [LibraryImport(NativeLibrary, EntryPoint = "aotbroker_lock_within")]
    private static partial int LockFileWithin(int descriptor, int operation, long nanoseconds);

    [LibraryImport(NativeLibrary, EntryPoint = "aotbroker_set_bound")]
    private static partial void SetLastBound(long nanoseconds, byte* words, int length, int exitCode);

    [LibraryImport(NativeLibrary, EntryPoint = "aotbroker_lift_bound")]
    private static partial void LiftLastBound();

    [LibraryImport(NativeLibrary, EntryPoint = "aotbroker_release_signals")]
    public static partial void ReleaseSignals();

    [LibraryImport(NativeLibrary, EntryPoint = "aotbroker_try_threads")]
    private static partial int StartThreads(int count);

    /// <summary>Takes a lock of flock(2); sleeps in the kernel meanwhile, which itself ends the sleep.</summary>
    /// <returns>0, or the error number; <see cref="ErrorTimedOut"/> if the time is over; the lock is not held then.</returns>
    public static int LockWithin(int descriptor, LockOperation operation, TimeSpan limit) =>
        LockFileWithin(descriptor, (int)operation, Nanoseconds(limit));

    /// <summary>After this time the kernel ends the process, with these words on standard error and this exit code.</summary>
    public static void SetBound(TimeSpan length, ReadOnlySpan<byte> words, int exitCode)
    {
        fixed (byte* start = words)
        {
            SetLastBound(Nanoseconds(length), start, words.Length, exitCode);
        }
    }

    /// <summary>Cancels that.</summary>
    public static void LiftBound() => LiftLastBound();

    /// <summary>Whether the system can start this many threads. They end at once.</summary>
    /// <returns>0, or the error number; <see cref="ErrorNoMemory"/> if there is no room for their stacks.</returns>
    public static int TryThreads(int count) => StartThreads(count);

    /// <summary>
    /// A variable of the .NET runtime, which is meant for another program: it is hidden from the runtime in this one
    /// (Native/surroundings.c), and so from <see cref="Environment.GetEnvironmentVariable(string)"/>.
    /// </summary>
    /// <returns>Null for any other variable.</returns>
    public static string? RuntimeVariable(string name)
    {
        if (!name.StartsWith("DOTNET_", StringComparison.Ordinal) && !name.StartsWith("COMPlus_", StringComparison.Ordinal))
        {
            return null;
        }
        for (byte** variable = GetVariables(); variable != null && *variable != null; variable++)
        {
            string text = Marshal.PtrToStringUTF8((nint)(*variable)) ?? "";
            if (text.Length > name.Length && text[name.Length] == '=' && text.StartsWith(name, StringComparison.Ordinal))
            {
                return text[(name.Length + 1)..];
            }
        }
        return null;
    }

    private static long Nanoseconds(TimeSpan time) => (long)time.TotalMicroseconds * 1000;
}
