namespace AotBroker.Interop;

/// <summary>
/// What `exec` and the process beside its command do to themselves, and to those that they start. A parameter, so that a test
/// that runs them is not replaced by their command, and keeps its signals and streams.
/// </summary>
internal interface IOwnProcess
{
    int Id { get; }

    /// <summary>This process's arguments in bytes, the last ones those of the command; null where the system does not tell.</summary>
    List<byte[]>? RawArguments { get; }

    /// <summary>Whether this process adopts the children of those that end, so that it stays beside its command.</summary>
    bool IsAdopter { get; }

    /// <summary>Starts this program again.</summary>
    /// <param name="arguments">With its name.</param>
    /// <param name="output">The descriptor that is to be its standard output.</param>
    /// <param name="ownSession">In a session of its own.</param>
    /// <param name="process">Its id.</param>
    /// <returns>0, or the error number.</returns>
    int StartThisProgram(IReadOnlyList<string> arguments, int output, bool ownSession, out int process);

    /// <summary>Waits for its end.</summary>
    void WaitForChild(int process);

    /// <summary>Becomes another program.</summary>
    /// <param name="arguments">Its bytes, the program first.</param>
    /// <param name="changes">Variables that it is to have, or, null, not to have.</param>
    /// <returns>The error number, where it could not.</returns>
    int Become(IReadOnlyList<byte[]> arguments, IReadOnlyList<KeyValuePair<string, string?>> changes);

    /// <summary>The same as a child, to its end.</summary>
    /// <returns>0, or the error number: it was not started.</returns>
    int RunChild(IReadOnlyList<byte[]> arguments, IReadOnlyList<KeyValuePair<string, string?>> changes, out int exitCode);

    /// <summary>Looks at another process.</summary>
    ProcessWatch Watch(int process);

    /// <summary>What a signal to a whole group of processes means is another one of them.</summary>
    void IgnoreTermination();

    /// <summary>Leaves a program that is started only the standard streams.</summary>
    void HandOnStandardStreamsOnly();

    /// <summary>Lets go of a standard stream: its other end sees the end.</summary>
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
