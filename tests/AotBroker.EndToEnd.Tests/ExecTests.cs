namespace AotBroker.EndToEnd.Tests;

/// <summary>`exec` becomes the command: its process, its signals, its exit code.</summary>
public sealed class ExecTests : BrokerTest
{
    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        UseFederationVariables();
    }

    [Fact]
    public async Task The_command_has_the_process_id_that_was_started()
    {
        var process = Sandbox.Start("exec", "--", "/bin/sh", "-c", "echo $$");

        Assert.Equal($"{process.Id}", (await process.WaitAsync()).Succeeded().Line);
    }

    [Fact]
    public async Task A_signal_reaches_the_command_and_no_broker_is_in_between()
    {
        var process = Sandbox.Start("exec", "--", "/bin/sh", "-c", "sleep 1000 & trap \"kill $!; echo caught; exit 9\" TERM; echo ready >&2; wait");
        await process.WaitForErrorAsync("ready");

        process.Signal(Posix.SignalTerminate);

        var result = await process.WaitAsync();
        Assert.Equal((9, "caught"), (result.ExitCode, result.Line));
    }

    [Theory]
    [InlineData("exit 0", 0)]
    [InlineData("exit 1", 1)]
    [InlineData("exit 5", 5)]
    [InlineData("exit 127", 127)]
    [InlineData("exit 255", 255)]
    [InlineData("kill -9 $$", 128 + 9)]
    [InlineData("kill -15 $$", 128 + 15)]
    public async Task The_exit_code_is_the_commands(string script, int exitCode)
    {
        var result = await Sandbox.RunAsync("exec", "--", "/bin/sh", "-c", script);

        Assert.Equal((exitCode, "", ""), (result.ExitCode, result.OutputText, result.ErrorText));
    }

    [Fact]
    public async Task A_command_is_looked_for_in_PATH() =>
        Assert.Equal("found", (await Sandbox.RunAsync("exec", "--", "echo", "found")).Succeeded().Line);

    [Theory]
    [InlineData("no-such-command-anywhere", 127)]
    [InlineData("./no-such-file", 127)]
    [InlineData("/etc/passwd", 126)]
    [InlineData("/", 126)]
    public async Task A_command_that_cannot_be_run_is_127_or_126_as_in_a_shell(string command, int exitCode)
    {
        var shell = await Sandbox.RunAsync(new Launch("-c", command) { Program = "/bin/sh" });
        Assert.Equal(exitCode, shell.ExitCode);

        (await Sandbox.RunAsync("exec", "--", command)).Failed("AB0708", exitCode).Says($"cannot run {command}");
    }

    [Fact]
    public async Task Without_a_credential_the_command_is_not_run()
    {
        Sandbox.WriteIdentity("not a token");

        (await Sandbox.RunAsync("exec", "--", "echo", "run all the same")).Failed("AB0405", 4);
    }

    [Theory]
    [InlineData("exec", "echo", "--profile", "x", "--help", "--", "--verbose")]
    [InlineData("exec", "--timeout=30", "echo", "--profile", "x", "--help", "--", "--verbose")]
    [InlineData("exec", "--timeout", "30", "--", "echo", "--profile", "x", "--help", "--", "--verbose")]
    public async Task What_follows_the_command_is_the_commands(params string[] arguments) =>
        Assert.Equal("--profile x --help -- --verbose", (await Sandbox.RunAsync(arguments)).Succeeded().Line);

    [Fact]
    public async Task Five_commands_at_once_share_one_exchange()
    {
        var results = await Sandbox.RunTogetherAsync(5, _ => new Launch("exec", "--", "/bin/sh", "-c", "cat \"$ANTHROPIC_CONFIG_DIR\"/credentials/*"));

        Assert.Single(results.Select(result => result.Succeeded().OutputText).Distinct());
        Assert.Equal(1, Endpoint.Events.Presentations);
    }
}
