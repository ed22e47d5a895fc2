using AotBroker.Brokering;
using AotBroker.Exchange;
using AotBroker.Flights;
using AotBroker.Http;
using AotBroker.Profiles;
using AotBroker.Reporting;
using AotBroker.Runtime;
using AotBroker.Schemas;
using AotBroker.Settings;
using LocalTokenEndpoint;
using Microsoft.Extensions.Logging.Abstractions;

namespace AotBroker.Tests;

/// <summary>Invariant 3: a credential goes to the workload that it was minted for, and to all that have the same settings.</summary>
public sealed class WorkloadTests
{
    private static Credential Obtain(FederatedMachine machine, ProcessEnvironment environment, string? profile = null) =>
        new Broker(environment, machine.Machine.Reporter, NullLogger.Instance, static () => new PinnedHttp())
            .Obtain(ProfileResolver.Resolve(profile, environment), new Freshness(), TimeSpan.FromSeconds(30));

    [Fact]
    public async Task The_next_job_of_another_project_is_not_served_what_the_last_one_left()
    {
        await using FederatedMachine machine = await FederatedMachine.StartAsync();
        machine.Obtain();

        machine.RotateToken(new LocalTokenEndpoint.TokenRequest { Subject = "repo:intruder/playground:ref:refs/heads/main" });

        Expect.Error("AB0501", () => machine.Obtain());
    }

    [Theory]
    [InlineData("", "AB0403")]
    [InlineData("garbage", "AB0405")]
    public async Task Something_else_in_the_tokens_place_is_not_served_either(string content, string code)
    {
        await using FederatedMachine machine = await FederatedMachine.StartAsync();
        machine.Obtain();

        File.WriteAllText(machine.TokenPath, content);

        Expect.Error(code, () => machine.Obtain());
    }

    [Fact]
    public async Task Two_names_for_the_same_settings_share_the_one_token_and_its_credential()
    {
        await using FederatedMachine machine = await FederatedMachine.StartAsync();
        string first = machine.Obtain().AccessToken!.Reveal();
        foreach (string name in new[] { "a", "b" })
        {
            machine.Machine.WriteBrokerProfile(name, $$$"""{"identity":{"source":"file","path":"{{{machine.TokenPath}}}"},"exchange":{"type":"anthropic"}}""");
            Assert.Equal(first, Obtain(machine, machine.Machine.Environment, name).AccessToken!.Reveal());
        }

        Assert.Equal(1, machine.Endpoint.Events.Presentations);
    }

    [Fact]
    public async Task Many_names_at_once_on_a_cold_cache_make_one_exchange()
    {
        await using FederatedMachine machine = await FederatedMachine.StartAsync();
        for (int i = 0; i < 8; i++)
        {
            machine.Machine.WriteBrokerProfile($"p{i}", $$$"""{"identity":{"source":"file","path":"{{{machine.TokenPath}}}"},"exchange":{"type":"anthropic"}}""");
        }

        List<Credential> credentials = Threads.Start(8, number => Obtain(machine, machine.Machine.Environment, $"p{number}")).Results();

        Assert.Single(credentials.Select(static one => one.AccessToken!.Reveal()).Distinct());
        Assert.Equal(1, machine.Endpoint.Events.Presentations);
    }

    [Fact]
    public async Task A_token_that_was_granted_under_another_name_of_the_workload_is_served_by_its_record()
    {
        // A command prints what a file holds: the command is not run for a hit, so the two are known by different names.
        await using FederatedMachine machine = await FederatedMachine.StartAsync();
        string first = machine.Obtain().AccessToken!.Reveal();
        machine.Machine.WriteBrokerProfile("printed", $$$"""{"identity":{"source":"command","command":["/bin/cat","{{{machine.TokenPath}}}"]},"exchange":{"type":"anthropic"}}""");

        Assert.Equal(first, Obtain(machine, machine.Machine.Environment, "printed").AccessToken!.Reveal());
        Assert.Equal(1, machine.Endpoint.Events.Presentations);
    }

    [Fact]
    public async Task The_same_token_for_other_settings_is_not_served_by_its_record()
    {
        await using FederatedMachine machine = await FederatedMachine.StartAsync();
        machine.Obtain();
        machine.Machine.Variables["ANTHROPIC_WORKSPACE_ID"] = machine.Endpoint.Rule.Workspaces[0];

        Expect.Error("AB0408", () => machine.Obtain());
    }

    [Fact]
    public async Task A_job_whose_request_token_a_client_took_away_is_served_what_it_was_granted()
    {
        await using FederatedMachine machine = await FederatedMachine.StartAsync();
        machine.UseGitHub();
        machine.Machine.WriteBrokerProfile("ci", """{"identity":{"source":"github-actions"},"exchange":{"type":"anthropic"}}""");
        machine.Machine.Variables["AOTBROKER_PROFILE"] = "ci";
        machine.Machine.Variables["RUNNER_TRACKING_ID"] = "github_1";
        string granted = machine.Obtain().AccessToken!.Reveal();

        ProcessEnvironment stripped = machine.Machine.WithVariables(("ACTIONS_ID_TOKEN_REQUEST_TOKEN", null));
        ProcessEnvironment other = machine.Machine.WithVariables(("ACTIONS_ID_TOKEN_REQUEST_TOKEN", null), ("RUNNER_TRACKING_ID", "github_2"));

        Assert.Equal(granted, Obtain(machine, stripped).AccessToken!.Reveal());
        Expect.Error("AB0410", () => Obtain(machine, other));
    }
}
