namespace AotBroker.EndToEnd.Tests;

/// <summary>Five hundred processes at once, while their files change: the identity is rotated, the cache is removed.</summary>
[Collection(Bursts.Name)]
public sealed class CrowdAndItsFilesTests : BrokerTest
{
    private const string Removal = "rm -rf, while all wait for an answer that the endpoint holds";

    [Fact]
    public async Task The_identity_file_rotates_all_the_time()
    {
        UseFederationVariables();
        using var over = new CancellationTokenSource();
        var rotations = Task.Run(() =>
        {
            var count = 0;
            for (; !over.IsCancellationRequested; count++)
            {
                NewIdentityFile();
            }

            return count;
        });

        var crowd = await Crowd.RunAsync(Sandbox, "get");
        await over.CancelAsync();

        Assert.True(await rotations > 1);
        Assert.NotNull(Endpoint.Grants.Find(await crowd.CredentialAsync()));
        Assert.Equal(1, Endpoint.Events.Presentations);
        ReliabilityTable.Check(
            fault: "the identity file rotates", "it is replaced again and again while they run", Crowd.Runs, $"{Crowd.Told(Endpoint)}; {await crowd.ToldAsync()}");
    }

    [Fact]
    public async Task The_cache_is_removed_during_the_exchange()
    {
        UseFederationVariables();
        var (leader, crowd) = await WaitForALeaderAsync();

        Directory.Delete(Sandbox.Cache, recursive: true);
        Endpoint.Faults.ReleaseHeld();

        var token = (await leader.WaitAsync()).Succeeded().Line;
        Assert.Equal(token, await crowd.CredentialAsync());
        Assert.Equal(token, (await Sandbox.RunAsync("get")).Succeeded().Line);
        Assert.Equal(1, Endpoint.Events.Presentations);

        // What the removed cache had on record is on record again.
        (await Sandbox.RunAsync("get", "--force-refresh")).Failed("AB0408", 4);
        ReliabilityTable.Check(
            fault: "the cache directory is removed", Removal, Crowd.RunsAfterOne, $"{Crowd.Told(Endpoint)}; {await crowd.ToldAsync()}, that of the leader");
    }

    [Fact]
    public async Task The_cache_is_removed_and_the_leader_is_killed_and_the_source_mints()
    {
        UseGitHubVariables();
        var (leader, crowd) = await WaitForALeaderAsync();

        Directory.Delete(Sandbox.Cache, recursive: true);
        leader.Signal(Posix.SignalKill);

        Assert.Equal(128 + Posix.SignalKill, (await leader.WaitAsync()).ExitCode);
        Assert.NotNull(Endpoint.Grants.Find(await crowd.CredentialAsync()));
        Assert.Equal((2, 0), (Endpoint.Events.Presentations, Aftermath.Repeated(Endpoint)));
        ReliabilityTable.Check(
            fault: "the cache directory is removed, and the leader is killed; the source mints", Removal, Crowd.RunsAfterOne, $"{Crowd.Told(Endpoint)}; {await crowd.ToldAsync()}");
    }

    [Fact]
    public async Task The_cache_is_removed_and_the_leader_is_killed_with_the_only_token()
    {
        UseFederationVariables();
        var (leader, crowd) = await WaitForALeaderAsync();

        Directory.Delete(Sandbox.Cache, recursive: true);
        leader.Signal(Posix.SignalKill);

        // The record of the token is gone with the cache; those who waited know that there may have been one.
        Assert.Equal(128 + Posix.SignalKill, (await leader.WaitAsync()).ExitCode);
        await crowd.Results;
        Assert.All(await crowd.Results, result => Assert.InRange(result.ExitCode, 4, 5));
        Assert.Single(await crowd.Results, result => result.ErrorText.Contains("warning[AB0707]", StringComparison.Ordinal));
        Assert.Equal((2, 1), (Endpoint.Events.Presentations, Aftermath.Repeated(Endpoint)));
        ReliabilityTable.Check(
            fault: "the cache directory is removed, and the leader is killed with the only token",
            Removal,
            Crowd.RunsAfterOne,
            $"{Crowd.Told(Endpoint)} (reported: AB0707); {Crowd.Size} refusals (AB0408, AB0501)");
    }

    [Fact]
    public async Task The_cache_is_removed_all_the_time()
    {
        UseGitHubVariables();
        using var over = new CancellationTokenSource();
        var removals = Task.Run(() =>
        {
            var count = 0;
            while (!over.IsCancellationRequested)
            {
                count += TryRemove() ? 1 : 0;
            }

            return count;
        });

        var crowd = await Crowd.RunAsync(Sandbox, "get");
        await over.CancelAsync();

        Assert.True(await removals > 1);
        Assert.All(await crowd.Results, result => Assert.NotNull(Endpoint.Grants.Find(result.SucceededWithNotes().Line)));
        Assert.Equal(0, Aftermath.Repeated(Endpoint));
        ReliabilityTable.Check(
            fault: "the cache directory is removed again and again; the source mints", "rm -rf, all the time", Crowd.Runs, $"{Crowd.Size} successes; no identity token twice");
    }

    private bool TryRemove()
    {
        try
        {
            Directory.Delete(Sandbox.Cache, recursive: true);
            return true;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return false; // Somebody made a file in it meanwhile, or it is not there.
        }
    }

    /// <summary>A process whose token the endpoint has taken, and all others waiting for it.</summary>
    private async Task<(BrokerProcess Leader, Crowd Followers)> WaitForALeaderAsync()
    {
        Endpoint.Faults.Add(Fault.Hold());
        var leader = Sandbox.Start(Crowd.PatientGet);
        await Endpoint.Events.WaitForAsync(one => one.Spent);
        var crowd = await Crowd.StartAsync(Sandbox, [.. Crowd.PatientGet, "--verbose"]);
        await crowd.SayAsync("waiting for it");
        return (leader, crowd);
    }
}
