namespace AotBroker.EndToEnd.Tests;

/// <summary>Standard output carries the credential and nothing else, or the exit code says that it did not (invariant 5).</summary>
public sealed class OutputTests : BrokerTest
{
    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        UseFederationVariables();
        (await Sandbox.RunAsync("get")).Succeeded();
    }

    [Theory]
    [InlineData("get")]
    [InlineData("status")]
    [InlineData("version")]
    public async Task A_closed_standard_output_is_an_error(string command) =>
        (await Sandbox.RunAsync(new Launch(command) { Redirections = ">&-" })).Failed("AB0706", 7).Says("Bad file descriptor");

    [Theory]
    [InlineData("get")]
    [InlineData("status")]
    public async Task A_full_device_is_an_error(string command) =>
        (await Sandbox.RunAsync(new Launch(command) { Redirections = ">/dev/full" })).Failed("AB0706", 7).Says("No space left on device");

    [Fact]
    public async Task A_pipe_that_nobody_reads_is_an_error_and_no_death_by_signal()
    {
        // The reader has gone before the broker begins: the FIFO tells.
        var gone = Path.Combine(Sandbox.Root, "gone");
        Posix.MakeFifo(gone);
        var result = await Sandbox.RunScriptAsync($"{{ read -r _ <'{gone}'; \"$1\" get; echo \"exit $?\" >&2; }} | {{ exec <&-; echo >'{gone}'; }}\n");

        result.Says("error[AB0706]").Says("Broken pipe").Says("exit 7");
        Assert.Empty(result.Output);
    }

    [Fact]
    public async Task A_closed_standard_error_does_not_matter()
    {
        Assert.Equal(0, (await Sandbox.RunAsync(new Launch("get") { Redirections = "2>&-" })).ExitCode);
        Assert.Equal(3, (await Sandbox.RunAsync(new Launch("get", "--profile", "none") { Redirections = "2>&-" })).ExitCode);
    }

    [Fact]
    public async Task With_closed_standard_streams_no_file_takes_their_place()
    {
        NewIdentityFile();

        var result = await Sandbox.RunAsync(new Launch("get", "--force-refresh") { Redirections = "<&- >&- 2>&-" });

        Assert.Equal(7, result.ExitCode);
        Assert.NotNull(Endpoint.Grants.Find((await Sandbox.RunAsync("get")).Succeeded().Line));
        Assert.All(Directory.GetFiles(Sandbox.Cache, "*.lock"), path => Assert.Equal(0, new FileInfo(path).Length));
    }
}
