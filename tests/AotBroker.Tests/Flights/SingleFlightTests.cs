using AotBroker.Errors;
using AotBroker.Exchange;
using AotBroker.Files;
using AotBroker.Flights;
using AotBroker.Http;
using AotBroker.Schemas;
using AotBroker.Settings;
using LocalTokenEndpoint;

namespace AotBroker.Tests;

/// <summary>Any number of processes at the same instant, one exchange.</summary>
public sealed class SingleFlightTests
{
    private const int Count = 32;

    /// <summary>All ask at once; the leader's answer is held until all others sleep in the kernel.</summary>
    private static async Task<(List<Credential> Results, List<Exception> Failures)> ObtainTogether(FederatedMachine machine, Freshness? freshness = null)
    {
        int before = machine.Endpoint.Events.Presentations;
        Threads.Running<Credential> all = Threads.Start(Count, _ => machine.Obtain(freshness, seconds: 60));
        await machine.Endpoint.Events.WaitForAsync(_ => machine.Endpoint.Events.Presentations == before + 1);
        KernelLocks.AwaitWaiters(machine.LockPath, Count - 1);
        machine.Endpoint.Faults.ReleaseHeld();
        return all.Join();
    }

    [Fact]
    public async Task Thirty_two_callers_share_one_exchange()
    {
        await using FederatedMachine machine = await FederatedMachine.StartAsync();
        machine.Endpoint.Faults.Add(Fault.Hold());

        (List<Credential> results, List<Exception> failures) = await ObtainTogether(machine);

        Assert.Empty(failures);
        Assert.Equal(Count, results.Count);
        Assert.Single(results.Distinct());
        Assert.NotNull(machine.Endpoint.Grants.Find(results[0].AccessToken!.Reveal()));
        Assert.Equal(1, machine.Endpoint.Events.Presentations);
        Assert.Empty(machine.Machine.Error.Lines);
    }

    [Fact]
    public async Task Callers_that_nobody_holds_together_share_one_exchange_too()
    {
        for (int round = 0; round < 5; round++)
        {
            await using FederatedMachine machine = await FederatedMachine.StartAsync();

            List<Credential> results = Threads.Start(Count, _ => machine.Obtain(seconds: 60)).Results();

            Assert.Single(results.Distinct());
            Assert.Equal(1, machine.Endpoint.Events.Presentations);
        }
    }

    [Fact]
    public async Task The_leaders_refusal_is_shared()
    {
        // Invariant 9.
        await using FederatedMachine machine = await FederatedMachine.StartAsync();
        machine.RotateToken(new LocalTokenEndpoint.TokenRequest { Subject = "repo:another-org/another-repo:ref" });
        machine.Endpoint.Faults.Add(Fault.Hold());

        (List<Credential> results, List<Exception> failures) = await ObtainTogether(machine);

        Assert.Empty(results);
        Assert.All(failures, static failure => Expect.Error("AB0501", Assert.IsType<BrokerException>(failure)));
        Assert.Equal(Count - 1, failures.Count(static failure => ((BrokerException)failure).Hints.Any(static hint => hint.Contains("got this error", StringComparison.Ordinal))));
        Assert.Equal(1, machine.Endpoint.Events.Presentations);
    }

    [Fact]
    public async Task A_failure_of_the_identitys_own_service_is_shared_too()
    {
        // Invariant 9: the service is asked by one, with its retries, and not by each of those who wait.
        await using FederatedMachine machine = await FederatedMachine.StartAsync();
        machine.UseGitHub();
        machine.Endpoint.Faults.Add(FaultTarget.GitHub, Fault.Status(503), times: null);

        (List<Credential> results, List<Exception> failures) = Threads.Start(8, _ => machine.Obtain(seconds: 60)).Join();

        Assert.Empty(results);
        Assert.All(failures, static failure => Expect.Error("AB0409", Assert.IsType<BrokerException>(failure)));
        Assert.Equal(3, machine.Endpoint.Events.At(EndpointPaths.GitHub).Count);

        machine.Endpoint.Faults.Clear();
        machine.Machine.Clock.Advance(5);
        machine.Obtain();
    }

    [Fact]
    public async Task Callers_that_force_a_refresh_together_share_one_refusal()
    {
        await using FederatedMachine machine = await FederatedMachine.StartAsync();
        machine.UseGitHub();
        machine.Endpoint.Faults.Add(Fault.Status(401));
        Expect.Error("AB0501", () => machine.Obtain());
        machine.Machine.Clock.Advance(1);
        machine.Endpoint.Rules.Change(static rule => rule with { SubjectPrefix = "repo:another-org/" });
        machine.Endpoint.Faults.Add(Fault.Hold());

        (List<Credential> results, List<Exception> failures) = await ObtainTogether(machine, new Freshness { Force = true });

        Assert.Empty(results);
        Assert.All(failures, static failure => Expect.Error("AB0501", Assert.IsType<BrokerException>(failure)));
        Assert.Equal(2, machine.Endpoint.Events.Presentations);
    }

    [Fact]
    public async Task Callers_that_force_a_refresh_together_share_one_exchange()
    {
        await using FederatedMachine machine = await FederatedMachine.StartAsync();
        machine.UseGitHub();
        Credential old = machine.Obtain();
        machine.Endpoint.Faults.Add(Fault.Hold());

        (List<Credential> results, List<Exception> failures) = await ObtainTogether(machine, new Freshness { Force = true });

        Assert.Empty(failures);
        Assert.NotEqual(old.AccessToken, Assert.Single(results.Distinct()).AccessToken);
        Assert.Equal(2, machine.Endpoint.Events.GrantedExchanges);
    }

    [Fact]
    public async Task Callers_that_ask_for_more_than_is_granted_share_one_exchange()
    {
        await using FederatedMachine machine = await FederatedMachine.StartAsync();
        machine.Endpoint.Faults.Add(Fault.Hold());

        (List<Credential> results, List<Exception> failures) = await ObtainTogether(machine, new Freshness { MinimumLife = 86_400 });

        Assert.Empty(failures);
        Assert.Single(results.Distinct());
        Assert.Equal(1, machine.Endpoint.Events.Presentations);
    }

    [Fact]
    public async Task When_the_leader_dies_with_nothing_to_show_one_follower_takes_its_place()
    {
        // Invariant 4: the kernel gives the lock back, however the process ends.
        await using FederatedMachine machine = await FederatedMachine.StartAsync();
        CacheDirectory.Of(machine.Machine.Environment).Prepare();
        FlightLock leader = FlightLock.Open(machine.LockPath);
        Assert.True(leader.TryLead());
        Threads.Running<Credential> followers = Threads.Start(8, _ => machine.Obtain(seconds: 60));
        KernelLocks.AwaitWaiters(machine.LockPath, 8);
        Assert.Equal(0, machine.Endpoint.Events.Presentations);

        leader.Dispose();

        Assert.Single(followers.Results().Distinct());
        Assert.Equal(1, machine.Endpoint.Events.Presentations);
    }

    [Fact]
    public async Task A_leader_that_hangs_is_waited_for_until_the_deadline()
    {
        // Invariant 6.
        await using FederatedMachine machine = await FederatedMachine.StartAsync();
        CacheDirectory.Of(machine.Machine.Environment).Prepare();
        using FlightLock leader = FlightLock.Open(machine.LockPath);
        Assert.True(leader.TryLead());

        Expect.Error("AB0702", () => machine.Obtain(seconds: 0.1));

        Assert.Equal(0, machine.Endpoint.Events.Presentations);
    }

    [Fact]
    public async Task While_another_renews_the_old_credential_is_served_without_waiting()
    {
        await using FederatedMachine machine = await FederatedMachine.StartAsync();
        Credential old = machine.Obtain();
        machine.Machine.Clock.Now = old.ExpiresAt - 100;
        using FlightLock leader = FlightLock.Open(machine.LockPath);
        Assert.True(leader.TryLead());

        Assert.Equal(old, machine.Obtain(seconds: 0.1));

        machine.Machine.Clock.Now = old.ExpiresAt - 30;
        Expect.Error("AB0702", () => machine.Obtain(seconds: 0.1));
    }

    [Fact]
    public async Task Whoever_calls_but_once_waits_for_the_renewal()
    {
        await using FederatedMachine machine = await FederatedMachine.StartAsync();
        Credential old = machine.Obtain();
        machine.Machine.Clock.Now = old.ExpiresAt - 100;
        machine.RotateToken();
        FlightLock leader = FlightLock.Open(machine.LockPath);
        Assert.True(leader.TryLead());
        Threads.Running<Credential> waiting = Threads.Start(1, _ => machine.Obtain(new Freshness { Patient = true }, seconds: 60));
        KernelLocks.AwaitWaiters(machine.LockPath, 1);

        leader.Dispose();

        Assert.NotEqual(old.AccessToken, Assert.Single(waiting.Results()).AccessToken);
    }

    [Fact]
    public async Task Whoever_calls_but_once_takes_the_old_credential_where_the_renewal_does_not_come()
    {
        await using FederatedMachine machine = await FederatedMachine.StartAsync();
        Credential old = machine.Obtain();
        machine.Machine.Clock.Now = old.ExpiresAt - 100;
        using FlightLock leader = FlightLock.Open(machine.LockPath);
        Assert.True(leader.TryLead());

        Assert.Equal(old, machine.Obtain(new Freshness { Patient = true }, seconds: 0.1));

        Assert.Contains(machine.Machine.Error.Lines, static line => line.StartsWith("aotbroker: warning[AB0804]", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_profile_that_shares_the_token_waits_for_the_flight_and_does_not_present_it()
    {
        // Invariant 1, across two keys.
        await using FederatedMachine machine = await FederatedMachine.StartAsync();
        machine.Endpoint.Faults.Add(Fault.Hold());
        Threads.Running<Credential> one = Threads.Start(1, _ => machine.Obtain(seconds: 60));
        await machine.Endpoint.Events.WaitForAsync(static one => one.Path == EndpointPaths.Token);
        string held = Assert.Single(Directory.GetFiles(machine.Machine.CacheDirectory, "presented-*.json"));

        machine.Machine.Variables["ANTHROPIC_WORKSPACE_ID"] = machine.Endpoint.Rule.Workspaces[0];
        Threads.Running<Credential> other = Threads.Start(1, _ => machine.Obtain(seconds: 60));
        KernelLocks.AwaitWaiters(held, 1);
        machine.Endpoint.Faults.ReleaseHeld();

        one.Results();
        var error = Expect.Error("AB0408", (BrokerException)Assert.Single(other.Join().Failures));
        Assert.Contains("gave a credential", error.Message, StringComparison.Ordinal);
        Assert.Equal(1, machine.Endpoint.Events.Presentations);
    }
}
