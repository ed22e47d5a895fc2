using System.Globalization;
using System.Text.RegularExpressions;

namespace AotBroker.EndToEnd.Tests;

/// <summary>
/// Nothing waits without a deadline that the kernel keeps (invariant 6): not for a lock, not for a thread that the system does
/// not give, and the whole process not at all.
/// </summary>
public sealed partial class BoundTests : BrokerTest
{
    private const int Limits = 12;

    /// <summary>Whose processes are counted: a user without any other.</summary>
    private static readonly string s_user = (70_000 + (Environment.ProcessId % 100_000)).ToString(CultureInfo.InvariantCulture);

    /// <summary>A signal that makes flock(2) end is repeated at once, so that it never does: as a defect of our own would.</summary>
    [StraceFact]
    public async Task What_does_not_end_is_ended_by_its_last_bound()
    {
        UseFederationVariables();
        foreach (var arguments in (string[][])[["get"], ["exec", "--no-refresh", "--", "/bin/true"], ["keep", "--publish", Path.Combine(Sandbox.Root, "published")]])
        {
            var hanging = await Sandbox.RunAsync(Traced("flock:error=EINTR", [arguments[0], "--timeout", "1", .. arguments[1..]]));

            hanging.Failed("AB0102", 1).Says("ended by its own last bound");
        }

        (await Sandbox.RunAsync("get")).Succeeded();
        Assert.Equal(1, Endpoint.Events.Presentations);
    }

    [Fact]
    public async Task What_cannot_even_take_a_signal_is_killed_and_its_lock_is_free()
    {
        UseGitHubVariables();
        Endpoint.Faults.Add(Fault.Hold());
        var stopped = Sandbox.Start("get", "--timeout", "5");
        await Endpoint.Events.WaitForAsync(one => one.Spent);

        stopped.Signal(Posix.SignalStop);

        Assert.Equal(128 + Posix.SignalKill, (await stopped.WaitAsync()).ExitCode);
        Endpoint.Faults.ReleaseHeld();
        (await Sandbox.RunAsync("get", "--timeout", "20")).Succeeded();
    }

    [Fact]
    public async Task An_alarm_that_the_caller_has_set_ends_it_as_it_would_any_other_program()
    {
        UseFederationVariables();
        Endpoint.Faults.Add(Fault.Hold());
        const int SignalAlarm = 14;

        var alarmed = Sandbox.Start("get", "--timeout", "60");
        await Endpoint.Events.WaitForAsync(one => one.Spent);
        alarmed.Signal(SignalAlarm);

        Assert.Equal(128 + SignalAlarm, (await alarmed.WaitAsync()).ExitCode);
        Endpoint.Faults.ReleaseHeld();
    }

    [Fact]
    public async Task A_lock_that_comes_late_is_given_back()
    {
        UseFederationVariables();
        Endpoint.Faults.Add(Fault.Hold());
        var leader = Sandbox.Start("get");
        await Endpoint.Events.WaitForAsync(one => one.Spent);
        var follower = Sandbox.Start("get", "--timeout", "1");
        await WaitersAsync(1);
        follower.Signal(Posix.SignalStop);
        await Task.Delay(TimeSpan.FromSeconds(1.5)); // Its deadline, which it cannot see.
        Endpoint.Faults.ReleaseHeld();
        var token = (await leader.WaitAsync()).Succeeded().Line;

        follower.Signal(Posix.SignalContinue);

        (await follower.WaitAsync()).Failed("AB0702", 7);
        Assert.Equal(token, (await Sandbox.RunAsync("get")).Succeeded().Line);
        Assert.Empty(Held());
        ReliabilityTable.Check(
            fault: "a lock that is granted late",
            "SIGSTOP to a process that waits for it, until its deadline has passed and the lock is free; then SIGCONT",
            "1",
            "AB0702; the lock is free, and the others have the credential");
    }

    /// <summary>The renewals have a minute each, which this test waits for.</summary>
    [Fact]
    public async Task A_renewal_that_timed_out_holds_nothing_afterwards()
    {
        UseGitHubVariables();
        Endpoint.Faults.Add(Fault.ExpiresIn(20), times: 2);
        var end = Path.Combine(Sandbox.Temporary, "end");
        var caches = new Dictionary<string, string> { ["keep"] = Path.Combine(Sandbox.Root, "cache-keep"), ["exec"] = Path.Combine(Sandbox.Root, "cache-exec") };
        var keep = Sandbox.Start(new Launch("keep", "--publish", Path.Combine(Sandbox.Root, "published")) { Variables = Cache(caches["keep"]) });
        var exec = Sandbox.Start(new Launch("exec", "--", "/bin/sh", "-c", $"while [ ! -e '{end}' ]; do sleep 0.1; done") { Variables = Cache(caches["exec"]) });
        List<BrokerProcess> holders = [];
        foreach (var cache in caches.Values)
        {
            holders.Add(await HolderAsync(cache));
        }

        await Task.WhenAll(keep.WaitForErrorAsync("could not be renewed; it will be tried again: another process held"), exec.WaitForErrorAsync("could not be renewed; it will be tried again: another process held"));
        holders.ForEach(holder => holder.Kill());
        await Task.WhenAll(holders.Select(holder => holder.WaitAsync()));

        foreach (var cache in caches.Values)
        {
            (await Sandbox.RunAsync(new Launch("get", "--force-refresh", "--timeout", "20") { Variables = Cache(cache) })).Succeeded();
        }

        await File.WriteAllTextAsync(end, "");
        Assert.Equal(0, (await exec.WaitAsync()).ExitCode);
        keep.Signal(Posix.SignalTerminate);
        Assert.Equal(0, (await keep.WaitAsync()).ExitCode);
        ReliabilityTable.Check(
            fault: "a companion or a keeper whose wait timed out",
            "another process holds the profile's lock for longer than a renewal may take, and then lets go",
            "one `keep` and one `exec`",
            "AB0702 as a warning; afterwards the lock is free, and others renew");
    }

    [RootFact]
    public async Task A_system_that_refuses_threads_is_told_in_time()
    {
        UseGitHubVariables();
        var credentials = 0;
        Sandbox.Environment["HOME"] = MakeOwnDirectory("own");
        Sandbox.Environment["AOTBROKER_CACHE_DIR"] = Path.Combine(MakeOwnDirectory("own-cache"), "cache");
        File.SetUnixFileMode(Sandbox.Root, (UnixFileMode)0b111_001_001);
        for (var limit = 1; limit <= Limits; limit++)
        {
            var arguments = new[] { "get", "--timeout", "5", "--force-refresh" };
            var limited = await Sandbox.RunAsync(AsUser([.. (string[])["/bin/bash", "-c", $"ulimit -u {limit}; exec \"$0\" \"$@\"", PublishedBinary.Path], .. arguments]));

            credentials += limited.ExitCode == 0 ? 1 : 0;
            _ = limited.ExitCode == 0 ? limited.Succeeded() : limited.Failed("AB0103", 1).Says("threads");
            (await Sandbox.RunAsync(AsUser([PublishedBinary.Path, .. arguments]))).Succeeded();
        }

        Assert.InRange(credentials, 1, Limits - 1);
        ReliabilityTable.Check(
            fault: "a system that refuses threads",
            "a limit of processes and threads (`ulimit -u`), as a separate user; then the same without it",
            $"{Limits}: each limit from 1 to {Limits}",
            "a credential if the limit allows a request; otherwise AB0103 at once; no lock is held afterwards");
    }

    private static Launch AsUser(string[] command) => new(["--reuid", s_user, "--regid", s_user, "--clear-groups", .. command]) { Program = "setpriv" };

    private string MakeOwnDirectory(string name)
    {
        var path = Sandbox.MakeDirectory(name);
        File.SetUnixFileMode(path, (UnixFileMode)0b111_111_111);
        return path;
    }

    private static Launch Traced(string fault, string[] arguments) =>
        new(["-f", "-qq", "-o", "/dev/null", "-e", $"inject={fault}", PublishedBinary.Path, .. arguments]) { Program = "strace" };

    private static Dictionary<string, string?> Cache(string path) => new() { ["AOTBROKER_CACHE_DIR"] = path };

    /// <summary>A process that holds the lock of the one entry in a cache.</summary>
    private async Task<BrokerProcess> HolderAsync(string cache)
    {
        using CancellationTokenSource patience = new(BrokerProcess.Patience);
        while (!Directory.Exists(cache) || Directory.GetFiles(cache).Count(path => Sandbox.IsEntry(Path.GetFileName(path))) != 1)
        {
            await Task.Delay(10, patience.Token);
        }

        var entry = Directory.GetFiles(cache).Single(path => Sandbox.IsEntry(Path.GetFileName(path)));
        var holder = Sandbox.Start(new Launch("--exclusive", Path.ChangeExtension(entry, "lock"), "/bin/sh", "-c", "echo held >&2; exec sleep 600") { Program = "flock" });
        await holder.WaitForErrorAsync("held");
        return holder;
    }

    private async Task WaitersAsync(int count)
    {
        using CancellationTokenSource patience = new(BrokerProcess.Patience);
        while (Locks().Count(line => line.Contains("->", StringComparison.Ordinal)) != count)
        {
            await Task.Delay(5, patience.Token);
        }
    }

    private List<string> Held() => Locks().FindAll(line => !line.Contains("->", StringComparison.Ordinal));

    /// <summary>The lines of /proc/locks on files of the cache.</summary>
    private List<string> Locks()
    {
        var files = Directory.GetFiles(Sandbox.Cache, "*.lock").Select(Inode).ToHashSet();
        return [.. File.ReadLines("/proc/locks").Where(line => FileOf().Match(line) is { Success: true } file && files.Contains(file.Groups["inode"].Value))];
    }

    private static string Inode(string path)
    {
        using var stat = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo("stat", ["-c", "%i", path]) { RedirectStandardOutput = true })!;
        return stat.StandardOutput.ReadToEnd().Trim();
    }

    [GeneratedRegex("FLOCK .*[0-9a-f]+:[0-9a-f]+:(?<inode>[0-9]+) ")]
    private static partial Regex FileOf();
}
