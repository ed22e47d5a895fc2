namespace AotBroker.EndToEnd.Tests;

/// <summary>A test of a job that uses the action.</summary>
public abstract class ActionTest : BrokerTest
{
    public override async Task DisposeAsync()
    {
        await Keepers.OverAsync(Sandbox.Root);
        await base.DisposeAsync();
    }

    private protected Job NewJob(string name = "job", bool isContainer = false) => new(Sandbox, Endpoint, name) { IsContainer = isContainer };

    /// <summary>Neither a process nor a file.</summary>
    private protected void AssertNothingIsLeft(Job job)
    {
        // What was killed may still be ending, on a machine under load.
        Assert.True(SpinWait.SpinUntil(() => Keepers.Of(Sandbox.Root).Length == 0, BrokerProcess.Patience), "a process is left");
        Assert.Empty(Directory.GetFileSystemEntries(job.Temporary));
    }

    protected static async Task WaitForFileAsync(string path)
    {
        using var patience = new CancellationTokenSource(BrokerProcess.Patience);
        while (!File.Exists(path))
        {
            await Task.Delay(10, patience.Token);
        }
    }
}
