using System.Runtime.InteropServices;
using System.Text;

namespace AotBroker.Interop;

internal static unsafe partial class Libc
{
    public const int SignalPipe = 13;
    private const int SignalFileSize = 25;

    [LibraryImport(Library, EntryPoint = "execvp", SetLastError = true)]
    private static partial int ReplaceImage(byte* file, byte** arguments);

    [LibraryImport(Library, EntryPoint = "setenv", SetLastError = true)]
    private static partial int SetVariable(byte* name, byte* value, int overwrite);

    [LibraryImport(Library, EntryPoint = "unsetenv", SetLastError = true)]
    private static partial int UnsetVariable(byte* name);

    [LibraryImport(Library, EntryPoint = "signal", SetLastError = true)]
    public static partial nint SetSignalAction(int signal, nint action);

    // Linux alone: there, variable arguments are passed as any others.
    [LibraryImport(Library, EntryPoint = "prctl", SetLastError = true)]
    private static partial int ControlProcessLinux(int option, nuint second, nuint third, nuint fourth, nuint fifth);

    /// <summary>
    /// Becomes another program: the same process, its terminal, its open standard streams. The environment is handed on
    /// as the bytes it came in, except for the changes, so values that are not text survive.
    /// </summary>
    /// <returns>The error number. Where it succeeds, it does not return.</returns>
    public static int ExecuteProgram(IReadOnlyList<byte[]> arguments, IReadOnlyList<KeyValuePair<string, string?>> changes)
    {
        ChangeVariables(changes);
        // The .NET runtime ignores SIGPIPE, and it would stay ignored in the next program: `yes | head` would never end.
        ReleaseSignals();
        InheritedSignals.Restore();
        byte** vector = Vector(arguments);
        _ = ReplaceImage(vector[0], vector);
        int error = Marshal.GetLastPInvokeError();
        InheritedSignals.IgnoreHere(SignalPipe); // This process goes on, and may have to write to a reader that is gone.
        return error;
    }

    /// <summary>The next program's variables.</summary>
    public static void ChangeVariables(IReadOnlyList<KeyValuePair<string, string?>> changes)
    {
        foreach ((string name, string? value) in changes)
        {
            Change(name, value);
        }
    }

    public static byte** Vector(IReadOnlyList<byte[]> arguments)
    {
        byte** vector = (byte**)NativeMemory.AllocZeroed((nuint)arguments.Count + 1, (nuint)sizeof(byte*));
        for (int i = 0; i < arguments.Count; i++)
        {
            byte[] argument = arguments[i];
            byte* copy = (byte*)NativeMemory.AllocZeroed((nuint)argument.Length + 1);
            argument.CopyTo(new Span<byte>(copy, argument.Length));
            vector[i] = copy;
        }
        return vector;
    }

    /// <summary>Whether the kernel gives this process the children of those below it that end.</summary>
    public static bool IsSubreaper()
    {
        const int GetChildSubreaper = 37; // PR_GET_CHILD_SUBREAPER
        int isOne = 0;
        return ControlProcessLinux(GetChildSubreaper, (nuint)(&isOne), 0, 0, 0) == 0 && isOne != 0;
    }

    /// <summary>Ends this process by the signal. Returns if the signal does not end it, as in process 1.</summary>
    public static void EndBy(int signal)
    {
        _ = SetSignalAction(signal, 0);
        _ = SendSignal(Environment.ProcessId, signal);
    }

    /// <summary>If the caller ignores SIGCHLD, the kernel does not report the end of a child.</summary>
    public static void LetChildrenBeWaitedFor()
    {
        const int SignalChild = 17;
        _ = SetSignalAction(SignalChild, 0);
    }

    /// <summary>
    /// No core dump, and no reading of this process's memory and variables by others of the same user, until it becomes
    /// another program. macOS: neither is on by default.
    /// </summary>
    public static void HideMemory()
    {
        const int SetDumpable = 4; // PR_SET_DUMPABLE
        if (OperatingSystem.IsLinux())
        {
            _ = ControlProcessLinux(SetDumpable, 0, 0, 0, 0);
        }
    }

    /// <summary>
    /// From here on, a file that grows beyond what this process may write (setrlimit(2), RLIMIT_FSIZE) is an error, not
    /// death by SIGXFSZ. A program that this process becomes finds the signal as it was.
    /// </summary>
    public static void IgnoreFileSizeSignal() => InheritedSignals.IgnoreHere(SignalFileSize);

    /// <summary>From here on, SIGHUP, SIGINT and SIGTERM do nothing.</summary>
    public static void IgnoreTermination()
    {
        foreach (int signal in (ReadOnlySpan<int>)[1, 2, 15])
        {
            InheritedSignals.IgnoreHere(signal);
        }
    }

    private static void Change(string name, string? value)
    {
        fixed (byte* variable = ZeroTerminated(name), text = ZeroTerminated(value ?? ""))
        {
            _ = value is null ? UnsetVariable(variable) : SetVariable(variable, text, 1);
        }
    }

    /// <summary>
    /// This process's arguments as the bytes that the kernel got, without the program's own name; null if the system
    /// does not have them (no /proc).
    /// </summary>
    public static List<byte[]>? GetRawArguments()
    {
        const int Largest = 8 << 20; // Linux hands over at most 6 MiB of arguments and environment by default.
        int descriptor = OpenToRead("/proc/self/cmdline", followLinks: true);
        if (descriptor < 0)
        {
            return null;
        }
        try
        {
            byte[] buffer = new byte[4096];
            int length = 0;
            int count;
            while ((count = Read(descriptor, buffer.AsSpan(length))) > 0)
            {
                length += count;
                if (length == buffer.Length)
                {
                    if (length >= Largest)
                    {
                        return null;
                    }
                    Array.Resize(ref buffer, length * 2);
                }
            }
            return count < 0 ? null : Split(buffer.AsSpan(0, length));
        }
        finally
        {
            Close(descriptor);
        }
    }

    private static List<byte[]> Split(ReadOnlySpan<byte> joined)
    {
        List<byte[]> arguments = [];
        while (!joined.IsEmpty)
        {
            int end = joined.IndexOf((byte)0);
            ReadOnlySpan<byte> argument = end < 0 ? joined : joined[..end];
            arguments.Add(argument.ToArray());
            joined = end < 0 ? default : joined[(end + 1)..];
        }
        if (arguments.Count > 0)
        {
            arguments.RemoveAt(0);
        }
        return arguments;
    }

    /// <summary>An argument in UTF-8.</summary>
    public static byte[] Octets(string text) => Encoding.UTF8.GetBytes(text);
}
