namespace AotBroker.EndToEnd.Tests;

/// <summary>What a process holds in memory, its variables among it, is not for others of the same user, nor for core dumps.</summary>
public sealed class MemoryTests : BrokerTest
{
    private const string Nobody = "65534";
    private const int SignalAbort = 6;

    [RootTheory]
    [InlineData("environ")]
    [InlineData("mem")]
    [InlineData("maps")]
    public async Task Another_process_of_the_same_user_cannot_read_it(string file)
    {
        UseGitHubVariables();
        OpenToNobody();
        Endpoint.Faults.Add(Fault.Hold());
        var get = Sandbox.Start(AsNobody(PublishedBinary.Path, "get"));
        await Endpoint.Events.WaitForAsync(_ => Endpoint.Events.Presentations == 1);

        var attempt = await Sandbox.RunAsync(AsNobody("/bin/sh", "-c", $"exec 3<\"/proc/{get.Id}/{file}\""));

        Assert.NotEqual(0, attempt.ExitCode);
        attempt.Says("Permission denied");
        Endpoint.Faults.ReleaseHeld();
        (await get.WaitAsync()).Succeeded();
    }

    [RootFact]
    public async Task A_command_is_as_readable_as_any_other()
    {
        UseGitHubVariables();
        OpenToNobody();

        var result = (await Sandbox.RunAsync(AsNobody(PublishedBinary.Path, "exec", "--", "/bin/sh", "-c", "/bin/sh -c \"head -c 1 /proc/$$/environ | wc -c\""))).Succeeded();

        Assert.Equal("1", result.Line);
    }

    [RootFact]
    public async Task A_crash_leaves_no_core()
    {
        UseGitHubVariables();
        Endpoint.Faults.Add(Fault.Hold());
        var get = Sandbox.Start(new Launch("-c", """
            import os, resource, subprocess, sys
            resource.setrlimit(resource.RLIMIT_CORE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
            child = os.fork()
            if child == 0:
                os.execv(sys.argv[1], sys.argv[1:])
            print(child, file=sys.stderr, flush=True)
            status = os.waitpid(child, 0)[1]
            print(os.WTERMSIG(status), os.WCOREDUMP(status))
            """, PublishedBinary.Path, "get")
        { Program = "python3" });
        await Endpoint.Events.WaitForAsync(_ => Endpoint.Events.Presentations == 1);
        await get.WaitForErrorAsync("\n");

        var child = Directory.GetDirectories("/proc").Select(Path.GetFileName).First(name => IsChildOf(get.Id, name!))!;
        Posix.Signal(int.Parse(child, System.Globalization.CultureInfo.InvariantCulture), SignalAbort);

        Assert.Equal("6 False", (await get.WaitAsync()).Line);
        Endpoint.Faults.ReleaseHeld();
    }

    private static bool IsChildOf(int parent, string process)
    {
        try
        {
            return int.TryParse(process, out _) && File.ReadAllText($"/proc/{process}/stat").Split(") ")[^1].Split(' ')[1] == $"{parent}";
        }
        catch (IOException)
        {
            return false; // It has ended meanwhile.
        }
    }

    private static Launch AsNobody(params string[] command) =>
        new(["--reuid", Nobody, "--regid", Nobody, "--clear-groups", .. command]) { Program = "setpriv" };

    private void OpenToNobody()
    {
        const UnixFileMode Enter = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
        File.SetUnixFileMode(Sandbox.Root, Enter);
        var cache = Sandbox.MakeDirectory("world");
        File.SetUnixFileMode(cache, Enter | UnixFileMode.GroupWrite | UnixFileMode.OtherWrite | UnixFileMode.StickyBit);
        Sandbox.Environment["AOTBROKER_CACHE_DIR"] = Path.Combine(cache, "cache");
    }
}
