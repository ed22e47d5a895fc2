namespace AotBroker.EndToEnd.Tests;

/// <summary>`--wait`: processes that wait for the platform to write another identity token.</summary>
[Collection(Bursts.Name)]
public sealed class WaitTests : BrokerTest
{
    private const string Waiting = "waiting for another identity token";

    [Fact]
    public async Task Ten_processes_that_wait_make_one_exchange_when_the_file_is_rotated()
    {
        await SpendAsync();

        var processes = Enumerable.Range(0, 10).Select(_ => Sandbox.Start("get", "--wait", "110")).ToArray();
        foreach (var process in processes)
        {
            await process.WaitForErrorAsync(Waiting);
        }

        NewIdentityFile();
        var results = await Task.WhenAll(processes.Select(process => process.WaitAsync()));

        Assert.All(results, result => Assert.Equal((0, 1), (result.ExitCode, result.ErrorLines.Length)));
        Assert.Single(results.Select(result => result.OutputText).Distinct());
        Assert.Equal(2, Endpoint.Events.Presentations);
    }

    [Fact]
    public async Task A_command_starts_when_its_credential_is_there()
    {
        await SpendAsync();

        var process = Sandbox.Start("exec", "--no-refresh", "--wait=110", "--", "echo", "ran");
        await process.WaitForErrorAsync(Waiting);
        NewIdentityFile();
        var result = await process.WaitAsync();

        Assert.Equal((0, "ran\n"), (result.ExitCode, result.OutputText));
    }

    [Fact]
    public async Task When_the_time_is_over_the_error_is_the_first()
    {
        await SpendAsync();

        var result = await Sandbox.RunAsync("get", "--wait", "2");

        Assert.Equal((4, 0), (result.ExitCode, result.Output.Length));
        Assert.Contains(Waiting, result.ErrorLines[0], StringComparison.Ordinal);
        Assert.StartsWith("aotbroker: error[AB0408]", result.ErrorLines[1], StringComparison.Ordinal);
    }

    /// <summary>The token gives a credential, which gets lost.</summary>
    private async Task SpendAsync()
    {
        UseFederationVariables();
        (await Sandbox.RunAsync("get")).Succeeded();
        (await Sandbox.RunAsync("clear")).Succeeded();
    }
}
