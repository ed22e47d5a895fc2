namespace AotBroker.EndToEnd.Tests;

/// <summary>`exec` as process 1 of a container, and where it adopts for another reason: it stays beside its command.</summary>
public sealed class ProcessOneTests : BrokerTest
{
    private const string WaitForAll = """
        for (1..3) { my $p = fork; if (!$p) { exec "true" } }
        1 while wait() != -1;
        print "done\n";
        """;

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        UseFederationVariables();
    }

    [RootTheory]
    [InlineData("perl", "-e", WaitForAll)]
    [InlineData("python3", "-c", """
        import os
        try:
            while os.wait(): pass
        except ChildProcessError:
            print("done")
        """)]
    [InlineData("/bin/sh", "-c", "sleep 0.1 & wait; echo done")]
    public async Task A_command_that_waits_for_all_its_children_ends(params string[] command)
    {
        var result = (await Sandbox.RunAsync(AsProcessOne(["exec", "--", .. command]))).Succeeded();

        Assert.Equal("done", result.Line);
        Assert.Empty(Published);
    }

    [RootTheory]
    [InlineData("exit 0", 0)]
    [InlineData("exit 7", 7)]
    [InlineData("kill -TERM $$", 128 + 15)]
    [InlineData("kill -KILL $$", 128 + 9)]
    [InlineData("kill -SEGV $$", 128 + 11)]
    public async Task Its_end_is_the_commands_and_what_was_published_is_gone(string end, int exitCode)
    {
        var result = await Sandbox.RunAsync(AsProcessOne("exec", "--", "/bin/sh", "-c", $"ls \"$ANTHROPIC_CONFIG_DIR/credentials\"; {end}"));

        Assert.Equal(exitCode, result.ExitCode);
        Assert.Equal("environment.json\n", result.OutputText);
        Assert.Equal("", result.ErrorText);
        Assert.Empty(Published);
    }

    [RootFact]
    public async Task Without_a_companion_the_command_is_process_1_itself() =>
        Assert.Equal("1", (await Sandbox.RunAsync(AsProcessOne("exec", "--no-refresh", "--", "/bin/sh", "-c", "echo $$"))).Succeeded().Line);

    [RootFact]
    public async Task The_command_finds_the_rest_as_it_would_as_process_1()
    {
        const string look = "cat; umask; cut -d ' ' -f 5,6,19 /proc/$$/stat; grep -E '^Sig(Blk|Ign)' /proc/self/status; ls /proc/$$/fd; readlink /proc/$$/fd/5; pwd; tr '\\0' '\\n' </proc/$$/cmdline; printf '%s\\n' \"$@\"";
        var variants = new List<string>();
        foreach (var option in new[] { "--no-refresh", "--keep-static-keys" })
        {
            variants.Add((await Sandbox.RunAsync(new Launch("-c", $"""
                trap '' USR1 WINCH; umask 0123; exec 5</etc/passwd
                exec setsid -w unshare --pid --fork --mount-proc perl -MPOSIX -e 'sigprocmask(SIG_SETMASK, POSIX::SigSet->new(SIGUSR2, 40)); exec @ARGV' "$0" exec {option} -- /bin/sh -c "$1" sh 'a b' "$(printf 'x\377y')" ''
                """, PublishedBinary.Path, look)
            { Program = "/bin/sh", Redirections = "<<'END'\nsome input\nEND\n" })).Succeeded().OutputText);
        }

        Assert.StartsWith("some input\n", variants[0], StringComparison.Ordinal);
        Assert.Equal(variants[0], variants[1]);
    }

    [RootTheory]
    [InlineData("TERM")]
    [InlineData("HUP")]
    [InlineData("USR1")]
    [InlineData("RTMIN+3")]
    public async Task A_signal_from_outside_is_the_commands(string signal)
    {
        // docker stop sends it to process 1, and to nobody else.
        var result = (await Sandbox.RunScriptAsync($"""
            mkfifo "$TMPDIR/begun"
            unshare --pid --fork --mount-proc "$1" exec -- bash -c 'trap "echo told; exit 5" {signal}; echo begun >"$TMPDIR/begun"; while :; do sleep 0.05; done' &
            outer=$!
            read -r line <"$TMPDIR/begun"
            kill -{signal} $(cat /proc/$outer/task/$outer/children)
            wait $outer; echo "exit $?"
            """)).Succeeded();

        Assert.Equal("told\nexit 5\n", result.OutputText);
        Assert.Empty(Published);
    }

    [RootFact]
    public async Task A_signal_that_nobody_handles_ends_the_command()
    {
        var result = (await Sandbox.RunScriptAsync("""
            mkfifo "$TMPDIR/begun"
            unshare --pid --fork --mount-proc "$1" exec -- bash -c 'echo begun >"$TMPDIR/begun"; exec sleep 1000' &
            outer=$!
            read -r line <"$TMPDIR/begun"
            kill -TERM $(cat /proc/$outer/task/$outer/children)
            wait $outer; echo "exit $?"
            """)).Succeeded();

        Assert.Equal("exit 143\n", result.OutputText);
    }

    [RootFact]
    public async Task Whoever_loses_its_parent_is_waited_for()
    {
        var result = (await Sandbox.RunAsync(AsProcessOne("exec", "--", "/bin/sh", "-c", """
            for i in 1 2 3 4 5; do (sh -c 'exit 3' &) ; done
            while [ "$(cat /proc/[0-9]*/stat 2>/dev/null | grep -c ' Z 1 ')" != 0 ]; do sleep 0.05; done
            echo none
            """))).Succeeded();

        Assert.Equal("none", result.Line);
    }

    [RootFact]
    public async Task A_key_at_the_terminal_reaches_the_command_once()
    {
        var result = await Sandbox.RunAsync(new Launch("-c", """
            import os, pty, subprocess, sys, time
            count = r'''
            import os, signal, sys, time
            n = 0
            def caught(*_):
                global n
                n += 1
            signal.signal(signal.SIGINT, caught)
            print("foreground", os.tcgetpgrp(0) == os.getpgrp(), flush=True)
            for line in sys.stdin:
                time.sleep(0.3)
                print("interrupts", n, flush=True)
                break
            '''
            pid, terminal = pty.fork()
            if pid == 0:
                os.execvp("unshare", ["unshare", "--pid", "--fork", "--mount-proc", sys.argv[1], "exec", "--", "python3", "-c", count])
            seen = b""
            while b"foreground" not in seen:
                seen += os.read(terminal, 1000)
            os.write(terminal, b"\x03")
            time.sleep(0.3)
            os.write(terminal, b"x\n")
            while b"interrupts" not in seen or not seen.endswith(b"\n"):
                seen += os.read(terminal, 1000)
            print(seen.decode().replace("\r", ""))
            """, PublishedBinary.Path)
        { Program = "python3" });

        Assert.Contains("foreground True", result.Succeeded().OutputText, StringComparison.Ordinal);
        Assert.Contains("interrupts 1\n", result.OutputText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Where_it_adopts_without_being_process_1_the_command_has_no_child_either()
    {
        var result = await Sandbox.RunAsync(new Launch("-c", """
            import ctypes, os, sys
            ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)  # PR_SET_CHILD_SUBREAPER
            os.execv(sys.argv[1], [sys.argv[1], "exec", "--", "perl", "-e", "$| = 1;" + sys.argv[2] + "kill 'TERM', $$; sleep 100"])
            """, PublishedBinary.Path, WaitForAll)
        { Program = "python3" });

        Assert.Equal(128 + 15, result.ExitCode);
        Assert.Equal("done\n", result.OutputText);
        Assert.Empty(Published);
    }

    [RootFact]
    public async Task What_cannot_be_run_is_told_as_ever()
    {
        (await Sandbox.RunAsync(AsProcessOne("exec", "--", "no-such-command-anywhere"))).Failed("AB0708", 127);
        (await Sandbox.RunAsync(AsProcessOne("exec", "--", "/etc/passwd"))).Failed("AB0708", 126);
        var script = Sandbox.WriteFile("script", "echo \"ran $1\"\n", UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        Assert.Equal("ran x", (await Sandbox.RunAsync(AsProcessOne("exec", "--", script, "x"))).Succeeded().Line);

        Assert.Empty(Published);
    }

    private static Launch AsProcessOne(params string[] arguments) =>
        new(["--pid", "--fork", "--mount-proc", PublishedBinary.Path, .. arguments]) { Program = "unshare" };

    private string[] Published => Directory.Exists(Path.Combine(Sandbox.Cache, "exec")) ? Directory.GetDirectories(Path.Combine(Sandbox.Cache, "exec")) : [];
}
