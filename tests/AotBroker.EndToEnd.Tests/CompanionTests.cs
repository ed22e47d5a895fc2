namespace AotBroker.EndToEnd.Tests;

/// <summary>The process beside a command: what it takes away in the end, and that the command does not notice it.</summary>
public sealed class CompanionTests : BrokerTest
{
    /// <summary>Shell: sets $companion to the id of the process that watches the shell.</summary>
    private const string Find = """
        for p in /proc/[0-9]*; do
          [ "$(tr "\0" " " 2>/dev/null <$p/cmdline | cut -d " " -f 1-4)" = "aotbroker companion stay $$" ] && companion=${p#/proc/}
        done
        """;

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        UseFederationVariables();
    }

    [Theory]
    [InlineData("exit 0", 0)]
    [InlineData("exit 3", 3)]
    [InlineData("kill -TERM $$", 128 + 15)]
    [InlineData("kill -KILL $$", 128 + 9)]
    [InlineData("kill -SEGV $$", 128 + 11)]
    [InlineData("kill -INT $$", 128 + 2)]
    [InlineData("kill -HUP 0", 128 + 1)]
    public async Task What_was_published_is_gone_when_the_command_has_ended(string end, int exitCode)
    {
        // A session of its own, so that a signal to the group does not reach the test.
        var result = await Sandbox.RunAsync(new Launch("-w", PublishedBinary.Path, "exec", "--", "/bin/sh", "-c", $"ls \"$ANTHROPIC_CONFIG_DIR/credentials\"; {end}") { Program = "setsid" });

        Assert.Equal(exitCode, result.ExitCode);
        Assert.Equal("environment.json\n", result.OutputText);
        Assert.Equal("", result.ErrorText);
        // Standard error was read to its end: the companion had let go of it, and before that removed everything.
        Assert.Empty(Published);
    }

    [Fact]
    public async Task It_is_no_child_of_the_command_is_in_no_terminals_session_and_holds_none_of_its_files()
    {
        var result = (await Sandbox.RunScriptAsync($$"""
            exec 5</etc/passwd
            "$1" exec -- /bin/sh -c '
              {{Find}}
              read -r children </proc/$$/task/$$/children; echo "children: $children"
              [ "$(cut -d " " -f 4 /proc/$companion/stat)" != $$ ] && echo "no child"
              [ "$(cut -d " " -f 6 /proc/$companion/stat)" = $companion ] && echo "leads a session"
              for descriptor in /proc/$companion/fd/*; do readlink $descriptor; done | grep -c passwd
              [ "$(readlink /proc/$companion/fd/1)" != "$(readlink /proc/$$/fd/1)" ] && echo "another output"
              tr "\0" "\n" </proc/$companion/cmdline | sed -n "1,3p"
            '
            """)).Succeeded();

        Assert.Equal("children: \nno child\nleads a session\n0\nanother output\naotbroker\ncompanion\nstay\n", result.OutputText);
    }

    [Fact]
    public async Task A_command_that_waits_for_all_its_children_does_not_wait_for_it()
    {
        var result = await Sandbox.RunAsync("exec", "--", "python3", "-c", """
            import os
            try:
                os.wait()
            except ChildProcessError:
                print("no child")
            """);

        Assert.Equal("no child", result.Succeeded().Line);
    }

    [Fact]
    public async Task Whoever_asks_it_to_end_is_told_by_the_commands_end()
    {
        var result = (await Sandbox.RunAsync("exec", "--", "/bin/sh", "-c", $$"""
            {{Find}}
            kill -TERM $companion; kill -INT $companion; kill -HUP $companion
            sleep 0.3
            kill -0 $companion && ls "$ANTHROPIC_CONFIG_DIR/credentials"
            """)).Succeeded();

        Assert.Equal("environment.json", result.Line);
        Assert.Empty(Published);
    }

    [Fact]
    public async Task When_it_was_killed_the_command_goes_on_and_a_later_exec_sweeps()
    {
        var result = (await Sandbox.RunAsync("exec", "--", "/bin/sh", "-c", $$"""
            {{Find}}
            kill -KILL $companion
            while kill -0 $companion 2>/dev/null; do sleep 0.05; done
            echo "$ANTHROPIC_CONFIG_DIR"
            """)).Succeeded();

        Assert.Equal(result.Line, Assert.Single(Published));
        (await Sandbox.RunAsync("clear", "--all")).Succeeded();
        Assert.Empty(Published);
    }

    [RootFact]
    public async Task What_was_left_in_a_container_that_was_killed_is_removed_by_clear_in_another_one()
    {
        (await Sandbox.RunScriptAsync("""
            mkfifo "$TMPDIR/begun"
            unshare --pid --fork --mount-proc "$1" exec -- /bin/sh -c 'echo >"$TMPDIR/begun"; exec sleep 1000' 2>/dev/null &
            read -r line <"$TMPDIR/begun"
            kill -KILL $(cat /proc/$!/task/$!/children)
            wait $!; exit 0
            """)).Succeeded();
        Assert.Single(Published);

        // The lock tells, although there is a process 1 again.
        (await Sandbox.RunAsync(new Launch("--pid", "--fork", "--mount-proc", PublishedBinary.Path, "clear", "--all") { Program = "unshare" })).Succeeded();

        Assert.Empty(Published);
    }

    [RootTheory]
    [InlineData("")]
    [InlineData("--no-refresh")]
    public async Task Clear_in_another_container_leaves_what_a_living_command_has(string option)
    {
        UseGitHubVariables();
        Sandbox.Environment.Remove("ANTHROPIC_IDENTITY_TOKEN_FILE");
        var result = (await Sandbox.RunScriptAsync($"""
            "$1" exec {option} -- /bin/sh -c 'unshare --pid --fork --mount-proc "$0" clear --all; ls "$ANTHROPIC_CONFIG_DIR/credentials"' "$1"
            unshare --pid --fork --mount-proc "$1" exec {option} -- /bin/sh -c 'unshare --pid --fork --mount-proc "$0" clear --all; ls "$ANTHROPIC_CONFIG_DIR/credentials"' "$1"
            """)).Succeeded();

        Assert.Equal(2, result.OutputText.Split("environment.json\n").Length - 1);
        if (option.Length > 0)
        {
            foreach (var left in Published)
            {
                Directory.Delete(left, recursive: true);
            }
        }
    }

    [Fact]
    public async Task What_cannot_be_run_leaves_nothing()
    {
        (await Sandbox.RunAsync("exec", "--", "no-such-command-anywhere")).Failed("AB0708", 127);

        Assert.Empty(Published);
    }

    [StraceFact]
    public async Task Where_no_process_can_be_started_the_command_runs_and_is_told()
    {
        var result = await Sandbox.RunAsync(new Launch("-f", "-P", "/proc/self/exe", "-e", "inject=execve:error=EAGAIN", "-o", "/dev/null", PublishedBinary.Path, "exec", "--", "/bin/echo", "ran") { Program = "strace" });

        Assert.Equal("ran", result.SucceededWith("AB0710").Line);
    }

    [Fact]
    public async Task Twenty_commands_at_once_share_one_exchange_and_leave_nothing()
    {
        var results = await Sandbox.RunTogetherAsync(20, _ => new Launch("exec", "--", "/bin/sh", "-c", "cat \"$ANTHROPIC_CONFIG_DIR/credentials/$ANTHROPIC_PROFILE.json\""));

        Assert.Single(results.Select(result => result.Succeeded().OutputText).Distinct());
        Assert.Equal(1, Endpoint.Events.Presentations);
        Assert.Empty(Published);
    }

    [Fact]
    public async Task A_renewal_that_is_under_way_when_the_command_ends_is_not_lost()
    {
        UseGitHubVariables();
        Sandbox.Environment.Remove("ANTHROPIC_IDENTITY_TOKEN_FILE");
        Endpoint.Faults.Add(Fault.ExpiresIn(3));
        Endpoint.Faults.Add(Fault.Hold()); // The renewal: it comes within a second.
        var command = Sandbox.Start("exec", "--", "/bin/sh", "-c", "while [ ! -e \"$TMPDIR/end\" ]; do sleep 0.05; done");
        await Endpoint.Events.WaitForAsync(_ => Endpoint.Events.Presentations == 2);

        Sandbox.WriteFile("tmp/end", "");
        // It does not wait for the endpoint...
        (await command.WaitAsync()).Succeeded();
        Assert.Empty(Published);
        Endpoint.Faults.ReleaseHeld();
        await Companions.OverAsync(Sandbox);

        // ...and what the endpoint then grants is the next one's: what is left of the first would not be enough.
        (await Sandbox.RunAsync("get", "--min-ttl", "60")).Succeeded();
        Assert.Equal(2, Endpoint.Events.Presentations);
    }

    private string[] Published => Directory.Exists(Path.Combine(Sandbox.Cache, "exec")) ? Directory.GetDirectories(Path.Combine(Sandbox.Cache, "exec")) : [];
}
