namespace AotBroker.EndToEnd.Tests;

/// <summary>The command finds everything as it would without the broker: each test runs it both ways and compares octets.</summary>
public sealed class ExecInheritanceTests : BrokerTest
{
    private const string ProcessState = "grep -E '^(SigBlk|SigIgn|SigCgt|ShdPnd|Umask|NoNewPrivs|Seccomp|CapEff|CapAmb|Cpus_allowed|Threads):' /proc/self/status";

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        UseFederationVariables();
        (await Sandbox.RunAsync("get")).Succeeded();
    }

    [Fact]
    public async Task Arguments_arrive_octet_by_octet()
    {
        var output = await SameAsync("""
            invalid=$(printf 'a\377\376\355\240\200b')
            lines='one
            two'
            $run /bin/sh -c 'printf "%s\0" "$@"' sh 'a b' "$lines" "$invalid" '' 'ä€😀' '*' '$HOME' '"' "'" '\' '--' '-x' "$(printf '\001\177')" ''
            """);

        Assert.Contains((byte)0xFF, output);
        Assert.Equal(14, output.Count(octet => octet == 0));
    }

    [Fact]
    public async Task Many_long_arguments_arrive()
    {
        var output = await SameAsync("""
            long=$(head -c 100000 /dev/zero | tr '\0' x)
            $run /bin/sh -c 'printf "%s\n" "$@" | cksum; echo $#' sh "$long" "$long" "$long" $(seq 5000)
            """);

        Assert.Contains("5003", System.Text.Encoding.ASCII.GetString(output), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Variables_arrive_octet_by_octet_but_for_what_exec_sets()
    {
        var output = await SameAsync("""
            export INVALID="$(printf 'a\377\376b')" EMPTY= LINES_OF='one
            two' EQUALS='a=b=c'
            $run env -0 | sort -z | grep -z -v -E '^(ANTHROPIC_CONFIG_DIR|ANTHROPIC_PROFILE|AOTBROKER_EXEC_DIR|_)='
            """);

        Assert.Contains((byte)0xFF, output);
    }

    [Theory]
    [InlineData("")]
    [InlineData("trap '' INT QUIT HUP TERM USR1")]
    [InlineData("trap '' CHLD TSTP WINCH")]
    [InlineData("trap '' ALRM URG")]
    [InlineData("trap '' PIPE")]
    [InlineData("trap '' HUP PIPE XFSZ SEGV FPE")]
    public async Task Signals_are_ignored_caught_and_blocked_as_before(string before) =>
        await SameAsync($"{before}\n$run {ProcessState}\n");

    [Fact]
    public async Task Blocked_signals_stay_blocked()
    {
        var output = await SameAsync("""
            cat >"$TMPDIR/block.py" <<'END'
            import os, signal, sys
            signal.signal(signal.SIGPIPE, signal.SIG_DFL)
            signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR1, signal.SIGTERM, signal.SIGCHLD, 34, 40])
            os.execvp(sys.argv[1], sys.argv[1:])
            END
            python3 "$TMPDIR/block.py" $run grep -E '^(SigBlk|SigIgn):' /proc/self/status
            """.Replace("$run grep", "${run:-env} grep", StringComparison.Ordinal));

        Assert.DoesNotContain("SigBlk:\t0000000000000000", System.Text.Encoding.ASCII.GetString(output), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_broken_pipe_ends_the_command()
    {
        // With SIGPIPE ignored `yes` would say so and fail; were it to hang, the harness's patience would end.
        var output = await SameAsync("""
            { $run yes; echo "exit $?" >"$TMPDIR/status"; } 2>"$TMPDIR/error" | head -n 1
            cat "$TMPDIR/status" "$TMPDIR/error"
            """);

        Assert.Equal("y\nexit 141\n", System.Text.Encoding.ASCII.GetString(output));
    }

    [Fact]
    public async Task Limits_are_as_before()
    {
        var output = await SameAsync("""
            ulimit -Sn 200; ulimit -Hn 300; ulimit -Sc 0; ulimit -Ss 4096
            $run cat /proc/self/limits
            """);

        Assert.Matches("Max open files +200 +300 ", System.Text.Encoding.ASCII.GetString(output));
    }

    [Fact]
    public async Task Open_files_are_handed_on_and_none_is_added()
    {
        var output = await SameAsync("""
            exec 5</etc/passwd 7>/dev/null
            $run /bin/sh -c 'ls /proc/$$/fd; readlink /proc/$$/fd/0 /proc/$$/fd/5 /proc/$$/fd/7'
            """);

        Assert.Contains("/etc/passwd", System.Text.Encoding.ASCII.GetString(output), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Standard_input_is_the_commands()
    {
        var output = await SameAsync("printf 'some input' | $run cat");

        Assert.Equal("some input"u8.ToArray(), output);
    }

    [Fact]
    public async Task Directory_mask_group_session_and_priority_are_as_before() => await SameAsync("""
        mkdir -p "$TMPDIR/a b"; cd "$TMPDIR/a b"; umask 0123
        $run /bin/sh -c 'pwd; umask; cut -d " " -f 5-8,18,19 /proc/$$/stat; cat /proc/$$/oom_score_adj'
        """);

    /// <summary>Runs a script with <c>$run</c> as nothing and as the broker's exec; both must write the same.</summary>
    private async Task<byte[]> SameAsync(string script)
    {
        var plain = (await Sandbox.RunScriptAsync("run=\n" + script)).Succeeded();
        var brokered = (await Sandbox.RunScriptAsync("run=\"$1 exec --\"\n" + script)).Succeeded();
        Assert.Equal(System.Text.Encoding.Latin1.GetString(plain.Output), System.Text.Encoding.Latin1.GetString(brokered.Output));
        Assert.NotEmpty(plain.Output);
        return brokered.Output;
    }
}
