using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace AotBroker.EndToEnd.Tests;

/// <summary>The action for GitHub, in jobs as the runner runs them.</summary>
public sealed partial class ActionTests : ActionTest
{
    private const string Answer = "The local endpoint accepted this token.";
    private const int Many = 10;

    private static string Ask => $"node {NodeClient.Script}";

    [Fact]
    public void Every_input_is_declared_read_and_documented()
    {
        string[] Texts(string folder, string pattern) => [.. Directory.GetFiles(Path.Combine(PublishedBinary.RepositoryRoot, folder), pattern).Select(File.ReadAllText)];
        var action = File.ReadAllText(Path.Combine(PublishedBinary.RepositoryRoot, "action.yml"));
        var declared = InputName().Matches(action[..action.IndexOf("\noutputs:", StringComparison.Ordinal)]).Select(match => match.Groups[1].Value).ToArray();
        var documentation = Assert.Single(Texts("docs", "github-actions.md"));
        var code = string.Concat(Texts("publish/action", "*.js"));

        Assert.All(declared, name => Assert.Contains($"'{name}'", code, StringComparison.Ordinal));
        Assert.All(declared, name => Assert.Contains($"`{name}`", documentation, StringComparison.Ordinal));
        Assert.Subset(declared.ToHashSet(), ReadInput().Matches(code).Select(match => match.Groups[1].Value).ToHashSet());
    }

    [Fact]
    public async Task All_steps_of_a_job_share_one_exchange()
    {
        var job = NewJob().Uses()
            .Runs(Ask)
            .Runs($"for i in $(seq {Many}); do {Ask} & done; wait")
            .Runs("aotbroker get | wc -l")
            .Runs("echo $ANTHROPIC_PROFILE; cat \"$ANTHROPIC_CONFIG_DIR/active_config\"");

        var result = (await job.RunAsync()).Succeeded();

        Assert.Equal((1, 1), (Endpoint.Events.GrantedExchanges, Endpoint.Events.Presentations));
        Assert.Equal([Answer], result.Step(Ask).Log);
        Assert.Equal(Enumerable.Repeat(Answer, Many), result.Step($"for i in $(seq {Many}); do {Ask} & done; wait").Log);
        Assert.Equal(["1"], result.Step("aotbroker get | wc -l").Log);
        Assert.Equal(["environment", "environment"], result.Step("echo $ANTHROPIC_PROFILE; cat \"$ANTHROPIC_CONFIG_DIR/active_config\"").Log);
        AssertNothingIsLeft(job);
    }

    [Fact]
    public async Task It_says_what_it_did_and_masks_the_credential()
    {
        var job = NewJob().Uses().Runs("aotbroker get");

        var result = (await job.RunAsync()).Succeeded();

        Assert.Equal("***", Assert.Single(result.Step("aotbroker get").Log));
        Assert.Contains($"federation-rule-id `{Endpoint.Rule.Id}`", Assert.Single(result.Action.Summary.Split('\n', StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal);
        Assert.Empty(result.Action.Annotations);
        Assert.Equal(("true", "environment"), (result.Action.Output("available"), result.Action.Output("profile")));
        Assert.Equal(result.Exported["ANTHROPIC_CONFIG_DIR"]!.GetValue<string>(), result.Action.Output("config-dir"));
        Assert.True(long.Parse(result.Action.Output("expires-at")!, CultureInfo.InvariantCulture) > DateTimeOffset.UtcNow.ToUnixTimeSeconds());
    }

    [Fact]
    public async Task The_credential_is_renewed_between_steps()
    {
        Endpoint.Faults.Add(Fault.ExpiresIn(6), times: 2);
        var renewed = $"until [ $(($(sed -n 's/.*\"expires_at\": \\([0-9]*\\).*/\\1/p' $ANTHROPIC_CONFIG_DIR/credentials/environment.json) - $(date +%s))) -gt 60 ]; do sleep 0.1; done; {Ask}";

        var result = (await NewJob().Uses().Runs(renewed).RunAsync()).Succeeded();

        Assert.Equal([Answer], result.Step(renewed).Log);
        Assert.Equal((3, 3), (Endpoint.Events.GrantedExchanges, Endpoint.Events.Presentations));
    }

    [Fact]
    public async Task A_long_step_finds_a_credential_that_is_alive_at_every_instant_of_four_lives()
    {
        Endpoint.Faults.Add(Fault.ExpiresIn(18), times: 4);
        const string read = """
            left=1
            while [ $left -le 60 ]; do
              expiry=$(sed -n 's/.*"expires_at": \([0-9]*\).*/\1/p' "$ANTHROPIC_CONFIG_DIR/credentials/$ANTHROPIC_PROFILE.json")
              left=$((expiry - $(date +%s)))
              [ $left -gt 0 ]
              sleep 0.05
            done
            """;
        var job = NewJob().Uses().Runs(read);

        (await job.RunAsync()).Succeeded();

        Assert.Equal((5, 5), (Endpoint.Events.GrantedExchanges, Endpoint.Events.Presentations));
        AssertNothingIsLeft(job);
    }

    [Fact]
    public async Task A_later_step_that_wants_a_longer_life_renews()
    {
        Endpoint.Faults.Add(Fault.ExpiresIn(300), times: 1);

        (await NewJob().Uses().Runs("sleep 2; aotbroker get --min-ttl 299 >/dev/null").RunAsync()).Succeeded();

        Assert.Equal((2, 2), (Endpoint.Events.GrantedExchanges, Endpoint.Events.Presentations));
    }

    [Fact]
    public async Task After_a_step_that_fails_everything_is_taken_back_too()
    {
        var job = NewJob().Uses().Runs("false").Runs("echo skipped").Runs("echo always", always: true);

        var result = await job.RunAsync();

        Assert.False(result.IsGood);
        Assert.Equal(["success", "failure", "skipped", "success", "success"], result.Steps.Select(step => step.Outcome));
        AssertNothingIsLeft(job);
    }

    [Fact]
    public async Task A_refusal_is_an_error_of_its_own_step_and_leaves_nothing()
    {
        Endpoint.Faults.Add(Fault.Status(401), times: null);
        var job = NewJob().Uses().Runs(Ask);

        var result = await job.RunAsync();

        Assert.Equal(["failure", "skipped", "success"], result.Steps.Select(step => step.Outcome));
        Assert.StartsWith("error: error[AB0501]: ", Assert.Single(result.Action.Annotations), StringComparison.Ordinal);
        Assert.Empty(result.Exported);
        AssertNothingIsLeft(job);
    }

    [Fact]
    public async Task Without_an_identity_it_says_what_to_do()
    {
        var job = NewJob();
        job.Variables["ACTIONS_ID_TOKEN_REQUEST_URL"] = null;

        var result = await job.Uses().RunAsync();

        Assert.False(result.IsGood);
        Assert.Contains("id-token: write", Assert.Single(result.Action.Annotations), StringComparison.Ordinal);
        Assert.Empty(Endpoint.Events.Snapshot());
    }

    [Fact]
    public async Task A_forks_job_goes_on_where_that_is_asked_for()
    {
        var job = NewJob();
        job.Variables["ACTIONS_ID_TOKEN_REQUEST_URL"] = null;
        job.With["required"] = "false";

        var result = (await job.Uses().Runs("echo ${ANTHROPIC_CONFIG_DIR-none}").RunAsync()).Succeeded();

        Assert.Equal("false", result.Action.Output("available"));
        Assert.Equal(["none"], result.Step("echo ${ANTHROPIC_CONFIG_DIR-none}").Log);
    }

    [Fact]
    public async Task Another_account_than_the_one_that_was_asked_for_is_an_error_before_anything_is_exchanged()
    {
        var job = NewJob();
        job.With.Clear();
        job.With["binary"] = PublishedBinary.Path;
        job.With["profile-file"] = "ci.json";
        job.With["service-account-id"] = "svac_01TheOther";
        var profile = NewProfile(new JsonObject { ["source"] = "github-actions" });
        profile["exchange"]!["service_account_id"] = "svac_01TheOne";
        Sandbox.WriteFile("job/workspace/ci.json", profile.ToJsonString());

        var result = await job.Uses().RunAsync();

        Assert.False(result.IsGood);
        Assert.Contains("svac_01TheOne", Assert.Single(result.Action.Annotations), StringComparison.Ordinal);
        Assert.Empty(Endpoint.Events.Snapshot());
        AssertNothingIsLeft(job);
    }

    [Fact]
    public async Task A_profile_file_says_who_asks()
    {
        var job = NewJob();
        job.With.Clear();
        job.With["binary"] = PublishedBinary.Path;
        job.With["profile-file"] = "settings/ci.json";
        Sandbox.WriteFile("job/workspace/settings/ci.json", NewProfile(new JsonObject { ["source"] = "github-actions" }).ToJsonString());

        var result = (await job.Uses().Runs(Ask).Runs("aotbroker get >/dev/null").RunAsync()).Succeeded();

        Assert.Equal("ci", result.Action.Output("profile"));
        Assert.Equal((1, 1), (Endpoint.Events.GrantedExchanges, Endpoint.Events.Presentations));
        AssertNothingIsLeft(job);
    }

    [Fact]
    public async Task A_step_that_names_another_account_is_told()
    {
        var job = NewJob();
        job.Variables["GITHUB_WORKFLOW_REF"] = "example-org/example-repo/.github/workflows/review.yml@refs/heads/main";
        job.Variables["GITHUB_JOB"] = "review";
        job.With["service-account-id"] = Endpoint.Rule.ServiceAccountId ?? "svac_01Mine";
        Sandbox.WriteFile("job/workspace/.github/workflows/review.yml", """
            jobs:
              other:
                steps:
                  - with:
                      anthropic_service_account_id: svac_01OfAnotherJob
              review:
                steps:
                  - with:
                      anthropic_service_account_id: svac_01Another
                      anthropic_organization_id: ${{ vars.ORGANIZATION }}
            """);

        var result = await job.Uses().RunAsync();

        Assert.Contains("svac_01Another, ", Assert.Single(result.Action.Annotations), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_forgotten_key_is_told_because_clients_prefer_it()
    {
        var job = NewJob();
        job.Variables["ANTHROPIC_API_KEY"] = Sandbox.AddSecret("sk-ant-api03-a-leftover-key-of-this-test");

        var result = (await job.Uses().RunAsync()).Succeeded();

        Assert.Contains(result.Action.Annotations, one => one.StartsWith("warning: Claude Code would use ANTHROPIC_API_KEY instead of this credential", StringComparison.Ordinal));
    }

    [Fact]
    public async Task When_the_worker_is_killed_everything_is_taken_back_too()
    {
        var job = NewJob().Uses().Runs("touch there; sleep 1000");
        var worker = job.Start();
        await WaitForFileAsync(Path.Combine(job.Workspace, "there"));
        var published = Directory.GetDirectories(job.Temporary, "aotbroker-*").Single();
        Assert.Single(Keepers.Of(Sandbox.Root));

        worker.Signal(Posix.SignalKill);

        await Keepers.OverAsync(Sandbox.Root);
        Assert.False(Directory.Exists(Path.Combine(published, "anthropic")));
        worker.Kill();
        await worker.WaitAsync();
        Directory.Delete(job.Temporary, recursive: true); // As the runner does before the next job.
    }

    [Fact]
    public async Task Two_jobs_of_one_machine_at_once_do_not_meet()
    {
        var jobs = new[] { "one", "two" }.Select(name => NewJob(name).Uses().Runs(Ask).Runs("aotbroker get >/dev/null")).ToArray();

        var results = await Task.WhenAll(jobs.Select(job => job.RunAsync()));

        Assert.All(results, result => result.Succeeded());
        Assert.Equal((2, 2), (Endpoint.Events.GrantedExchanges, Endpoint.Events.Presentations));
        Assert.All(jobs, AssertNothingIsLeft);
    }

    [RootFact]
    public async Task A_job_in_a_container_works_too()
    {
        var job = NewJob(isContainer: true).Uses().Runs(Ask).Runs("aotbroker get >/dev/null");

        var result = (await job.RunAsync()).Succeeded();

        Assert.Equal([Answer], result.Step(Ask).Log);
        Assert.Equal((1, 1), (Endpoint.Events.GrantedExchanges, Endpoint.Events.Presentations));
        AssertNothingIsLeft(job);
    }

    [Fact]
    public async Task A_step_of_ones_own_does_the_same_with_keep_alone()
    {
        const string keep = "aotbroker keep --publish \"$RUNNER_TEMP/anthropic\" --detach --log \"$RUNNER_TEMP/keep.log\" --github-env";
        var job = NewJob();
        job.Variables["PATH"] = $"{Path.GetDirectoryName(PublishedBinary.Path)}:{job.Variables["PATH"]}";
        job.Variables["AOTBROKER_CACHE_DIR"] = Sandbox.Cache;
        job.Variables["ANTHROPIC_FEDERATION_RULE_ID"] = Endpoint.Rule.Id;
        job.Variables["ANTHROPIC_ORGANIZATION_ID"] = Endpoint.Rule.OrganizationId;

        var result = (await job.Runs(keep).Runs(Ask).RunAsync()).Succeeded();
        await Keepers.OverAsync(Sandbox.Root);

        Assert.Equal([Answer], result.Step(Ask).Log);
        Assert.Equal((1, 1), (Endpoint.Events.GrantedExchanges, Endpoint.Events.Presentations));
        Assert.False(Directory.Exists(Path.Combine(job.Temporary, "anthropic")));
        Assert.Equal("", await File.ReadAllTextAsync(Path.Combine(job.Temporary, "keep.log")));
    }

    [Fact]
    public async Task A_token_in_variables_is_enough_for_the_official_SDK_too_and_says_that_nothing_renews_it()
    {
        const string get = "aotbroker get --format github-env";
        var job = NewJob();
        job.Variables["PATH"] = $"{Path.GetDirectoryName(PublishedBinary.Path)}:{job.Variables["PATH"]}";
        job.Variables["AOTBROKER_CACHE_DIR"] = Sandbox.Cache;
        job.Variables["ANTHROPIC_FEDERATION_RULE_ID"] = Endpoint.Rule.Id;
        job.Variables["ANTHROPIC_ORGANIZATION_ID"] = Endpoint.Rule.OrganizationId;

        var result = await job.Runs(get).Runs(Ask).RunAsync();
        Sandbox.SecretFiles.Add(Path.Combine(Sandbox.Root, "job/result.json")); // What steps exported is in it.

        Assert.Equal([Answer], result.Succeeded().Step(Ask).Log);
        Assert.Contains(result.Step(get).Log, line => line.StartsWith("aotbroker: warning[AB0710]: nothing renews", StringComparison.Ordinal));
    }

    [GeneratedRegex("^  ([a-z0-9-]+):$", RegexOptions.Multiline)]
    private static partial Regex InputName();

    [GeneratedRegex(@"input\('([^']+)'\)")]
    private static partial Regex ReadInput();
}
