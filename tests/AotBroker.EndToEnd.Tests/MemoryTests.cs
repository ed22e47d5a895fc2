using System.Globalization;
using System.Text.RegularExpressions;

namespace AotBroker.EndToEnd.Tests;

/// <summary>What a process holds in memory, its variables among it, is not for others of the same user, nor for core dumps.</summary>
public sealed partial class MemoryTests : BrokerTest
{
    private const string Nobody = "65534";
    private const int SignalAbort = 6;
    private const int SignalSegment = 11;

    /// <summary>Tells of each file of a process whose it is, and whether it can be opened.</summary>
    private const string Look = """
        process=$1; shift
        for file in "$@"; do
          (exec 3<"/proc/$process/$file") 2>/dev/null && found=open || found=refused
          echo "$file $(stat -c %u "/proc/$process/$file") $found"
        done
        """;

    /// <summary>Runs a command where core files may be written, and tells how it and what it has left behind ended.</summary>
    private const string Autopsy = """
        import ctypes, os, resource, sys
        resource.setrlimit(resource.RLIMIT_CORE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        os.chdir(sys.argv[1])
        ctypes.CDLL(None).prctl(36, 1, 0, 0, 0) # PR_SET_CHILD_SUBREAPER
        child = os.fork()
        if child == 0:
            print("process", os.getpid(), file=sys.stderr, flush=True)
            os.execv(sys.argv[2], sys.argv[2:])
        while True:
            try:
                process, status = os.wait()
            except ChildProcessError:
                break
            print(process, os.WTERMSIG(status), "core" if os.WCOREDUMP(status) else "none", file=sys.stderr)
        """;

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        UseGitHubVariables();
        File.SetUnixFileMode(Sandbox.Root, (UnixFileMode)0b111_001_001);
    }

    [RootFact]
    public async Task Another_process_of_the_same_user_cannot_read_what_holds_a_secret()
    {
        string[] files = ["environ", "mem", "maps"];
        var moments = Enum.GetValues<Moment>();
        var refused = 0;
        foreach (var moment in moments)
        {
            var holder = await SecretHolder.StartAsync(Sandbox, Endpoint, NewDirectory($"{moment}"), moment, AsNobody, process => process.Id);

            var found = (await LookAsync(holder.Id, files)).Succeeded().OutputText;

            Assert.True(found == string.Concat(files.Select(file => $"{file} 0 refused\n")), $"{moment}: {found}");
            refused += files.Length;
            (await holder.EndAsync(moment == Moment.Keeps)).SucceededWithNotes();
        }

        var (opened, ofCommand) = await LookAtACommandAsync();
        ReliabilityTable.Check(
            fault: "another process of the user inspects one that holds a secret",
            "it opens the files `environ`, `mem` and `maps` of /proc/PID, which are root's",
            $"{refused}: 3 of each of {moments.Length} processes, which are a `get` that asks, one that waits for it, an `exec` before its command begins, its companion, and `keep`",
            $"{refused} refused; of the command that `exec` has become, as of any other, {opened} of {ofCommand} opened");
    }

    /// <summary>But for `mem`, which a system may keep from all processes.</summary>
    private async Task<(int Opened, int Of)> LookAtACommandAsync()
    {
        string[] files = ["environ", "maps"];
        Sandbox.Environment["AOTBROKER_CACHE_DIR"] = Path.Combine(NewDirectory("command"), "cache");

        // A child of the command's looks at the command.
        var look = $"set -- $PPID {string.Join(' ', files)}; {Look}";
        var result = await Sandbox.RunAsync(AsNobody([PublishedBinary.Path, "exec", "--", "/bin/sh", "-c", "/bin/sh -c \"$0\" & wait", look]));

        Assert.Equal(string.Concat(files.Select(file => $"{file} {Nobody} open\n")), result.Succeeded().OutputText);
        return (result.OutputText.Split(" open\n").Length - 1, files.Length);
    }

    [RootFact]
    public async Task A_crash_leaves_no_core_of_what_holds_a_secret()
    {
        var moments = Enum.GetValues<Moment>();
        int[] signals = [SignalAbort, SignalSegment];
        var crashes = 0;
        foreach (var (moment, signal) in moments.SelectMany(moment => signals.Select(signal => (moment, signal))))
        {
            var directory = NewDirectory($"{moment}-{signal}");
            var holder = await SecretHolder.StartAsync(Sandbox, Endpoint, directory, moment, command => UnderAutopsy(directory, command), Examined);

            await CrashAsync(holder.Id, signal);
            var result = await holder.EndAsync();

            Assert.Contains($"{holder.Id} {signal} none\n", result.ErrorText, StringComparison.Ordinal);
            Assert.Empty(Directory.GetFiles(directory, "*core*"));
            crashes++;
        }

        if (await HasCoreAsync())
        {
            ReliabilityTable.Check(
                fault: "a process that holds a secret crashes",
                "SIGABRT and SIGSEGV, where core files may be of any size",
                $"{crashes}: {signals.Length} of each of {moments.Length} processes, which are a `get` that asks, one that waits for it, an `exec` before its command begins, its companion, and `keep`",
                $"{crashes} ended by the signal, and no core; one of the command that `exec` has become, as of any other");
        }
    }

    /// <summary>.NET takes the first SIGSEGV for its own, to look whether it is one; where it came from a fault, the next follows by itself.</summary>
    private static async Task CrashAsync(int process, int signal)
    {
        using var patience = new CancellationTokenSource(BrokerProcess.Patience);
        while (Directory.Exists($"/proc/{process}"))
        {
            try
            {
                Posix.Signal(process, signal);
            }
            catch (IOException)
            {
                return; // It has ended meanwhile.
            }

            await Task.Delay(20, patience.Token);
        }
    }

    /// <summary>Whether the command of an `exec` leaves a core; not on a machine where no process does.</summary>
    private async Task<bool> HasCoreAsync()
    {
        string[] crash = ["/bin/sh", "-c", $"kill -{SignalAbort} $$"];
        Sandbox.Environment["AOTBROKER_CACHE_DIR"] = Path.Combine(NewDirectory("crash"), "cache");
        var plain = await Sandbox.RunAsync(UnderAutopsy(NewDirectory("plain"), crash));
        var command = await Sandbox.RunAsync(UnderAutopsy(NewDirectory("ordinary"), [PublishedBinary.Path, "exec", "--no-refresh", "--", .. crash]));

        // These hold the variables, and the means to mint among them.
        Array.ForEach(["plain", "ordinary"], name => Directory.Delete(Path.Combine(Sandbox.Root, name), recursive: true));
        Assert.Equal(plain.ErrorLines[^1].Split(' ')[1..], command.ErrorLines[^1].Split(' ')[1..]);
        return command.ErrorLines[^1].EndsWith(" core", StringComparison.Ordinal);
    }

    private static Launch AsNobody(string[] command) =>
        new(["--reuid", Nobody, "--regid", Nobody, "--clear-groups", .. command]) { Program = "setpriv" };

    private static Launch UnderAutopsy(string directory, string[] command) => new(["-c", Autopsy, directory, .. command]) { Program = "python3" };

    /// <summary>The process that is examined: the first line that it has said.</summary>
    private static int Examined(BrokerProcess process) => int.Parse(FirstLine().Match(process.ErrorSoFar).Groups["id"].Value, CultureInfo.InvariantCulture);

    [GeneratedRegex("^process (?<id>[0-9]+)\n")]
    private static partial Regex FirstLine();

    private Task<ProcessResult> LookAsync(int process, string[] files) =>
        Sandbox.RunAsync(AsNobody(["/bin/sh", "-c", Look, "sh", $"{process}", .. files]));

    /// <summary>A directory in which every user may make files.</summary>
    private string NewDirectory(string name)
    {
        var path = Sandbox.MakeDirectory(name);
        File.SetUnixFileMode(path, (UnixFileMode)0b111_111_111 | UnixFileMode.StickyBit);
        return path;
    }
}
