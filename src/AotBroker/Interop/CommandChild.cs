using System.Runtime.InteropServices;

namespace AotBroker.Interop;

/// <summary>
/// A command that runs while this process stays: process 1 of a container adopts every orphaned process, so the command,
/// if it were process 1, would find a child that it never started, and wait for it. This process adopts it instead.
/// </summary>
/// <remarks>
/// The command is in the same session and the same group, so it has the terminal as before. Signals to this process
/// are passed on to it; every other orphaned process is waited for.
/// </remarks>
internal static unsafe partial class CommandChild
{
    private const string Library = "libc";
    private const int ErrorNotExecutableFormat = 8;
    private const int LargestStructure = 1024;

    [LibraryImport(Library, EntryPoint = "posix_spawnp")]
    private static partial int Spawn(int* process, byte* file, byte* actions, byte* attributes, byte** arguments, byte** environment);

    /// <summary>Whether this process adopts orphaned processes, as process 1 does and a process that asked the kernel for it.</summary>
    public static bool IsAdopter => InheritedSignals.AreKnown && OperatingSystem.IsLinux() && (Environment.ProcessId == 1 || Libc.IsSubreaper());

    /// <summary>Starts the command, and waits for its end.</summary>
    /// <param name="arguments">Its bytes, the program first.</param>
    /// <param name="changes">Variables to set, or, if null, to remove.</param>
    /// <param name="exitCode">Its exit code; 128 and the number of the signal that ended it.</param>
    /// <returns>0, or the error number: it was not started.</returns>
    public static int Run(IReadOnlyList<byte[]> arguments, IReadOnlyList<KeyValuePair<string, string?>> changes, out int exitCode)
    {
        exitCode = 0;
        Libc.ChangeVariables(changes);
        Libc.ReleaseSignals(); // This cancels the last bound too: the command may take as long as it likes.
        InheritedSignals.Catch();
        int error = Start(arguments, out int process);
        if (error != 0)
        {
            return error;
        }
        InheritedSignals.ForwardTo(process);
        Libc.LetChildrenBeWaitedFor();
        Libc.LetGoOfInherited();
        int status = WaitFor(process);
        int signal = status & 0x7F;
        if (signal != 0)
        {
            Libc.EndBy(signal); // Process 1 cannot; then the exit code says so.
        }
        exitCode = signal != 0 ? 128 + signal : (status >> 8) & 0xFF;
        return 0;
    }

    private static int Start(IReadOnlyList<byte[]> arguments, out int process)
    {
        int error = Start(arguments[0], arguments, out process);
        if (error == ErrorNotExecutableFormat)
        {
            // As with execvp(3): a script without a first line that names its interpreter is run by the shell.
            string name = System.Text.Encoding.UTF8.GetString(arguments[0]);
            if (Libc.FindProgram(name, Environment.GetEnvironmentVariable("PATH"), out string found) == 0)
            {
                byte[] shell = "/bin/sh"u8.ToArray();
                List<byte[]> words = [shell, Libc.Octets(found)];
                for (int i = 1; i < arguments.Count; i++)
                {
                    words.Add(arguments[i]);
                }
                error = Start(shell, words, out process);
            }
        }
        return error;
    }

    private static int Start(byte[] file, IReadOnlyList<byte[]> arguments, out int process)
    {
        byte* attributes = stackalloc byte[LargestStructure];
        int id = 0;
        int error = Libc.MakeSpawnAttributes(attributes, ownSession: false);
        if (error == 0)
        {
            fixed (byte* name = (byte[])[.. file, 0])
            {
                error = Spawn(&id, name, null, attributes, Libc.Vector(arguments), Libc.GetVariables());
            }
        }
        process = id;
        return error;
    }

    /// <summary>Waits for every child until the command has ended.</summary>
    private static int WaitFor(int process)
    {
        while (true)
        {
            int ended = Libc.WaitForAnyChild(out int status);
            if (ended == process || ended < 0)
            {
                return status;
            }
        }
    }
}
