namespace AotBroker.EndToEnd.Tests;

/// <summary>A failure is remembered, with its reason, so that a crowd does not repeat it (invariant 9).</summary>
[Collection(Bursts.Name)]
public sealed class SharedRefusalTests : BrokerTest
{
    private const int Many = 20;

    [Fact]
    public async Task Twenty_processes_against_a_401_present_the_token_once_and_all_are_told_the_same()
    {
        UseFederationVariables();
        Endpoint.Rules.Change(rule => rule with { SubjectPrefix = "repo:another-org/" });

        var results = await Sandbox.RunTogetherAsync(Many, _ => new Launch("get"));

        Assert.Single(results.Select(result => result.Failed("AB0501", 5).ErrorMessage).Distinct());
        Assert.Equal(1, Endpoint.Events.Presentations);
        Assert.Equal(Many - 1, results.Count(result => result.ErrorText.Contains("`aotbroker get --force-refresh` retries at once", StringComparison.Ordinal)));
        Assert.All(results, result => result
            .Says($"compare with the rule {Endpoint.Rule.Id}: iss \"{Endpoint.Issuer.Url}\", sub \"{LocalEndpointOptions.DefaultSubject}\", aud \"{LocalEndpointOptions.DefaultAudience}\"")
            .Says("no workspace is named"));
    }

    [Fact]
    public async Task A_rotated_identity_token_ends_the_refusal_at_once()
    {
        UseFederationVariables();
        Sandbox.WriteIdentity(Endpoint.Issuer.Mint(new TokenRequest { Subject = "repo:another-org/another-repo:ref:refs/heads/main" }));
        (await Sandbox.RunAsync("get")).Failed("AB0501", 5);
        (await Sandbox.RunAsync("get")).Failed("AB0501", 5).Says("retries are held back for");
        Assert.Equal(1, Endpoint.Events.Presentations);

        NewIdentityFile();

        (await Sandbox.RunAsync("get")).Succeeded();
        Assert.Equal(2, Endpoint.Events.Presentations);
    }

    [Fact]
    public async Task A_forced_refresh_asks_at_once_and_what_it_is_told_is_shared()
    {
        UseGitHubVariables();
        Endpoint.Rules.Change(rule => rule with { SubjectPrefix = "repo:another-org/" });
        (await Sandbox.RunAsync("get")).Failed("AB0501", 5).Says("this token was made for this exchange, and was not presented before");
        Endpoint.Faults.Add(Fault.Hold());

        var forced = Enumerable.Range(0, 3).Select(_ => Sandbox.Start("get", "--force-refresh", "--verbose")).ToArray();
        await Task.WhenAll(forced.Select(process => process.WaitForErrorAsync("presenting the identity token", "waiting for it")));
        await Endpoint.Events.WaitForAsync(_ => Endpoint.Events.Presentations == 2);
        Endpoint.Faults.ReleaseHeld();

        Assert.All(await Task.WhenAll(forced.Select(process => process.WaitAsync())), result => result.Says("error[AB0501]"));
        Assert.Equal(2, Endpoint.Events.Presentations);
    }

    [Fact]
    public async Task A_refusal_names_the_request_by_which_the_other_side_finds_it()
    {
        UseFederationVariables();
        Endpoint.Rules.Change(rule => rule with { SubjectPrefix = "repo:another-org/" });

        var result = (await Sandbox.RunAsync("get")).Failed("AB0501", 5);

        result.Says(Assert.Single(Endpoint.Events.At(EndpointPaths.Token)).RequestId!);
    }

    [Fact]
    public async Task Twenty_processes_against_a_429_heed_its_Retry_After_together()
    {
        UseFederationVariables();
        Endpoint.Faults.Add(Fault.Status(429, headers: new Dictionary<string, string> { ["Retry-After"] = "200" }), times: null);

        var results = await Sandbox.RunTogetherAsync(Many, _ => new Launch("get", "--timeout", "100"));

        Assert.All(results, result => result.Failed("AB0505", 5).Says("it asks clients to wait 3 min 20 s"));
        Assert.Equal(1, Endpoint.Events.Presentations);
    }

    [Fact]
    public async Task A_429_with_a_short_Retry_After_is_waited_for()
    {
        UseGitHubVariables();
        Endpoint.Faults.Add(Fault.Status(429, headers: new Dictionary<string, string> { ["Retry-After"] = "1" }));

        (await Sandbox.RunAsync("get")).Succeeded();

        Assert.Equal(2, Endpoint.Events.Presentations);
        Assert.Equal(2, Endpoint.Events.At(EndpointPaths.Token).Select(one => one.AssertionDigest).Distinct().Count());
    }

    [Fact]
    public async Task Twenty_processes_against_a_503_try_a_minting_source_three_times_in_all()
    {
        UseGitHubVariables();
        // It is remembered for some seconds: the first answer comes when all are there.
        Endpoint.Faults.Add(Fault.Status(503) with { IsHeld = true });
        Endpoint.Faults.Add(Fault.Status(503), times: null);

        var processes = Enumerable.Range(0, Many).Select(_ => Sandbox.Start("get", "--verbose")).ToArray();
        await Task.WhenAll(processes.Select(process => process.WaitForErrorAsync("presenting the identity token", "waiting for it")));
        await Endpoint.Events.WaitForAsync(_ => Endpoint.Events.Presentations == 1);
        Endpoint.Faults.ReleaseHeld();
        var results = await Task.WhenAll(processes.Select(process => process.WaitAsync()));

        Assert.All(results, result => Assert.Equal((6, 0), (result.Says("error[AB0604]").ExitCode, result.Output.Length)));
        Assert.Single(results.Select(result => result.ErrorMessage).Distinct());
        Assert.Equal(3, Endpoint.Events.Presentations);
        Assert.Equal(3, Endpoint.Events.At(EndpointPaths.Token).Select(one => one.AssertionDigest).Distinct().Count());
    }

    [Fact]
    public async Task A_503_that_passes_is_not_seen_by_anybody()
    {
        UseGitHubVariables();
        Endpoint.Faults.Add(Fault.Status(503));

        var results = await Sandbox.RunTogetherAsync(Many, _ => new Launch("get"));

        Assert.Single(results.Select(result => result.Succeeded().Line).Distinct());
        Assert.Equal(2, Endpoint.Events.Presentations);
    }
}
