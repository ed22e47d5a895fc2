namespace AotBroker.EndToEnd.Tests;

/// <summary>The main job: any number of processes, one exchange (invariant 1).</summary>
[Collection(Bursts.Name)]
public sealed class SingleFlightTests : BrokerTest
{
    private const int Many = 50;

    [Fact]
    public async Task Fifty_processes_with_one_single_use_token_make_one_exchange_and_get_one_credential()
    {
        UseFederationVariables();

        var results = await Sandbox.RunTogetherAsync(Many, _ => new Launch("get"));

        Assert.Single(results.Select(result => result.Succeeded().Line).Distinct());
        Assert.NotNull(Endpoint.Grants.Find(results[0].Line));
        Assert.Equal(1, Endpoint.Events.GrantedExchanges);
        Assert.Equal(1, Endpoint.Events.Presentations);
    }

    [Fact]
    public async Task Without_a_shared_cache_one_of_fifty_succeeds_and_the_others_present_a_spent_token()
    {
        UseFederationVariables();

        var results = await Sandbox.RunTogetherAsync(Many, i => new Launch("get")
        {
            Variables = new Dictionary<string, string?> { ["AOTBROKER_CACHE_DIR"] = Path.Combine(Sandbox.Root, $"cache-{i}") },
        });

        Assert.Single(results, result => result.ExitCode == 0).Succeeded();
        Assert.All(results.Where(result => result.ExitCode != 0), result => result.Failed("AB0501", 5));
        Assert.Equal(Many, Endpoint.Events.Presentations);
        Assert.Equal(Many - 1, Endpoint.Events.Snapshot().Count(one => one.Reason == Reasons.JtiReused));
    }

    [Fact]
    public async Task Fifty_processes_of_a_GitHub_job_mint_one_token_and_make_one_exchange()
    {
        UseGitHubVariables();

        var results = await Sandbox.RunTogetherAsync(Many, _ => new Launch("get"));

        Assert.Single(results.Select(result => result.Succeeded().Line).Distinct());
        Assert.Single(Endpoint.Events.At(EndpointPaths.GitHub));
        Assert.Equal(1, Endpoint.Events.GrantedExchanges);
        Assert.Equal(1, Endpoint.Events.Presentations);
    }

    [Fact]
    public async Task Of_two_profiles_that_share_a_token_one_is_granted_and_the_other_is_told_who_took_it()
    {
        Sandbox.WriteProfile("first", NewProfile());
        var second = NewProfile();
        second["exchange"]!["workspace_id"] = Endpoint.Rule.Workspaces[0];
        Sandbox.WriteProfile("second", second);
        Endpoint.Faults.Add(Fault.Hold());

        var first = Sandbox.Start("get", "--profile", "first");
        await Endpoint.Events.WaitForAsync(one => one.Spent);
        var other = Sandbox.Start("get", "--profile", "second", "--verbose");
        await other.WaitForErrorAsync("profile second");
        Endpoint.Faults.ReleaseHeld();

        (await first.WaitAsync()).Succeeded();
        var told = await other.WaitAsync();
        Assert.Equal((4, 0), (told.ExitCode, told.Output.Length));
        told.Says("error[AB0408]").Says($"by process {first.Id} for profile \"first\", and gave a credential");
        Assert.Equal(1, Endpoint.Events.Presentations);
    }

    [Fact]
    public async Task Fifty_processes_of_two_profiles_that_share_a_token_present_it_once()
    {
        Sandbox.WriteProfile("first", NewProfile());
        var second = NewProfile();
        second["exchange"]!["workspace_id"] = Endpoint.Rule.Workspaces[0];
        Sandbox.WriteProfile("second", second);

        var results = await Sandbox.RunTogetherAsync(Many, i => new Launch("get", "--profile", i % 2 == 0 ? "first" : "second"));

        Assert.Equal(Many / 2, results.Count(result => result.ExitCode == 0));
        Assert.All(results.Where(result => result.ExitCode != 0), result => result.Failed("AB0408", 4));
        Assert.Equal(1, Endpoint.Events.Presentations);
    }
}
