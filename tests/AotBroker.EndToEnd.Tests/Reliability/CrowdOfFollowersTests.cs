namespace AotBroker.EndToEnd.Tests;

/// <summary>Five hundred processes at once, and what may become of the one that exchanges for all.</summary>
[Collection(Bursts.Name)]
public sealed class CrowdOfFollowersTests : BrokerTest
{
    private const string LeadersKill = "the endpoint holds its answer; SIGKILL to the leader while others wait for it";

    [Fact]
    public async Task Nothing_goes_wrong()
    {
        UseFederationVariables();

        var crowd = await Crowd.RunAsync(Sandbox, "get");

        Assert.NotNull(Endpoint.Grants.Find(await crowd.CredentialAsync()));
        Assert.Equal((1, 1), (Endpoint.Events.Presentations, Endpoint.Events.GrantedExchanges));
        ReliabilityTable.Check(
            fault: "none", "a cold cache and one single-use token", Crowd.Runs, $"{Crowd.Told(Endpoint)}; {await crowd.ToldAsync()}");
    }

    [Fact]
    public async Task The_leader_is_killed_and_the_source_mints()
    {
        UseGitHubVariables();

        var crowd = await FollowAKilledLeaderAsync();

        Assert.NotNull(Endpoint.Grants.Find(await crowd.CredentialAsync()));
        Assert.Equal((2, 0), (Endpoint.Events.Presentations, Aftermath.Repeated(Endpoint)));
        ReliabilityTable.Check(
            fault: "the leader is killed; the source mints", LeadersKill, Crowd.RunsAfterOne, $"{Crowd.Told(Endpoint)}; {await crowd.ToldAsync()}");
    }

    [Fact]
    public async Task The_leader_is_killed_with_the_only_token()
    {
        UseFederationVariables();

        var crowd = await FollowAKilledLeaderAsync();

        // One makes the one further attempt; the others are told what came of it, or, later than that is remembered, who made it.
        await crowd.FailedAsync("AB0501", "AB0408");
        Assert.Single(Sandbox.Processes, process => process.Result!.ErrorText.Contains("warning[AB0707]", StringComparison.Ordinal));
        Assert.Equal((2, 1), (Endpoint.Events.Presentations, Aftermath.Repeated(Endpoint)));
        var told = Crowd.Told(Endpoint);
        NewIdentityFile();
        Assert.NotNull(Endpoint.Grants.Find((await Sandbox.RunAsync("get")).Succeeded().Line));
        ReliabilityTable.Check(
            fault: "the leader is killed with the only token",
            LeadersKill,
            Crowd.RunsAfterOne,
            $"{told} (reported: AB0707); {Crowd.Size} refusals (AB0408, AB0501); a credential once the token is rotated");
    }

    [Fact]
    public async Task The_leader_is_killed_and_the_token_was_rotated()
    {
        UseFederationVariables();

        var crowd = await FollowAKilledLeaderAsync(() => NewIdentityFile());

        Assert.NotNull(Endpoint.Grants.Find(await crowd.CredentialAsync()));
        Assert.Equal((2, 0), (Endpoint.Events.Presentations, Aftermath.Repeated(Endpoint)));
        ReliabilityTable.Check(
            fault: "the leader is killed, and the token file rotates before that", LeadersKill, Crowd.RunsAfterOne, $"{Crowd.Told(Endpoint)}; {await crowd.ToldAsync()}");
    }

    [Fact]
    public async Task The_leader_is_stopped_for_longer_than_the_others_may_wait()
    {
        const int Deadline = 2;
        UseFederationVariables();
        var leader = await HoldALeaderAsync();
        leader.Signal(Posix.SignalStop);

        var crowd = await Crowd.RunAsync(Sandbox, "get", "--timeout", $"{Deadline}");

        await crowd.FailedAsync("AB0702");
        await crowd.WaitedNoLongerThanAsync(Deadline);
        Endpoint.Faults.ReleaseHeld();
        leader.Signal(Posix.SignalContinue);
        var token = (await leader.WaitAsync()).Succeeded().Line;
        var after = await Crowd.RunAsync(Sandbox, "get");
        Assert.Equal(token, await after.CredentialAsync());
        Assert.Equal(1, Endpoint.Events.Presentations);
        ReliabilityTable.Check(
            fault: "the leader is stopped past the others' deadline",
            "the endpoint holds its answer; SIGSTOP to the leader, and SIGCONT when all others have given up",
            Crowd.RunsAfterOne + ", and as many again",
            $"{Crowd.Told(Endpoint)}; stopped: {await crowd.ToldAsync()}, within their deadline; continued: {await after.ToldAsync()}");
    }

    private async Task<Crowd> FollowAKilledLeaderAsync(Action? before = null)
    {
        var leader = await HoldALeaderAsync();
        var witness = Sandbox.Start([.. Crowd.PatientGet, "--verbose"]);
        await witness.WaitForErrorAsync("waiting for it");
        var crowd = await Crowd.StartAsync(Sandbox, Crowd.PatientGet);
        before?.Invoke();

        leader.Signal(Posix.SignalKill);

        Assert.Equal(128 + Posix.SignalKill, (await leader.WaitAsync()).ExitCode);
        await crowd.Results;
        Assert.Equal((await crowd.Results)[0].ExitCode == 0, (await witness.WaitAsync()).ExitCode == 0);
        return crowd;
    }

    /// <summary>A process whose token the endpoint has taken, and which waits for the answer.</summary>
    private async Task<BrokerProcess> HoldALeaderAsync()
    {
        Endpoint.Faults.Add(Fault.Hold());
        var leader = Sandbox.Start(Crowd.PatientGet);
        await Endpoint.Events.WaitForAsync(one => one.Spent);
        return leader;
    }
}
