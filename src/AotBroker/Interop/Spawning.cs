using System.Runtime.InteropServices;

namespace AotBroker.Interop;

internal static unsafe partial class Libc
{
    private const int LargestSpawnStructure = 1024; // glibc's largest has 336 octets, macOS's are pointers.
    private const int CloseOnExecFlag = 1;
    private const int SetDescriptorFlags = 2; // F_SETFD
    private const int LargestSignalSet = 128;

    [LibraryImport(Library, EntryPoint = "posix_spawn")]
    private static partial int Spawn(int* process, byte* path, byte* actions, byte* attributes, byte** arguments, byte** environment);

    [LibraryImport(Library, EntryPoint = "posix_spawn_file_actions_init")]
    private static partial int InitializeActions(byte* actions);

    [LibraryImport(Library, EntryPoint = "posix_spawn_file_actions_destroy")]
    private static partial int DestroyActions(byte* actions);

    [LibraryImport(Library, EntryPoint = "posix_spawn_file_actions_adddup2")]
    private static partial int AddDuplicate(byte* actions, int descriptor, int asDescriptor);

    [LibraryImport(Library, EntryPoint = "posix_spawnattr_init")]
    private static partial int InitializeAttributes(byte* attributes);

    [LibraryImport(Library, EntryPoint = "posix_spawnattr_destroy")]
    private static partial int DestroyAttributes(byte* attributes);

    [LibraryImport(Library, EntryPoint = "posix_spawnattr_setflags")]
    private static partial int SetSpawnFlags(byte* attributes, short flags);

    [LibraryImport(Library, EntryPoint = "posix_spawnattr_setsigdefault")]
    private static partial int SetDefaultSignals(byte* attributes, byte* signals);

    [LibraryImport(Library, EntryPoint = "sigemptyset")]
    private static partial int EmptySignalSet(byte* signals);

    [LibraryImport(Library, EntryPoint = "sigaddset")]
    private static partial int AddToSignalSet(byte* signals, int signal);

    // The variables as they are for C, which a change by setenv(3) may have moved. The framework's own way to them.
    [LibraryImport("libSystem.Native", EntryPoint = "SystemNative_GetEnviron")]
    private static partial byte** GetVariables();

    [LibraryImport(Library, EntryPoint = "waitpid", SetLastError = true)]
    private static partial int WaitForProcess(int process, int* status, int options);

    [LibraryImport(Library, EntryPoint = "pipe", SetLastError = true)]
    private static partial int MakePipe(int* descriptors);

    [LibraryImport(Library, EntryPoint = "dup2", SetLastError = true)]
    private static partial int Duplicate(int descriptor, int asDescriptor);

    // Linux alone: there, variable arguments are passed as any others.
    [LibraryImport(Library, EntryPoint = "syscall", SetLastError = true)]
    private static partial nint SystemCall(nint number, nint first, nint second, nint third);

    [LibraryImport(Library, EntryPoint = "fcntl", SetLastError = true)]
    private static partial int ControlDescriptorLinux(int descriptor, int command, int argument);

    /// <summary>A pipe that programs started from here would inherit: close it before.</summary>
    /// <returns>The error number, or 0.</returns>
    public static int MakePipe(out int readEnd, out int writeEnd)
    {
        int* ends = stackalloc int[2];
        ends[0] = ends[1] = -1;
        int error = MakePipe(ends) == 0 ? 0 : Marshal.GetLastPInvokeError();
        (readEnd, writeEnd) = (ends[0], ends[1]);
        return error;
    }

    /// <summary>Starts this very program again, whatever its name is now.</summary>
    public static int StartThisProgram(IReadOnlyList<string> arguments, int output, bool ownSession, out int process)
    {
        const string Self = "/proc/self/exe"; // The program itself, also where its file has been replaced meanwhile.
        bool isThere = File.Exists(Self);
        process = 0;
        // Nothing to read, so its input is a stream that cannot be read; an image need not have a /dev/null.
        return isThere || Environment.ProcessPath is not null
            ? StartProgram(isThere ? Self : Environment.ProcessPath!, arguments, null, (output, output, 2), ownSession, resetSignals: false, out process)
            : ErrorNoEntry;
    }

    /// <summary>Starts a program for its output, in a session of its own: it can ask no terminal, and all of it can be ended.</summary>
    /// <param name="path">The program.</param>
    /// <param name="arguments">With the program's name first.</param>
    /// <param name="variables">Each as NAME=VALUE; null for this process's.</param>
    /// <param name="streams">Its standard streams: descriptors above 2.</param>
    /// <param name="process">Its id, which is its group's too, where 0 is returned.</param>
    /// <returns>0, or the error number.</returns>
    public static int StartCommand(string path, IReadOnlyList<string> arguments, IReadOnlyList<string>? variables, (int Input, int Output, int Error) streams, out int process) =>
        StartProgram(path, arguments, variables, streams, ownSession: true, resetSignals: true, out process);

    private static int StartProgram(
        string path,
        IReadOnlyList<string> arguments,
        IReadOnlyList<string>? variables,
        (int Input, int Output, int Error) streams,
        bool ownSession,
        bool resetSignals,
        out int process)
    {
        byte* actions = stackalloc byte[LargestSpawnStructure];
        byte* attributes = stackalloc byte[LargestSpawnStructure];
        byte* signals = stackalloc byte[LargestSignalSet];
        byte** vector = Vector(arguments);
        byte** settings = variables is null ? GetVariables() : Vector(variables);
        int id = 0;
        int error = InitializeActions(actions);
        if (error == 0)
        {
            error = InitializeAttributes(attributes);
            if (error == 0)
            {
                fixed (byte* program = ZeroTerminated(path))
                {
                    error = FirstError(
                        AddDuplicate(actions, streams.Input, 0),
                        AddDuplicate(actions, streams.Output, 1),
                        AddDuplicate(actions, streams.Error, 2), // Also where it is the same; macOS: what is not named here is closed.
                        SetDefaultSignals(attributes, NeverIgnored(signals)),
                        SetSpawnFlags(attributes, SpawnFlags(ownSession, resetSignals)));
                    error = error != 0 ? error : Spawn(&id, program, actions, attributes, vector, settings);
                }
                _ = DestroyAttributes(attributes);
            }
            _ = DestroyActions(actions);
        }
        Free(vector, arguments.Count);
        if (variables is not null)
        {
            Free(settings, variables.Count);
        }
        process = id;
        return error;
    }

    /// <summary>The runtime ignores SIGPIPE, companions those that end a process; what is ignored stays so in the next program.</summary>
    private static byte* NeverIgnored(byte* signals)
    {
        _ = EmptySignalSet(signals);
        foreach (int signal in (ReadOnlySpan<int>)[1, 2, SignalPipe, 15])
        {
            _ = AddToSignalSet(signals, signal);
        }
        return signals;
    }

    private static void Free(byte** vector, int count)
    {
        for (int i = 0; i < count; i++)
        {
            NativeMemory.Free(vector[i]);
        }
        NativeMemory.Free(vector);
    }

    private static byte** Vector(IReadOnlyList<string> arguments)
    {
        byte** vector = (byte**)NativeMemory.AllocZeroed((nuint)arguments.Count + 1, (nuint)sizeof(byte*));
        for (int i = 0; i < arguments.Count; i++)
        {
            byte[] argument = ZeroTerminated(arguments[i]);
            vector[i] = (byte*)NativeMemory.AllocZeroed((nuint)argument.Length);
            argument.CopyTo(new Span<byte>(vector[i], argument.Length));
        }
        return vector;
    }

    private static int FirstError(params ReadOnlySpan<int> errors)
    {
        foreach (int error in errors)
        {
            if (error != 0)
            {
                return error;
            }
        }
        return 0;
    }

    private static short SpawnFlags(bool ownSession, bool resetSignals)
    {
        const int SetDefaults = 0x04; // POSIX_SPAWN_SETSIGDEF, the same on Linux and macOS
        int session = OperatingSystem.IsMacOS() ? 0x4000 | (ownSession ? 0x0400 : 0) : ownSession ? 0x80 : 0; // POSIX_SPAWN_CLOEXEC_DEFAULT, POSIX_SPAWN_SETSID
        return (short)(session | (resetSignals ? SetDefaults : 0));
    }

    /// <summary>Waits for a child's end, so that nothing is left of it.</summary>
    /// <returns>Its exit code; 0 where nobody can tell any more, -1 where a signal ended it.</returns>
    public static int WaitForChild(int process)
    {
        int status = 0;
        int result;
        do
        {
            result = WaitForProcess(process, &status, 0);
        }
        while (result < 0 && Marshal.GetLastPInvokeError() == ErrorInterrupted);
        return result < 0 ? 0 : (status & 0x7F) == 0 ? (status >> 8) & 0xFF : -1;
    }

    /// <summary>What this process was left open beyond the standard streams is closed in the programs that it starts.</summary>
    public static void HandOnStandardStreamsOnly()
    {
        const nint CloseRange = 436; // The same on every processor.
        const nint MarkOnly = 4; // CLOSE_RANGE_CLOEXEC, since Linux 5.11
        const int Usual = 1024;
        if (!OperatingSystem.IsLinux() || SystemCall(CloseRange, 3, int.MaxValue, MarkOnly) == 0)
        {
            return;
        }
        for (int descriptor = 3; descriptor < Usual; descriptor++)
        {
            _ = ControlDescriptorLinux(descriptor, SetDescriptorFlags, CloseOnExecFlag);
        }
    }

    /// <summary>
    /// Lets go of a standard stream: whoever reads it sees its end. Its number stays taken, by a pipe with nobody at the
    /// other end (an image need not have a /dev/null), so that no file that is opened later gets what is meant for people.
    /// </summary>
    public static void Discard(int standardStream)
    {
        if (MakePipe(out int readEnd, out int writeEnd) == 0)
        {
            _ = Duplicate(standardStream == 0 ? readEnd : writeEnd, standardStream);
            foreach (int end in (ReadOnlySpan<int>)[readEnd, writeEnd])
            {
                if (end != standardStream)
                {
                    Close(end);
                }
            }
        }
    }

    /// <summary>
    /// Takes the number of each standard stream that this process was started without, before a lock, a socket or a pipe
    /// does and gets what is meant for people. A program that this process becomes finds it closed, as it was.
    /// </summary>
    public static void HoldStandardStreams()
    {
        const int GetDescriptorFlags = 1; // F_GETFD
        for (int stream = 0; OperatingSystem.IsLinux() && stream <= 2; stream++)
        {
            if (ControlDescriptorLinux(stream, GetDescriptorFlags, 0) < 0 && Marshal.GetLastPInvokeError() == ErrorBadDescriptor)
            {
                Discard(stream);
                _ = ControlDescriptorLinux(stream, SetDescriptorFlags, CloseOnExecFlag);
            }
        }
    }
}
