using System.Text;
using AotBroker.Interop;

namespace AotBroker.Tests;

/// <summary>What `exec` and its companion would do to the process of the tests, written down instead of done.</summary>
internal sealed class ImitatedProcess : IOwnProcess
{
    private readonly List<string> _done = [];

    public int Id { get; init; } = Environment.ProcessId;

    public List<byte[]>? RawArguments { get; init; }

    public bool IsAdopter { get; init; }

    /// <summary>The number of the error with which the program cannot be started again; 0 where it can.</summary>
    public int StartError { get; init; }

    /// <summary>What the program that was started again says to its standard output.</summary>
    public string Says { get; init; } = "\n";

    /// <summary>The number of the error with which the command cannot be run; 0 where it can.</summary>
    public int CommandError { get; init; }

    /// <summary>What the command ends with, where it is a child.</summary>
    public int ExitCode { get; init; }

    /// <summary>Called while the command runs.</summary>
    public Action? WhileItRuns { get; init; }

    /// <summary>What was done, in this order.</summary>
    public IReadOnlyList<string> Done => _done;

    /// <summary>With what the program was started again; null where it was not.</summary>
    public (string[] Arguments, bool OwnSession)? Started { get; private set; }

    /// <summary>The command that it became or ran; empty where it did not.</summary>
    public string[] Command { get; private set; } = [];

    /// <summary>What was to change in the command's variables.</summary>
    public Dictionary<string, string?> Changes { get; } = [];

    public ProcessWatch? Watching { get; private set; }

    public int StartThisProgram(IReadOnlyList<string> arguments, int output, bool ownSession, out int process)
    {
        Started = ([.. arguments], ownSession);
        process = 4711;
        if (StartError == 0)
        {
            _ = Libc.WriteAll(output, Encoding.UTF8.GetBytes(Says));
        }
        return StartError;
    }

    public void WaitForChild(int process) => _done.Add($"waited for {process}");

    /// <exception cref="Became">As the real one does not return.</exception>
    public int Become(IReadOnlyList<byte[]> arguments, IReadOnlyList<KeyValuePair<string, string?>> changes) =>
        Run(arguments, changes) is var error and not 0 ? error : throw new Became();

    public int RunChild(IReadOnlyList<byte[]> arguments, IReadOnlyList<KeyValuePair<string, string?>> changes, out int exitCode)
    {
        exitCode = ExitCode;
        return Run(arguments, changes);
    }

    private int Run(IReadOnlyList<byte[]> arguments, IReadOnlyList<KeyValuePair<string, string?>> changes)
    {
        Command = [.. arguments.Select(Encoding.Latin1.GetString)];
        foreach ((string name, string? value) in changes)
        {
            Changes.Add(name, value);
        }
        WhileItRuns?.Invoke();
        return CommandError;
    }

    public ProcessWatch Watch(int process) => Watching = new ProcessWatch(process);

    public void IgnoreTermination() => _done.Add("ignored termination");

    public void HandOnStandardStreamsOnly() => _done.Add("handed on the standard streams only");

    public void Discard(int standardStream) => _done.Add($"let go of {standardStream}");

    /// <summary>This process is another program from here on.</summary>
    internal sealed class Became : Exception;
}
