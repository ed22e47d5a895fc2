namespace AotBroker.Interop;

/// <summary>
/// What `exec` and the companion of its command do to their own process, and to the processes that they start. It is a
/// parameter, so that a test that runs them is not replaced by their command, and keeps its signals and streams.
/// </summary>
internal interface IOwnProcess
{
    int Id { get; }

    /// <summary>This process's arguments as bytes, the command's own at the end; null if the system does not provide them.</summary>
    List<byte[]>? RawArguments { get; }

    /// <summary>Whether this process adopts orphaned processes, so that it must stay while its command runs.</summary>
    bool IsAdopter { get; }

    /// <summary>Starts this program again.</summary>
    /// <param name="arguments">Its arguments, its name included.</param>
    /// <param name="output">The descriptor for its standard output.</param>
    /// <param name="ownSession">Whether it runs in a session of its own.</param>
    /// <param name="process">Its id.</param>
    /// <returns>0, or the error number.</returns>
    int StartThisProgram(IReadOnlyList<string> arguments, int output, bool ownSession, out int process);

    /// <summary>Waits for a child to end.</summary>
    void WaitForChild(int process);

    /// <summary>Becomes another program.</summary>
    /// <param name="arguments">Its arguments as bytes, the program first.</param>
    /// <param name="changes">Variables to set or, if the value is null, to remove.</param>
    /// <returns>The error number, if that failed.</returns>
    int Become(IReadOnlyList<byte[]> arguments, IReadOnlyList<KeyValuePair<string, string?>> changes);

    /// <summary>Runs the program as a child, and waits for it to end.</summary>
    /// <returns>0, or the error number if it was not started.</returns>
    int RunChild(IReadOnlyList<byte[]> arguments, IReadOnlyList<KeyValuePair<string, string?>> changes, out int exitCode);

    /// <summary>Watches another process.</summary>
    ProcessWatch Watch(int process);

    /// <summary>Ignores the signals that end a process: one sent to the whole process group is meant for another member.</summary>
    void IgnoreTermination();

    /// <summary>Makes programs that are started from now on inherit only the standard streams.</summary>
    void HandOnStandardStreamsOnly();

    /// <summary>Closes a standard stream: its reader sees the end.</summary>
    void Discard(int standardStream);
}

/// <summary>This process itself.</summary>
internal sealed class OwnProcess : IOwnProcess
{
    public static OwnProcess Instance { get; } = new();

    private OwnProcess()
    {
    }

    public int Id => Environment.ProcessId;

    public List<byte[]>? RawArguments => Libc.GetRawArguments();

    public bool IsAdopter => CommandChild.IsAdopter;

    public int StartThisProgram(IReadOnlyList<string> arguments, int output, bool ownSession, out int process) => Libc.StartThisProgram(arguments, output, ownSession, out process);

    public void WaitForChild(int process) => _ = Libc.WaitForChild(process);

    public int Become(IReadOnlyList<byte[]> arguments, IReadOnlyList<KeyValuePair<string, string?>> changes) => Libc.ExecuteProgram(arguments, changes);

    public int RunChild(IReadOnlyList<byte[]> arguments, IReadOnlyList<KeyValuePair<string, string?>> changes, out int exitCode) => CommandChild.Run(arguments, changes, out exitCode);

    public ProcessWatch Watch(int process) => new(process);

    public void IgnoreTermination() => Libc.IgnoreTermination();

    public void HandOnStandardStreamsOnly() => Libc.HandOnStandardStreamsOnly();

    public void Discard(int standardStream) => Libc.Discard(standardStream);
}
