using AotBroker.Files;
using AotBroker.Flights;
using AotBroker.Identity;
using AotBroker.Schemas;
using AotBroker.Settings;
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

        Expect.Error("AB0605", () => machine.Obtain());
        Assert.Equal(1, machine.Endpoint.Events.Presentations);
        machine.Machine.Clock.Advance(6);
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
        for (int process = 1; process <= 2; process++)
        {
            Expect.Error("AB0605", () => machine.Obtain());
            Assert.Equal(process, machine.Endpoint.Events.At(EndpointPaths.Token).Count);
            machine.Machine.Clock.Advance(6);
        }

        Assert.Contains("got no answer that tells its result, twice", Expect.Error("AB0408", () => machine.Obtain()).Message, StringComparison.Ordinal);
        Assert.Equal(2, machine.Endpoint.Events.At(EndpointPaths.Token).Count);
    }

    [Fact]
    public async Task A_token_that_was_not_spent_after_all_gives_a_credential_at_the_second_try()
    {
        await using FederatedMachine machine = await FederatedMachine.StartAsync();
        machine.Endpoint.Faults.Add(Fault.DropBeforeReading());

        Expect.Error("AB0605", () => machine.Obtain());
        machine.Machine.Clock.Advance(6);
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
        Records(machine).TryReserve(
            IdentityToken.Parse(File.ReadAllText(machine.TokenPath), "a test"),
            machine.Endpoint.HttpUrl.Replace("127.0.0.1", "localhost", StringComparison.Ordinal) + EndpointPaths.Token, machine.Key.FileStem, "ci", null, new CacheAbility(true, true)).Dispose();

        machine.Obtain();

        Assert.Single(Reports(machine));
        Assert.Equal(PresentedTokenOutcome.Granted, Assert.Single(Records(machine).All()).Outcome);
    }

    [Theory]
    [InlineData("HTTP://127.0.0.1:{0}")]
    [InlineData("http://localhost:{0}")]
    [InlineData("http://LOCALHOST:{0}/")]
    [InlineData("http://127.1:{0}/x/..")]
    [InlineData("http://127.0.0.1:{0}/.")]
    public async Task A_token_is_spent_at_a_server_however_its_address_is_spelled(string spelling)
    {
        await using FederatedMachine machine = await FederatedMachine.StartAsync();
        machine.Obtain();
        machine.Machine.Variables["ANTHROPIC_BASE_URL"] =
            string.Format(System.Globalization.CultureInfo.InvariantCulture, spelling, new Uri(machine.Endpoint.HttpUrl).Port);

        Expect.Error("AB0408", () => machine.Obtain());

        Assert.Equal(1, machine.Endpoint.Events.Presentations);
    }

    [Theory]
    [InlineData("truncated", true)]
    [InlineData("readable", true)]
    [InlineData("link", true)]
    [InlineData("newer", false)]
    public async Task A_damaged_record_leaves_one_attempt_and_a_newer_versions_none(string damage, bool isAttempted)
    {
        await using FederatedMachine machine = await FederatedMachine.StartAsync();
        machine.Obtain();
        string record = Assert.Single(Directory.GetFiles(machine.Machine.CacheDirectory, "presented-*.json"));
        string whole = File.ReadAllText(record);
        File.Delete($"{machine.Machine.CacheDirectory}/{machine.Key.FileStem}.json");
        switch (damage)
        {
            case "truncated":
                File.WriteAllText(record, whole[..20]);
                break;
            case "readable":
                File.SetUnixFileMode(record, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.OtherRead);
                break;
            case "newer":
                File.WriteAllText(record, whole.Replace("\"version\":1", "\"version\":2", StringComparison.Ordinal));
                break;
            default:
                File.Move(record, record + ".elsewhere");
                File.CreateSymbolicLink(record, record + ".elsewhere");
                break;
        }

        if (isAttempted)
        {
            Expect.Error("AB0501", () => machine.Obtain());
            Assert.Contains("cannot be read", Assert.Single(Reports(machine)), StringComparison.Ordinal);
            machine.Machine.Clock.Advance(31);
        }
        Expect.Error("AB0408", () => machine.Obtain());

        Assert.Equal(isAttempted ? 2 : 1, machine.Endpoint.Events.Presentations);
    }

    [Fact]
    public async Task An_entry_of_a_newer_version_means_that_the_token_may_be_spent_and_it_stays()
    {
        await using FederatedMachine machine = await FederatedMachine.StartAsync();
        machine.Obtain();
        string entry = $"{machine.Machine.CacheDirectory}/{machine.Key.FileStem}.json";
        string newer = File.ReadAllText(entry).Replace("\"version\":1", "\"version\":2", StringComparison.Ordinal);
        File.WriteAllText(entry, newer);
        Array.ForEach(Directory.GetFiles(machine.Machine.CacheDirectory, "presented-*"), File.Delete);

        Assert.Contains("a newer version", Expect.Error("AB0408", () => machine.Obtain()).Message, StringComparison.Ordinal);

        Assert.Equal(newer, File.ReadAllText(entry));
        Assert.Equal(1, machine.Endpoint.Events.Presentations);
    }

    [Fact]
    public async Task A_source_that_mints_leaves_no_record_and_a_newer_versions_entry_alone()
    {
        await using FederatedMachine machine = await FederatedMachine.StartAsync();
        machine.UseGitHub();
        machine.Obtain();
        string entry = $"{machine.Machine.CacheDirectory}/{machine.Key.FileStem}.json";
        string newer = File.ReadAllText(entry).Replace("\"version\":1", "\"version\":2", StringComparison.Ordinal);
        File.WriteAllText(entry, newer);

        machine.Obtain();

        Assert.Equal(newer, File.ReadAllText(entry));
        Assert.Empty(Directory.GetFiles(machine.Machine.CacheDirectory, "presented*"));
    }

    [Fact]
    public async Task What_the_records_say_is_heeded_where_they_cannot_be_written()
    {
        await using FederatedMachine machine = await FederatedMachine.StartAsync();
        machine.Obtain();
        string locked = $"{machine.Machine.CacheDirectory}/{machine.Key.FileStem}.lock";
        File.Delete(locked);
        Directory.CreateDirectory(locked);

        Expect.Error("AB0408", () => machine.Obtain(new Freshness { Force = true }));

        Assert.Equal(1, machine.Endpoint.Events.Presentations);
    }

    [Fact]
    public async Task Killed_after_the_credential_was_stored_the_token_counts_as_granted()
    {
        await using FederatedMachine machine = await FederatedMachine.StartAsync();
        machine.Obtain();
        string records = Assert.Single(Directory.GetFiles(machine.Machine.CacheDirectory, "presented-*.json"));
        File.WriteAllText(records, File.ReadAllText(records).Replace("\"granted\"", "\"pending\"", StringComparison.Ordinal));

        var error = Expect.Error("AB0408", () => machine.Obtain(new Freshness { Force = true }));

        Assert.Contains("gave a credential", error.Message, StringComparison.Ordinal);
        Assert.Equal(1, machine.Endpoint.Events.Presentations);
    }

    [Fact]
    public async Task A_failing_token_service_is_asked_once_for_all_who_wait()
    {
        await using FederatedMachine machine = await FederatedMachine.StartAsync();
        machine.UseGitHub();
        machine.Endpoint.Faults.Add(FaultTarget.GitHub, Fault.Status(401), times: null);

        for (int caller = 0; caller < 5; caller++)
        {
            Expect.Error("AB0409", () => machine.Obtain());
        }

        Assert.Single(machine.Endpoint.Events.At(EndpointPaths.GitHub));
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
    public async Task A_caller_in_a_hurry_does_not_speak_for_those_who_have_time()
    {
        // Invariant 9: what is shared is the endpoint's failure, not the caller's own deadline.
        await using FederatedMachine machine = await FederatedMachine.StartAsync();
        machine.UseGitHub();
        machine.Endpoint.Faults.Add(Fault.Hang());
        Expect.Error("AB0603", () => machine.Obtain(seconds: 5));

        machine.Obtain();
    }

    [Fact]
    public async Task A_token_that_was_never_sent_is_not_recorded()
    {
        await using FederatedMachine machine = await FederatedMachine.StartAsync();
        using ClosedPort closed = new();
        machine.Machine.Variables["ANTHROPIC_BASE_URL"] = closed.Url;

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
