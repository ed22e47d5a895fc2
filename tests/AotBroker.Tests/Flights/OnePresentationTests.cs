using AotBroker.Errors;
using AotBroker.Schemas;
using AotBroker.Store;
using LocalTokenEndpoint;

namespace AotBroker.Tests;

/// <summary>Invariant 1: a token whose presentation reached the endpoint is never presented again, but for one reported try.</summary>
public sealed class OnePresentationTests
{
    private static string[] Reports(FederatedMachine machine) =>
        [.. machine.Machine.Error.Lines.Where(static line => line.StartsWith("aotbroker: warning[AB0707]", StringComparison.Ordinal))];

    private static PresentedTokenRecords Records(FederatedMachine machine) => new(CacheDirectory.Of(machine.Machine.Environment), machine.Machine.Environment);

    [Fact]
    public async Task A_token_that_gave_a_credential_is_not_presented_again_when_that_expires()
    {
        await using FederatedMachine machine = await FederatedMachine.StartAsync(
            new FederationRule { SubjectPrefix = LocalEndpointOptions.DefaultSubjectPrefix, TokenLifetimeSeconds = 60 });
        machine.Machine.Clock.Now = machine.Obtain().ExpiresAt;

        var error = Expect.Error("AB0408", () => machine.Obtain());

        Assert.Contains("already presented 1 min ago", error.Message, StringComparison.Ordinal);
        Assert.Contains($"process {Environment.ProcessId}", error.Message, StringComparison.Ordinal);
        Assert.Contains("gave a credential", error.Message, StringComparison.Ordinal);
        Assert.Equal(1, machine.Endpoint.Events.Presentations);
    }

    [Fact]
    public async Task A_token_does_not_become_unspent_when_the_credential_is_deleted()
    {
        await using FederatedMachine machine = await FederatedMachine.StartAsync();
        machine.Obtain();
        File.Delete($"{machine.Machine.CacheDirectory}/{machine.Key.FileStem}.json");

        Expect.Error("AB0408", () => machine.Obtain());
        Assert.Equal(1, machine.Endpoint.Events.Presentations);
    }

    [Fact]
    public async Task A_fixed_token_without_an_answer_is_presented_once_more_and_reported_and_never_a_third_time()
    {
        await using FederatedMachine machine = await FederatedMachine.StartAsync();
        machine.Endpoint.Faults.Add(Fault.DropAfterSpending());

        var refused = Expect.Error("AB0501", () => machine.Obtain());

        Assert.Contains(refused.Hints, static hint => hint.Contains("this token had been presented before", StringComparison.Ordinal));
        Assert.Contains("is presented a second time", Assert.Single(Reports(machine)), StringComparison.Ordinal);
        Assert.Equal(2, machine.Endpoint.Events.Presentations);

        machine.Machine.Clock.Advance(31);
        var spent = Expect.Error("AB0408", () => machine.Obtain());
        Assert.Contains("was refused (HTTP 401, request req_", spent.Message, StringComparison.Ordinal);
        Assert.Equal(2, machine.Endpoint.Events.Presentations);
        Assert.Single(Reports(machine));
    }

    [Fact]
    public async Task A_token_that_never_gets_an_answer_is_presented_twice_and_no_more()
    {
        await using FederatedMachine machine = await FederatedMachine.StartAsync();
        machine.Endpoint.Faults.Add(Fault.DropBeforeReading(), times: null);
        Expect.Error("AB0605", () => machine.Obtain());
        Assert.Equal(2, machine.Endpoint.Events.At(EndpointPaths.Token).Count);

        machine.Machine.Clock.Advance(6);
        Assert.Contains("got no answer, twice", Expect.Error("AB0408", () => machine.Obtain()).Message, StringComparison.Ordinal);
        Assert.Equal(2, machine.Endpoint.Events.At(EndpointPaths.Token).Count);
    }

    [Fact]
    public async Task A_token_that_was_not_spent_after_all_gives_a_credential_at_the_second_try()
    {
        await using FederatedMachine machine = await FederatedMachine.StartAsync();
        machine.Endpoint.Faults.Add(Fault.DropBeforeReading());

        machine.Obtain();

        Assert.Single(Reports(machine));
        Assert.Equal(1, machine.Endpoint.Events.GrantedExchanges);
    }

    [Fact]
    public async Task A_source_that_mints_gives_a_new_token_for_the_next_try()
    {
        await using FederatedMachine machine = await FederatedMachine.StartAsync();
        machine.UseGitHub();
        machine.Endpoint.Faults.Add(Fault.DropAfterSpending());

        machine.Obtain();

        Assert.Equal(2, machine.Endpoint.Events.At(EndpointPaths.Token).Select(static one => one.AssertionDigest).Distinct().Count());
        Assert.Empty(machine.Machine.Error.Lines);
    }

    [Fact]
    public async Task A_file_that_rotates_meanwhile_gives_a_new_token_for_the_next_try()
    {
        await using FederatedMachine machine = await FederatedMachine.StartAsync();
        machine.Endpoint.Faults.Add(Fault.DropAfterSpending(), when: _ =>
        {
            machine.RotateToken();
            return true;
        });

        machine.Obtain();

        Assert.Equal(2, machine.Endpoint.Events.At(EndpointPaths.Token).Select(static one => one.AssertionDigest).Distinct().Count());
        Assert.Empty(machine.Machine.Error.Lines);
    }

    [Fact]
    public async Task After_a_crash_between_the_request_and_the_answer_the_next_process_reports_its_try()
    {
        // Invariant 4: what a process leaves that is killed after its intent was recorded.
        await using FederatedMachine machine = await FederatedMachine.StartAsync();
        CacheDirectory.Of(machine.Machine.Environment).Prepare();
        Records(machine).TryClaim(
            Identity.IdentityToken.Parse(File.ReadAllText(machine.TokenPath), "a test"),
            machine.Endpoint.HttpUrl + EndpointPaths.Token, machine.Key, "ci", machine.Machine.Deadline());

        machine.Obtain();

        Assert.Single(Reports(machine));
        Assert.Equal(PresentedTokenOutcome.Granted, Assert.Single(Records(machine).All()).Outcome);
    }

    [Fact]
    public async Task A_request_without_an_answer_in_time_counts_as_sent()
    {
        await using FederatedMachine machine = await FederatedMachine.StartAsync();
        machine.Endpoint.Faults.Add(Fault.Hang());

        Expect.Error("AB0603", () => machine.Obtain(seconds: 5));

        Assert.Equal(PresentedTokenOutcome.Unknown, Assert.Single(Records(machine).All()).Outcome);
    }

    [Fact]
    public async Task A_token_that_was_never_sent_is_not_recorded()
    {
        await using FederatedMachine machine = await FederatedMachine.StartAsync();
        using (RawServer closed = new(static _ => null))
        {
            machine.Machine.Variables["ANTHROPIC_BASE_URL"] = closed.Url;
        }

        Expect.Error("AB0601", () => machine.Obtain());

        Assert.Empty(Records(machine).All());
        Assert.Empty(machine.Machine.Error.Lines);
    }

    [Fact]
    public async Task An_expired_token_is_not_presented_at_all()
    {
        await using FederatedMachine machine = await FederatedMachine.StartAsync();
        machine.Machine.Clock.Advance(331);

        Expect.Error("AB0406", () => machine.Obtain());

        Assert.Empty(machine.Endpoint.Events.Snapshot());
        Assert.Empty(Records(machine).All());
    }

    [Fact]
    public async Task Whatever_goes_wrong_in_whatever_order_no_token_is_presented_three_times()
    {
        const int Seed = 20300108;
        Random random = new(Seed);
        for (int round = 0; round < 8; round++)
        {
            await using FederatedMachine machine = await FederatedMachine.StartAsync();
            List<string> history = [];
            for (int step = 0; step < 4; step++)
            {
                Fault? fault = random.Next(6) switch
                {
                    0 => Fault.DropBeforeReading(),
                    1 => Fault.DropAfterSpending(),
                    2 => Fault.Status(503) with { SpendFirst = random.Next(2) == 0 },
                    3 => Fault.Status(401),
                    4 => Fault.OmitExpiresIn(),
                    _ => null,
                };
                history.Add(fault?.Kind.ToString() ?? "none");
                if (fault is not null)
                {
                    machine.Endpoint.Faults.Add(fault);
                }
                if (random.Next(4) == 0)
                {
                    machine.RotateToken();
                }
                _ = Record.Exception(() => machine.Obtain(new Freshness { Force = random.Next(2) == 0 }));
                machine.Machine.Clock.Advance(random.Next(2, 40));
            }
            string told = $"seed {Seed}, round {round}: {string.Join(", ", history)}";
            var presentations = machine.Endpoint.Events.At(EndpointPaths.Token).Where(static one => one.AssertionDigest is not null).GroupBy(static one => one.AssertionDigest);
            Assert.All(presentations, one =>
            {
                Assert.True(one.Count() <= 2, told);
                // An answer that says something ends it.
                Assert.True(one.Count() == 1 || one.First().Status is null or >= 500, told);
            });
        }
    }
}
