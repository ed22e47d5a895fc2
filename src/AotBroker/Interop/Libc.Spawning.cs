using System.Runtime.InteropServices;

namespace AotBroker.Interop;

internal static unsafe partial class Libc
{
    private const int LargestSpawnStructure = 1024; // glibc's largest has 336 bytes, macOS's are pointers.
    private const int CloseOnExecFlag = 1;
    private const int SetDescriptorFlags = 2; // F_SETFD
    private const int LargestSignalSet = 128;

    /// <summary>A program may close its input, or give its children another one: it has the tether a second time.</summary>
    private const int TetherDescriptor = 3;

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

    [LibraryImport(Library, EntryPoint = "posix_spawnattr_setsigmask")]
    private static partial int SetSignalMask(byte* attributes, byte* signals);

    // The variables as they are for C, which a change by setenv(3) may have moved. The framework's own way to them.
    [LibraryImport("libSystem.Native", EntryPoint = "SystemNative_GetEnviron")]
    public static partial byte** GetVariables();

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

    /// <summary>A pipe that programs started from here would inherit: close it first.</summary>
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
        const string Self = "/proc/self/exe"; // The program itself, even if its file has been replaced.
        bool isThere = File.Exists(Self);
        process = 0;
        // It reads nothing, so its input is a stream that cannot be read; an image may have no /dev/null.
        return isThere || Environment.ProcessPath is not null
            ? StartProgram(isThere ? Self : Environment.ProcessPath!, arguments, null, (output, output, 2), ownSession, isTethered: false, out process)
            : ErrorNoEntry;
    }

    /// <summary>Starts a program for its output, in a session of its own: it cannot use a terminal, and all of it can be killed.</summary>
    /// <param name="path">The program.</param>
    /// <param name="arguments">With the program's name first.</param>
    /// <param name="variables">Each as NAME=VALUE; null for this process's.</param>
    /// <param name="streams">Its standard streams: descriptors above 2.</param>
    /// <param name="process">Its id, which is its group's too, if 0 is returned.</param>
    /// <returns>0, or the error number.</returns>
    public static int StartCommand(string path, IReadOnlyList<string> arguments, IReadOnlyList<string>? variables, (int Input, int Output, int Error) streams, out int process) =>
        StartProgram(path, arguments, variables, streams, ownSession: true, isTethered: OperatingSystem.IsLinux(), out process);

    private static int StartProgram(
        string path,
        IReadOnlyList<string> arguments,
        IReadOnlyList<string>? variables,
        (int Input, int Output, int Error) streams,
        bool ownSession,
        bool isTethered,
        out int process)
    {
        byte* actions = stackalloc byte[LargestSpawnStructure];
        byte* attributes = stackalloc byte[LargestSpawnStructure];
        byte** vector = Vector(arguments);
        byte** settings = variables is null ? GetVariables() : Vector(variables);
        int id = 0;
        int error = InitializeActions(actions);
        if (error == 0)
        {
            error = MakeSpawnAttributes(attributes, ownSession);
            if (error == 0)
            {
                fixed (byte* program = ZeroTerminated(path))
                {
                    error = FirstError(
                        AddDuplicate(actions, streams.Input, 0),
                        AddDuplicate(actions, streams.Output, 1),
                        AddDuplicate(actions, streams.Error, 2), // Even if it is the same; macOS closes everything that is not named here.
                        isTethered ? AddDuplicate(actions, streams.Input, TetherDescriptor) : 0);
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

    /// <summary>Ignored signals stay ignored in the next program, so only those that the caller ignored may be.</summary>
    private static int SetSignals(byte* attributes)
    {
        ulong* set = stackalloc ulong[LargestSignalSet / sizeof(ulong)];
        new Span<ulong>(set, LargestSignalSet / sizeof(ulong)).Clear();
        set[0] = InheritedSignals.ToReset;
        int error = SetDefaultSignals(attributes, (byte*)set);
        if (error == 0 && InheritedSignals.Blocked is { } blocked)
        {
            set[0] = blocked;
            error = SetSignalMask(attributes, (byte*)set);
        }
        return error;
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

    /// <summary>The attributes for a program that should find the signals as the caller left them.</summary>
    /// <returns>0, or the error number.</returns>
    public static int MakeSpawnAttributes(byte* attributes, bool ownSession)
    {
        int error = InitializeAttributes(attributes);
        return error != 0 ? error : FirstError(SetSignals(attributes), SetSpawnFlags(attributes, SpawnFlags(ownSession)));
    }

    private static short SpawnFlags(bool ownSession)
    {
        const int SetDefaults = 0x04; // POSIX_SPAWN_SETSIGDEF, the same on Linux and macOS
        const int SetMask = 0x08; // POSIX_SPAWN_SETSIGMASK, too
        int session = OperatingSystem.IsMacOS() ? 0x4000 | (ownSession ? 0x0400 : 0) : ownSession ? 0x80 : 0; // POSIX_SPAWN_CLOEXEC_DEFAULT, POSIX_SPAWN_SETSID
        return (short)(session | SetDefaults | (InheritedSignals.Blocked is null ? 0 : SetMask));
    }

    /// <summary>Waits for a child's end, so that no zombie is left.</summary>
    /// <returns>Its exit code; 0 if that is lost, -1 if a signal ended it.</returns>
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

    /// <summary>Waits until any child has ended.</summary>
    /// <returns>Its id; or a negative number if there is none.</returns>
    public static int WaitForAnyChild(out int status)
    {
        int found = 0;
        int result;
        do
        {
            result = WaitForProcess(-1, &found, 0);
        }
        while (result < 0 && Marshal.GetLastPInvokeError() == ErrorInterrupted);
        status = found;
        return result;
    }

    /// <summary>
    /// Closes what the caller passed, except standard error: a process that waits for the end of what another process writes
    /// there must not wait for this one. Descriptors opened here are closed in other programs anyway.
    /// </summary>
    public static void LetGoOfInherited()
    {
        const int GetDescriptorFlags = 1; // F_GETFD
        const int Usual = 1024;
        Discard(0);
        Discard(1);
        for (int descriptor = 3; descriptor < Usual; descriptor++)
        {
            if (ControlDescriptorLinux(descriptor, GetDescriptorFlags, 0) == 0)
            {
                Close(descriptor);
            }
        }
    }

    /// <summary>Descriptors beyond the standard streams that the caller left open are closed in the programs that this one starts.</summary>
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
    /// Releases a standard stream, so that its reader sees the end. Its number stays taken, by a pipe without a reader at the
    /// other end (an image need not have a /dev/null), so that no file opened later gets what is meant for people.
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

    /// <summary>Makes a standard stream a duplicate of this descriptor.</summary>
    public static void MakeStandard(int descriptor, int standardStream) => _ = Duplicate(descriptor, standardStream);

    /// <summary>
    /// Whether this program's caller passed a descriptor that can be written. One that was opened since is
    /// closed when another program starts, and one that was passed is not. From here on, it is closed too.
    /// </summary>
    public static bool TakeInherited(int descriptor)
    {
        const int GetDescriptorFlags = 1; // F_GETFD
        const int GetStatusFlags = 3; // F_GETFL
        const int AccessMode = 3; // O_ACCMODE
        if (!OperatingSystem.IsLinux())
        {
            return true;
        }
        if (ControlDescriptorLinux(descriptor, GetDescriptorFlags, 0) != 0 || (ControlDescriptorLinux(descriptor, GetStatusFlags, 0) & AccessMode) == 0)
        {
            return false;
        }
        _ = ControlDescriptorLinux(descriptor, SetDescriptorFlags, CloseOnExecFlag);
        return true;
    }

    /// <summary>
    /// Occupies the number of each standard stream that this process was started without, before a lock, a socket or a pipe
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
