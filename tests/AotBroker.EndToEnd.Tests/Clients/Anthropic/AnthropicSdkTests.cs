using System.Text.Json.Nodes;

namespace AotBroker.EndToEnd.Tests;

/// <summary>Ten processes of an official SDK at once, an empty cache, one single-use identity token.</summary>
[Collection(Bursts.Name)]
public sealed class AnthropicSdkTests : BrokerTest
{
    private const int Processes = 10;
    private const string Answer = "The local endpoint accepted this token.";

    /// <summary>As far away as a real endpoint is.</summary>
    protected override LocalEndpointOptions EndpointOptions => base.EndpointOptions with { AnswerDelay = TimeSpan.FromMilliseconds(200) };

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        Sandbox.WriteFile("config/anthropic/configs/default.json", new JsonObject
        {
            ["version"] = "1.0",
            ["authentication"] = new JsonObject
            {
                ["type"] = "oidc_federation",
                ["federation_rule_id"] = Endpoint.Rule.Id,
                ["identity_token"] = new JsonObject { ["source"] = "file", ["path"] = NewIdentityFile() },
            },
            ["organization_id"] = Endpoint.Rule.OrganizationId,
            ["base_url"] = Endpoint.Url,
        }.ToJsonString());
    }

    /// <summary>A program that asks one question with the credential that its SDK finds by itself.</summary>
    private static string[] Ask(string sdk) => sdk switch
    {
        "TypeScript" => [NodeClient.Node, NodeClient.Script],
        "C#" => [DotnetClient.Dotnet, DotnetClient.Program, "anthropic"],
        _ => throw new ArgumentOutOfRangeException(nameof(sdk)),
    };

    private static Launch Directly(string sdk) => new(Ask(sdk)[1..]) { Program = Ask(sdk)[0] };

    private void AllAnsweredWithOneExchange(ProcessResult[] results)
    {
        Assert.All(results, result => Assert.Equal(Answer, result.Succeeded().Line));
        Assert.Equal((1, 1), (Endpoint.Events.GrantedExchanges, Endpoint.Events.Presentations));
        var answered = Endpoint.Events.At(EndpointPaths.Messages);
        Assert.Equal(Processes, answered.Count(one => one.Outcome == Outcomes.Granted));
        Assert.Single(answered.Select(one => one.AccessTokenDigest).Distinct());
    }

    private string Place => Path.Combine(Sandbox.Root, "sandbox");

    /// <summary>How many different ones the API has accepted.</summary>
    private int Tokens => Endpoint.Events.At(EndpointPaths.Messages).Where(one => one.Outcome == Outcomes.Granted).Select(one => one.AccessTokenDigest).Distinct().Count();

    private async Task<BrokerProcess> KeepAsync()
    {
        var keep = Sandbox.Start("keep", "--publish", Place);
        using CancellationTokenSource patience = new(BrokerProcess.Patience);
        while (!File.Exists(Path.Combine(Place, "active_config"))) // It is written last.
        {
            await Task.Delay(10, patience.Token);
        }

        return keep;
    }

    [Theory]
    [InlineData("TypeScript")]
    [InlineData("C#")]
    public async Task Under_exec_all_answer_with_one_exchange(string sdk) =>
        AllAnsweredWithOneExchange(await Sandbox.RunTogetherAsync(Processes, _ => new Launch(["exec", "--", .. Ask(sdk)])));

    [Theory]
    [InlineData("TypeScript")]
    [InlineData("C#")]
    public async Task With_what_keep_publishes_all_answer_and_hold_no_identity(string sdk)
    {
        var keep = await KeepAsync();
        Dictionary<string, string?> variables = new() { ["ANTHROPIC_CONFIG_DIR"] = Place, ["XDG_CONFIG_HOME"] = null };

        var results = await Sandbox.RunTogetherAsync(Processes, _ => Directly(sdk) with { Variables = variables });

        AllAnsweredWithOneExchange(results);
        keep.Signal(Posix.SignalTerminate);
        (await keep.WaitAsync()).Succeeded();
    }

    [Theory]
    [InlineData("TypeScript")]
    [InlineData("C#")]
    public async Task A_client_that_lives_on_takes_what_is_published_next(string sdk)
    {
        // Within its last two minutes an SDK looks for another one at each call, and serves what it has meanwhile.
        Endpoint.Faults.Add(Fault.ExpiresIn(118), times: null);
        var keep = await KeepAsync();
        var stop = Path.Combine(Sandbox.Root, "stop");
        var client = Sandbox.Start(Directly(sdk) with
        {
            Arguments = [.. Directly(sdk).Arguments, stop],
            Variables = new Dictionary<string, string?> { ["ANTHROPIC_CONFIG_DIR"] = Place, ["XDG_CONFIG_HOME"] = null },
        });
        await Endpoint.Events.WaitForAsync(_ => Tokens == 1);

        // Killed, so that what it published stays, and another one takes over with a new token.
        keep.Kill();
        await keep.WaitAsync();
        NewIdentityFile();
        (await Sandbox.RunAsync("clear")).SucceededWithNotes();
        keep = Sandbox.Start("keep", "--publish", Place);
        await Endpoint.Events.WaitForAsync(_ => Tokens == 2);

        Sandbox.WriteFile("stop", "");
        Assert.Equal(Answer, (await client.WaitAsync()).Succeeded().Line);
        keep.Signal(Posix.SignalTerminate);
        (await keep.WaitAsync()).Succeeded();
        Assert.Equal(2, Endpoint.Events.Presentations);
    }

    /// <summary>The TypeScript SDK takes ANTHROPIC_AUTH_TOKEN for a key of a gateway, and does not say to the API that it is a token of OAuth.</summary>
    [Theory]
    [InlineData("TypeScript", "anthropic-beta: oauth-2025-04-20")]
    [InlineData("C#", null)]
    public async Task With_the_variables_that_get_prints_all_answer_with_one_exchange(string sdk, string? header)
    {
        const string script = "exec env $(\"$0\" get --format env) \"$@\"";
        Dictionary<string, string?> variables = new() { ["ANTHROPIC_CUSTOM_HEADERS"] = header };

        AllAnsweredWithOneExchange(await Sandbox.RunTogetherAsync(
            Processes, _ => new Launch(["-c", script, PublishedBinary.Path, .. Ask(sdk)]) { Program = "/bin/sh", Variables = variables }));
    }

    [Theory]
    [InlineData("TypeScript")]
    [InlineData("C#")]
    public async Task Without_the_broker_the_same_present_a_spent_token_and_not_all_answer(string sdk)
    {
        // The SDK keeps the credential that one of them gets.
        Sandbox.SecretFiles.Add(Path.Combine(Sandbox.Config, "anthropic/credentials/default.json"));
        // No answer before all have asked: on a slow machine the last would else find what the first has stored.
        Endpoint.Faults.Add(Fault.Hold(), times: Processes);

        var running = Sandbox.RunTogetherAsync(Processes, _ => Directly(sdk));
        await Endpoint.Events.WaitForAsync(_ => Endpoint.Events.Presentations == Processes);
        Endpoint.Faults.ReleaseHeld();
        var results = await running;

        Assert.Contains(results, result => result.ExitCode != 0);
        Assert.Contains(Endpoint.Events.Snapshot(), one => one.Reason == Reasons.JtiReused);
        Assert.Equal(1, Endpoint.Events.GrantedExchanges);
    }

    [Theory]
    [InlineData("TypeScript")]
    [InlineData("C#")]
    public async Task A_leftover_static_key_does_not_keep_the_SDK_from_the_credential(string sdk)
    {
        Sandbox.Environment["ANTHROPIC_API_KEY"] = Sandbox.AddSecret("sk-ant-api03-a-leftover-key-of-this-test");

        Assert.Equal(Answer, (await Sandbox.RunAsync(["exec", "--", .. Ask(sdk)])).SucceededWith("AB0801").Line);

        Assert.DoesNotContain(Endpoint.Events.Snapshot(), one => one.Reason == Reasons.StaticKey);
    }

    [Theory]
    [InlineData("TypeScript")]
    [InlineData("C#")]
    public async Task A_refusal_is_told_before_the_SDK_is_started(string sdk)
    {
        Endpoint.Faults.Add(Fault.Status(401), times: null);

        (await Sandbox.RunAsync(["exec", "--", .. Ask(sdk)])).Failed("AB0501", 5);

        Assert.Empty(Endpoint.Events.At(EndpointPaths.Messages));
    }
}
