namespace AotBroker.EndToEnd.Tests;

/// <summary>The process that exchanges does not move: nothing waits for it without a deadline (invariant 6).</summary>
public sealed class StoppedLeaderTests : BrokerTest
{
    [Fact]
    public async Task A_follower_gives_up_at_its_deadline_and_the_leader_goes_on_when_it_is_continued()
    {
        UseFederationVariables();
        Endpoint.Faults.Add(Fault.Hold());
        var leader = Sandbox.Start("get");
        await Endpoint.Events.WaitForAsync(one => one.Spent);
        leader.Signal(Posix.SignalStop);

        var follower = await Sandbox.RunAsync("get", "--timeout", "1");
        follower.Failed("AB0702", 7).Says("for longer than this one may wait (1 s)").Says("SIGSTOP");
        Assert.Equal(1, Endpoint.Events.Presentations);

        Endpoint.Faults.ReleaseHeld();
        leader.Signal(Posix.SignalContinue);
        var token = (await leader.WaitAsync()).Succeeded().Line;
        Assert.Equal(token, (await Sandbox.RunAsync("get")).Succeeded().Line);
        Assert.Equal(1, Endpoint.Events.Presentations);
    }

    [Fact]
    public async Task A_leader_whose_endpoint_is_silent_gives_up_at_its_own_deadline()
    {
        UseFederationVariables();
        Endpoint.Faults.Add(Fault.Hang(), times: null);

        // Time enough, on a loaded machine, for the request to be read.
        (await Sandbox.RunAsync("get", "--timeout", "6")).Failed("AB0603", 6).Says("did not answer in time");

        Assert.Equal(1, Endpoint.Events.Presentations);
    }
}
