using System.Text.RegularExpressions;

namespace AotBroker.EndToEnd.Tests;

/// <summary>One system call of a program: its name, and how many of that name a thread has made with it.</summary>
internal sealed record SystemCall(string Name, int Ordinal)
{
    public override string ToString() => $"{Name} #{Ordinal}";
}

/// <summary>
/// What strace saw, and what it did. Its counters are each thread's own, for each name: "the third openat" is the moment
/// when the first of all threads makes its third one, and that moment is the same in each run.
/// </summary>
internal sealed partial class SystemCalls
{
    private readonly List<(int Thread, string Name, string Text)> _calls = [];
    private readonly HashSet<int> _killed = [];

    private SystemCalls(IEnumerable<string> lines)
    {
        foreach (var line in lines)
        {
            if (Begun().Match(line) is { Success: true } begun)
            {
                _calls.Add((Thread(begun), begun.Groups["name"].Value, begun.Groups["text"].Value));
            }
            else if (Resumed().Match(line) is { Success: true } resumed)
            {
                var (thread, name) = (Thread(resumed), resumed.Groups["name"].Value);
                var at = _calls.FindLastIndex(call => call.Thread == thread && call.Name == name);
                _calls[at] = (thread, name, _calls[at].Text.Replace(Unfinished, resumed.Groups["text"].Value, StringComparison.Ordinal));
            }
            else if (Killed().Match(line) is { Success: true } killed)
            {
                _killed.Add(Thread(killed));
            }
        }
    }

    private const string Unfinished = " <unfinished ...>";

    /// <summary>The first thread of the program that was started.</summary>
    private int Main => _calls[0].Thread;

    /// <summary>Whether the program that was started has become another one.</summary>
    public bool HasBecomeTheCommand => _calls.Count(IsExecution) > 1;

    /// <summary>Whether the command that the program has become was killed.</summary>
    public bool IsCommandKilled => HasBecomeTheCommand && _killed.Contains(Main);

    /// <summary>
    /// Whether a thread of the program, or of what it starts, came to the call and was killed before it was made.
    /// </summary>
    public bool IsKilledAt(SystemCall call) => _calls
        .Where(one => one.Name == call.Name)
        .GroupBy(one => one.Thread)
        .Where(thread => thread.Key != Main || !HasBecomeTheCommand)
        .Any(thread => thread.Count() == call.Ordinal && _killed.Contains(thread.Key) && !HasReturned(thread.Last().Text));

    /// <summary>The calls that were made to fail, each with what it was made for.</summary>
    public IReadOnlyList<string> Failed => [.. _calls.Where(IsFailed).Select(call => call.Text)];

    /// <summary>How many threads met such a call: of one process, or of several where the program starts others.</summary>
    public int ThreadsThatFailed => _calls.Where(IsFailed).Select(call => call.Thread).Distinct().Count();

    /// <summary>Every call of the program, and of what it starts, until it becomes another program.</summary>
    /// <param name="from">Begin with the first call that shows this text; with the first of all where it is null.</param>
    public IReadOnlyList<SystemCall> OfTheProgram(string? from = null)
    {
        Dictionary<(int, string), int> counts = [];
        HashSet<SystemCall> calls = [];
        var hasBegun = from is null;
        var isOver = false;
        foreach (var call in _calls)
        {
            if (isOver && call.Thread == Main)
            {
                continue;
            }

            hasBegun = hasBegun || (call.Name != "execve" && call.Text.Contains(from!, StringComparison.Ordinal));

            var ordinal = counts[(call.Thread, call.Name)] = counts.GetValueOrDefault((call.Thread, call.Name)) + 1;
            isOver |= IsExecution(call) && ordinal > 1;

            // The first execve is strace's own way to start the program.
            if (hasBegun && (call.Name != "execve" || ordinal > 1))
            {
                calls.Add(new SystemCall(call.Name, ordinal));
            }
        }

        return [.. calls];
    }

    /// <summary>Runs the program to its end, and tells what it did.</summary>
    public static async Task<(ProcessResult Result, SystemCalls Calls)> TraceAsync(Sandbox sandbox, Launch launch, params string[] options)
    {
        var log = Path.Combine(sandbox.Root, "strace-" + Path.GetRandomFileName());
        var result = await sandbox.RunAsync(launch with
        {
            Program = "strace",

            // No strings: what the program reads and writes are secrets. The names of open files instead.
            Arguments = ["-f", "-qq", "-y", "-s", "0", "-o", log, .. options, launch.Program, .. launch.Arguments],
        });
        return (result, new SystemCalls(await File.ReadAllLinesAsync(log)));
    }

    /// <summary>The same, and kills it before the call, with SIGKILL.</summary>
    public static Task<(ProcessResult Result, SystemCalls Calls)> KillAsync(Sandbox sandbox, Launch launch, SystemCall call) =>
        DisturbAsync(sandbox, launch, call, "signal=KILL");

    /// <summary>The same, and has the call fail instead of being made; and those of its name that follow, where it lasts.</summary>
    public static Task<(ProcessResult Result, SystemCalls Calls)> FailAsync(Sandbox sandbox, Launch launch, SystemCall call, string error, bool lasts = false) =>
        // It stops at no other calls than those it is to show, which takes half the time; but then it sends no signals.
        DisturbAsync(sandbox, launch, call, "error=" + error, lasts, "--seccomp-bpf");

    private static Task<(ProcessResult Result, SystemCalls Calls)> DisturbAsync(Sandbox sandbox, Launch launch, SystemCall call, string how, bool lasts = false, params string[] options)
    {
        // strace shows the execve by which it starts the program, and does not count it.
        var when = call.Name == "execve" ? call.Ordinal - 1 : call.Ordinal;
        return TraceAsync(sandbox, launch, [.. options, "-e", $"trace=execve,{call.Name}", "-e", $"inject={call.Name}:{how}:when={when}{(lasts ? "+" : "")}"]);
    }

    private static bool IsFailed((int Thread, string Name, string Text) call) => call.Text.EndsWith("(INJECTED)", StringComparison.Ordinal);

    private bool IsExecution((int Thread, string Name, string Text) call) =>
        call.Thread == Main && call.Name == "execve" && HasReturned(call.Text) && call.Text.EndsWith(" = 0", StringComparison.Ordinal);

    private static bool HasReturned(string text) => !text.EndsWith(Unfinished, StringComparison.Ordinal) && !text.EndsWith(" = ?", StringComparison.Ordinal);

    private static int Thread(Match line) => int.Parse(line.Groups["thread"].Value, System.Globalization.CultureInfo.InvariantCulture);

    [GeneratedRegex(@"^(?<thread>\d+) +(?<text>(?<name>[a-z][a-z0-9_]*)\(.*)$")]
    private static partial Regex Begun();

    [GeneratedRegex(@"^(?<thread>\d+) +<\.\.\. (?<name>[a-z][a-z0-9_]*) resumed>(?<text>.*)$")]
    private static partial Regex Resumed();

    [GeneratedRegex(@"^(?<thread>\d+) +\+\+\+ killed by SIGKILL \+\+\+$")]
    private static partial Regex Killed();
}
