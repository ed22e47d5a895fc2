using System.Text.Json.Nodes;

namespace AotBroker.EndToEnd.Tests;

/// <summary>
/// One cache, and more than one profile, job or pod that uses it: a credential goes to the workload that it was granted for,
/// and to no other (invariant 3); what agrees shares it, whatever its profile is called (invariant 1).
/// </summary>
[Collection(Bursts.Name)]
public sealed class SharedDirectoryTests : BrokerTest
{
    private const int Many = 20;

    [Fact]
    public async Task Two_profiles_with_the_same_settings_and_the_same_token()
    {
        var profile = NewProfile();
        Sandbox.WriteProfile("first", profile);
        Sandbox.WriteProfile("second", profile);

        var results = await Sandbox.RunTogetherAsync(Many, i => new Launch("get", "--profile", i % 2 == 0 ? "first" : "second"));

        Assert.NotNull(Endpoint.Grants.Find(Assert.Single(results.Select(result => result.Succeeded().Line).Distinct())));
        Assert.Equal(1, Endpoint.Events.Presentations);
        ReliabilityTable.Check(
            fault: "two profiles have the same settings and the same token",
            "a cold cache; half of the processes use one, half the other",
            $"{Many} processes at once",
            $"{Crowd.Told(Endpoint)}; {Many} successes with 1 credential");
    }

    [Fact]
    public async Task The_same_token_in_two_files_is_presented_once()
    {
        var token = Endpoint.Issuer.Mint();
        JsonObject Profile(string name) => NewProfile(new JsonObject { ["source"] = "file", ["path"] = Sandbox.WriteIdentity(token, name) });
        Sandbox.WriteProfile("first", Profile("identity/first"));
        Sandbox.WriteProfile("second", Profile("identity/second"));

        var results = await Sandbox.RunTogetherAsync(Many, i => new Launch("get", "--profile", i % 2 == 0 ? "first" : "second"));

        Assert.Single(results.Select(result => result.Succeeded().Line).Distinct());
        Assert.Equal(1, Endpoint.Events.Presentations);
    }

    [Fact]
    public async Task The_next_job_of_another_project_finds_its_token_at_the_same_path()
    {
        UseFederationVariables();
        var first = (await Sandbox.RunAsync("get")).Succeeded().Line;

        // The rule is for the first project: the second one's job must not have what the first was granted.
        NewIdentityFile(new TokenRequest { Subject = "repo:example-org/another-repo:ref:refs/heads/main" });
        (await Sandbox.RunAsync("get")).Failed("AB0501", 5);
        Endpoint.Rules.Change(rule => rule with { SubjectPrefix = "repo:example-org/" });
        (await Sandbox.RunAsync("get", "--force-refresh")).Failed("AB0408", 4);
        NewIdentityFile(new TokenRequest { Subject = "repo:example-org/another-repo:ref:refs/heads/main" });
        var others = (await Sandbox.RunAsync("get")).Succeeded().Line;

        // The same project again, and with another token: it is the same workload.
        NewIdentityFile();
        Assert.Equal(first, (await Sandbox.RunAsync("get")).Succeeded().Line);
        Assert.NotEqual(first, others);
        Assert.Equal((3, 0), (Endpoint.Events.Presentations, Aftermath.Repeated(Endpoint)));
        ReliabilityTable.Check(
            fault: "the next job on a runner is another project's",
            "its token is where the previous job's was, and the cache is the same",
            "the jobs one after the other",
            "refused (AB0501) if the rule is for the previous project, and never the previous job's credential; with a rule for both, a credential of its own");
    }

    [Fact]
    public async Task Legs_of_a_matrix_that_share_a_cache()
    {
        UseGitHubVariables();
        Sandbox.Environment["GITHUB_RUN_ID"] = "1";
        Sandbox.Environment["GITHUB_JOB"] = "test";
        string[] legs = [Endpoint.GitHubRequestToken, .. Enumerable.Range(0, 3).Select(_ => Sandbox.AddSecret(Endpoint.AddGitHubJob()))];

        var results = await Sandbox.RunTogetherAsync(Many, i => Leg(i % legs.Length));

        // Each leg has one of its own, that all of its steps share.
        var credentials = results.Select((result, i) => (Leg: i % legs.Length, result.Succeeded().Line)).Distinct().ToArray();
        Assert.Equal(legs.Length, credentials.Length);
        Assert.Equal(legs.Length, credentials.Select(one => one.Line).Distinct().Count());
        Assert.Equal((legs.Length, 0), (Endpoint.Events.Presentations, Aftermath.Repeated(Endpoint)));
        ReliabilityTable.Check(
            fault: "legs of a matrix share a cache",
            "the same run and job, and each leg's request token",
            $"{Many} processes of {legs.Length} legs at once",
            $"{Crowd.Told(Endpoint)}; {Many} successes with {legs.Length} credentials, one for each leg");

        Launch Leg(int leg) => new("get") { Variables = new Dictionary<string, string?> { ["ACTIONS_ID_TOKEN_REQUEST_TOKEN"] = legs[leg] } };
    }

    [Fact]
    public async Task Pods_of_two_service_accounts_that_share_a_volume()
    {
        Endpoint.Rules.Change(rule => rule with { SubjectPrefix = "system:serviceaccount:" });
        Sandbox.WriteProfile("default", NewProfile(new JsonObject { ["source"] = "kubernetes", ["path"] = PodToken("deployer") }));
        var deployer = (await Sandbox.RunAsync("get")).Succeeded().Line;

        PodToken("reader");
        var reader = (await Sandbox.RunAsync("get")).Succeeded().Line;
        File.Delete(Path.Combine(Sandbox.Root, "identity/pod"));
        (await Sandbox.RunAsync("get")).Failed("AB0402", 4);
        PodToken("deployer");

        Assert.NotEqual(deployer, reader);
        Assert.Equal(deployer, (await Sandbox.RunAsync("get")).Succeeded().Line);
        Assert.Equal(2, Endpoint.Events.Presentations);
        ReliabilityTable.Check(
            fault: "pods of two service accounts share a volume",
            "the cache is on it, and each pod's projected token has the same path",
            "the pods one after the other",
            $"{Crowd.Told(Endpoint)}; each has its own account's credential; without a token AB0402, and none");
    }

    [Fact]
    public async Task A_job_whose_variables_a_client_takes_away_is_known_by_its_own_name()
    {
        UseGitHubVariables();
        Sandbox.WriteProfile("ci", NewProfile(new JsonObject { ["source"] = "github-actions" }));
        Sandbox.Environment["AOTBROKER_PROFILE"] = "ci";
        Sandbox.Environment["RUNNER_TRACKING_ID"] = "github_first";
        var token = (await Sandbox.RunAsync("get")).Succeeded().Line;

        Assert.Equal(token, (await Sandbox.RunAsync(Deprived("github_first"))).Succeeded().Line);
        (await Sandbox.RunAsync(Deprived("github_second"))).Failed("AB0410", 4);
        (await Sandbox.RunAsync(Deprived(null))).Failed("AB0410", 4);
        Assert.Equal(1, Endpoint.Events.Presentations);

        static Launch Deprived(string? job) => new("get")
        {
            Variables = new Dictionary<string, string?> { ["ACTIONS_ID_TOKEN_REQUEST_TOKEN"] = null, ["RUNNER_TRACKING_ID"] = job },
        };
    }

    [Fact]
    public async Task A_job_that_can_mint_does_not_end_at_the_spent_token_that_it_was_left()
    {
        UseGitHubVariables();
        var left = NewIdentityFile();
        Sandbox.Environment["ANTHROPIC_IDENTITY_TOKEN_FILE"] = left;
        (await Sandbox.RunAsync("get")).Succeeded();
        (await Sandbox.RunAsync("clear")).Succeeded();

        // Invariant 1: the token in the file was presented once, and those that are minted are presented once each.
        var minted = (await Sandbox.RunAsync("get")).SucceededWithNotes().Line;

        Assert.NotNull(Endpoint.Grants.Find(minted));
        Assert.Equal(minted, (await Sandbox.RunAsync("get")).Succeeded().Line);
        Assert.Equal((2, 0), (Endpoint.Events.Presentations, Aftermath.Repeated(Endpoint)));
    }

    private string PodToken(string account) => NewIdentityFile(
        new TokenRequest
        {
            Subject = $"system:serviceaccount:build:{account}",
            Claims = new Dictionary<string, object?>
            {
                ["kubernetes.io"] = new Dictionary<string, object?>
                {
                    ["namespace"] = "build",
                    ["pod"] = new Dictionary<string, object?> { ["name"] = $"{account}-0", ["uid"] = $"4f3c-{account}" },
                    ["serviceaccount"] = new Dictionary<string, object?> { ["name"] = account },
                },
            },
        },
        "identity/pod");
}
