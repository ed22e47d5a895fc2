using System.Runtime.InteropServices;

namespace AotBroker.Interop;

/// <summary>What it takes to run a program for its output and to be sure of its end.</summary>
internal static unsafe partial class Libc
{
    private const int SignalKill = 9;

    [LibraryImport(Library, EntryPoint = "access")]
    private static partial int MayAccess(byte* path, int mode);

    /// <summary>Where a shell would find the program: the name itself if it has a slash, else in a directory of the path.</summary>
    /// <returns>0, or the error number: there is none, or none that may be run.</returns>
    public static int FindProgram(string name, string? path, out string found)
    {
        const int Execute = 1; // X_OK
        int error = ErrorNoEntry;
        string[] directories = name.Contains('/', StringComparison.Ordinal) ? [""] : (path ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries);
        foreach (string directory in directories)
        {
            found = Path.Combine(directory, name);
            if (!File.Exists(found))
            {
                continue;
            }
            fixed (byte* file = ZeroTerminated(found))
            {
                if (MayAccess(file, Execute) == 0)
                {
                    return 0;
                }
            }
            error = ErrorAccess;
        }
        found = name;
        return error;
    }

    /// <summary>A pipe that programs started from here do not inherit, above the standard streams' numbers.</summary>
    /// <returns>The error number, or 0.</returns>
    public static int MakePrivatePipe(out int readEnd, out int writeEnd)
    {
        int error = MakePipe(out readEnd, out writeEnd);
        if (error == 0 && OperatingSystem.IsLinux())
        {
            readEnd = Raise(readEnd);
            writeEnd = Raise(writeEnd);
        }
        return error != 0 ? error : readEnd < 0 ? -readEnd : writeEnd < 0 ? -writeEnd : 0;
    }

    private static int Raise(int descriptor)
    {
        const int DuplicateForUs = 1030; // F_DUPFD_CLOEXEC
        int raised = ControlDescriptorLinux(descriptor, DuplicateForUs, 3);
        int error = Marshal.GetLastPInvokeError();
        Close(descriptor);
        return raised >= 0 ? raised : -error;
    }

    /// <summary>Sleeps until one of the descriptors can be read (or is at its end), at most for the given time.</summary>
    /// <param name="descriptors">Negative ones are passed over.</param>
    /// <param name="ready">Of the same length: which can be read.</param>
    /// <param name="limit">At most this long.</param>
    public static void WaitForAny(ReadOnlySpan<int> descriptors, Span<bool> ready, TimeSpan limit)
    {
        const short Input = 1;
        PollEntry* entries = stackalloc PollEntry[descriptors.Length];
        for (int i = 0; i < descriptors.Length; i++)
        {
            entries[i] = new PollEntry { Descriptor = descriptors[i], Wanted = Input };
        }
        int count = Poll(entries, (nuint)descriptors.Length, (int)Math.Min(Math.Ceiling(limit.TotalMilliseconds), int.MaxValue));
        for (int i = 0; i < descriptors.Length; i++)
        {
            ready[i] = count > 0 && entries[i].Found != 0;
        }
    }

    /// <summary>Whether a child has ended; if so, nothing is left of it.</summary>
    /// <param name="process">The child.</param>
    /// <param name="exitCode">Its exit code, or the negated number of the signal that ended it.</param>
    public static bool TryWaitForChild(int process, out int exitCode)
    {
        const int DoNotWait = 1; // WNOHANG
        int status = 0;
        int result = WaitForProcess(process, &status, DoNotWait);
        exitCode = (status & 0x7F) == 0 ? (status >> 8) & 0xFF : -(status & 0x7F);
        // Where somebody else waited for it already (a parent that ignores SIGCHLD), nobody can tell any more.
        return result == process || (result < 0 && Marshal.GetLastPInvokeError() != ErrorInterrupted);
    }

    /// <summary>Ends a process and all of its group, whatever they do.</summary>
    public static void KillGroup(int leader) => _ = SendSignal(-leader, SignalKill);
}
