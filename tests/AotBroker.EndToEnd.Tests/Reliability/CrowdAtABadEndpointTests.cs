using AotBroker.Tests;

namespace AotBroker.EndToEnd.Tests;

/// <summary>Five hundred processes at once, and an endpoint that refuses, hangs, drips, cuts, or answers what was not asked.</summary>
[Collection(Bursts.Name)]
public sealed class CrowdAtABadEndpointTests : BrokerTest
{
    /// <summary>In seconds: time enough for a request to leave where hundreds of processes begin at the same instant.</summary>
    private const int Deadline = 8;

    [Fact]
    public async Task It_refuses_connections()
    {
        UseFederationVariables();
        using ClosedPort closed = new();
        Sandbox.Environment["ANTHROPIC_BASE_URL"] = closed.Url;

        var crowd = await Crowd.RunAsync(Sandbox, "get");

        await crowd.FailedAsync("AB0601");
        Sandbox.Environment["ANTHROPIC_BASE_URL"] = Endpoint.Url;
        Assert.NotNull(Endpoint.Grants.Find((await Sandbox.RunAsync("get")).Succeeded().Line));
        Assert.Equal(1, Endpoint.Events.Presentations);
        ReliabilityTable.Check(
            fault: "the endpoint refuses connections", "nothing listens on its port", Crowd.Runs, $"{await crowd.ToldAsync()}; the token is not spent: a credential for it once something listens");
    }

    [Fact]
    public async Task It_refuses_the_token()
    {
        UseFederationVariables();
        Endpoint.Rules.Change(rule => rule with { SubjectPrefix = "repo:another-org/" });

        // Longer than the refusal is remembered, the record of the token takes its place.
        var crowd = await Crowd.RunAsync(Sandbox, "get");

        await crowd.FailedAsync("AB0501", "AB0408");
        Assert.Equal((1, 0), (Endpoint.Events.Presentations, Endpoint.Events.GrantedExchanges));
        ReliabilityTable.Check(
            fault: "the endpoint refuses the token", "its rule is for another repository", Crowd.Runs, $"{Crowd.Told(Endpoint)}; {Crowd.Size} refusals (AB0408, AB0501)");
    }

    [Fact]
    public async Task It_hangs_for_ever()
    {
        UseFederationVariables();
        Endpoint.Faults.Add(Fault.Hang(), times: null);

        var crowd = await Crowd.RunAsync(Sandbox, "get", "--timeout", $"{Deadline}");

        // Whoever led, and those who waited for it, or for whoever made the one further attempt, or came after that.
        await crowd.FailedAsync("AB0603", "AB0702", "AB0408");
        await crowd.WaitedNoLongerThanAsync(Deadline);
        Assert.InRange(Endpoint.Events.Presentations, 1, 2);

        // What is reported may not come to pass: the deadline may be over before the request has left.
        var reported = (await crowd.Results).Count(result => result.ErrorText.Contains("warning[AB0707]", StringComparison.Ordinal));
        Assert.InRange(Aftermath.Repeated(Endpoint), 0, reported);
        ReliabilityTable.Check(
            fault: "the endpoint hangs", "it reads the request and never answers", Crowd.Runs, $"at most 2 presentations, the second reported (AB0707); {Crowd.Size} errors (AB0408, AB0603, AB0702), within their deadline");
    }

    [Fact]
    public async Task It_hangs_once()
    {
        UseFederationVariables();
        Endpoint.Faults.Add(Fault.Hang());
        var leader = Sandbox.Start("get", "--timeout", $"{Deadline}");
        await Endpoint.Events.WaitForAsync(_ => Endpoint.Events.Presentations == 1);

        var crowd = await Crowd.RunAsync(Sandbox, "get");

        (await leader.WaitAsync()).Failed("AB0603", 6);
        Assert.NotNull(Endpoint.Grants.Find(await crowd.CredentialAsync()));
        Assert.Single(await crowd.Results, result => result.ErrorText.Contains("warning[AB0707]", StringComparison.Ordinal));
        Assert.Equal(2, Endpoint.Events.Presentations);
        ReliabilityTable.Check(
            fault: "the endpoint hangs once", "it never answers the leader", Crowd.RunsAfterOne, $"{Crowd.Told(Endpoint)} (reported: AB0707); the leader: AB0603 at its deadline; {await crowd.ToldAsync()}");
    }

    [Fact]
    public async Task It_drips_bytes()
    {
        UseGitHubVariables();
        Endpoint.Faults.Add(Fault.Drip());
        var leader = Sandbox.Start("get", "--timeout", $"{Deadline}");
        await Endpoint.Events.WaitForAsync(one => one.Spent);

        var crowd = await Crowd.RunAsync(Sandbox, "get");

        (await leader.WaitAsync()).Failed("AB0603", 6);
        Assert.NotNull(Endpoint.Grants.Find(await crowd.CredentialAsync()));
        Assert.Equal((2, 0), (Endpoint.Events.Presentations, Aftermath.Repeated(Endpoint)));
        ReliabilityTable.Check(
            fault: "the endpoint drips bytes", "its answer to the leader trickles in and never ends; the source mints", Crowd.RunsAfterOne, $"{Crowd.Told(Endpoint)}; the leader: AB0603 at its deadline; {await crowd.ToldAsync()}");
    }

    [Fact]
    public async Task It_cuts_the_connection_after_the_token_was_spent()
    {
        UseGitHubVariables();
        Endpoint.Faults.Add(Fault.DropAfterSpending());

        var crowd = await Crowd.RunAsync(Sandbox, "get");

        Assert.NotNull(Endpoint.Grants.Find(await crowd.CredentialAsync()));
        Assert.Equal((2, 0), (Endpoint.Events.Presentations, Aftermath.Repeated(Endpoint)));
        ReliabilityTable.Check(
            fault: "the connection is cut after the token was spent; the source mints", "the endpoint closes it instead of answering", Crowd.Runs, $"{Crowd.Told(Endpoint)}; {await crowd.ToldAsync()}");
    }

    [Fact]
    public async Task It_cuts_the_connection_after_the_only_token_was_spent()
    {
        UseFederationVariables();
        Endpoint.Faults.Add(Fault.DropAfterSpending());

        var crowd = await Crowd.RunAsync(Sandbox, "get");

        // All are told of the cut for the short time that it is remembered; whoever comes later makes the one further attempt.
        await crowd.FailedAsync("AB0605", "AB0501", "AB0408");
        Assert.InRange(Endpoint.Events.Presentations, 1, 2);
        NewIdentityFile();
        Assert.NotNull(Endpoint.Grants.Find((await Sandbox.RunAsync("get", "--force-refresh")).Succeeded().Line));
        ReliabilityTable.Check(
            fault: "the connection is cut after the only token was spent",
            "the endpoint closes it instead of answering",
            Crowd.Runs,
            $"at most 2 presentations; {Crowd.Size} errors (AB0408, AB0501, AB0605); a credential once the token is rotated");
    }

    [Fact]
    public async Task It_answers_for_another_token()
    {
        await using var desynchronised = new DesynchronisedEndpoint();
        UseGitHubVariables();
        Sandbox.Environment["ANTHROPIC_BASE_URL"] = desynchronised.Url;

        var crowd = await Crowd.RunAsync(Sandbox, "get");

        Assert.Equal(desynchronised.AnswerOf(request: 2), await crowd.CredentialAsync());
        Assert.Equal(2, desynchronised.Requests);
        ReliabilityTable.Check(
            fault: "the endpoint answers for another token",
            "behind its 503 to the first token comes an unrequested answer, on the same connection; the source mints",
            Crowd.Runs,
            $"{desynchronised.Requests} presentations; {await crowd.ToldAsync()}, that of the second token");
    }
}
