using System.Runtime.InteropServices;

namespace AotBroker.Interop;

/// <summary>What is needed to run a program for its output and to be sure that it ends.</summary>
internal static unsafe partial class Libc
{
    private const int SignalKill = 9;
    private const int SetStatusFlags = 4; // F_SETFL
    private const int SetOwner = 8; // F_SETOWN
    private const int SetSignal = 10; // F_SETSIG
    private const int Asynchronous = 0x2000; // O_ASYNC

    [LibraryImport(Library, EntryPoint = "socketpair", SetLastError = true)]
    private static partial int MakeSocketPair(int family, int type, int protocol, int* ends);

    [LibraryImport(Library, EntryPoint = "shutdown")]
    private static partial int ShutDown(int socket, int how);

    [LibraryImport(Library, EntryPoint = "access")]
    private static partial int MayAccess(byte* path, int mode);

    /// <summary>The path at which a shell would find the program: the name itself if it has a slash, else in a directory of the path.</summary>
    /// <returns>0, or the error number: there is none, or none that may be executed.</returns>
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

    /// <summary>
    /// An input that is at its end, and by which this process controls the processes that have it: see <see cref="Tether"/>. Programs that are started
    /// from here do not inherit the other end.
    /// </summary>
    /// <returns>The error number, or 0.</returns>
    public static int MakeTether(out int input, out int hold)
    {
        const int Local = 1; // AF_UNIX
        const int Stream = 1 | 0x80000; // SOCK_STREAM, SOCK_CLOEXEC
        const int Writing = 1; // SHUT_WR
        if (!OperatingSystem.IsLinux())
        {
            int failure = MakePrivatePipe(out input, out hold);
            Close(hold);
            hold = -1;
            return failure;
        }
        int* ends = stackalloc int[2];
        ends[0] = ends[1] = -1;
        int error = MakeSocketPair(Local, Stream, 0, ends) == 0 ? 0 : Marshal.GetLastPInvokeError();
        (input, hold) = (ends[0], ends[1]);
        if (error != 0)
        {
            return error;
        }
        input = Raise(input);
        hold = Raise(hold);
        if (input < 0 || hold < 0)
        {
            return input < 0 ? -input : -hold;
        }
        _ = ShutDown(hold, Writing);
        // No group yet: until there is one, no process gets the signal.
        _ = ControlDescriptorLinux(input, SetSignal, SignalKill);
        _ = ControlDescriptorLinux(input, SetStatusFlags, Asynchronous);
        return 0;
    }

    /// <summary>
    /// From here on, the group ends with this process, however that ends: the kernel then closes the other end of the input
    /// and sends the group SIGKILL. This works as long as any process of the group has the input.
    /// </summary>
    public static void Tether(int input, int group)
    {
        if (OperatingSystem.IsLinux())
        {
            _ = ControlDescriptorLinux(input, SetOwner, -group);
        }
    }

    /// <summary>What still runs in the group may outlive this process.</summary>
    public static void Untether(int input)
    {
        if (OperatingSystem.IsLinux())
        {
            _ = ControlDescriptorLinux(input, SetStatusFlags, 0);
        }
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
    /// <param name="descriptors">Negative ones are skipped.</param>
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
        // If something else has waited for it already (a parent that ignores SIGCHLD), the exit code is lost.
        return result == process || (result < 0 && Marshal.GetLastPInvokeError() != ErrorInterrupted);
    }

    /// <summary>Kills a process and its whole group.</summary>
    public static void KillGroup(int leader) => _ = SendSignal(-leader, SignalKill);
}
