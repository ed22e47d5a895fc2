using System.Text.Json.Nodes;

namespace AotBroker.EndToEnd.Tests;

/// <summary>Five processes of the official TypeScript SDK at once, an empty cache, one single-use identity token.</summary>
[Collection(Bursts.Name)]
public sealed class RealClientTests : BrokerTest
{
    private const int Processes = 5;

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

    [Fact]
    public async Task Under_exec_all_five_answer_with_one_exchange()
    {
        var results = await Sandbox.RunTogetherAsync(Processes, _ => new Launch("exec", "--", NodeClient.Node, NodeClient.Script));

        Assert.All(results, result => Assert.Equal("The local endpoint accepted this token.", result.Succeeded().Line));
        Assert.Equal(1, Endpoint.Events.GrantedExchanges);
        Assert.Equal(1, Endpoint.Events.Presentations);
        var answered = Endpoint.Events.At(EndpointPaths.Messages);
        Assert.Equal(Processes, answered.Count(one => one.Outcome == Outcomes.Granted));
        Assert.Single(answered.Select(one => one.AccessTokenDigest).Distinct());
    }

    [Fact]
    public async Task Without_the_broker_the_same_five_present_a_spent_token_and_not_all_answer()
    {
        // The SDK keeps the credential that one of them gets.
        Sandbox.SecretFiles.Add(Path.Combine(Sandbox.Config, "anthropic/credentials/default.json"));
        // No answer before all have asked: on a slow machine the last would else find what the first has stored.
        Endpoint.Faults.Add(Fault.Hold(), times: Processes);

        var running = Sandbox.RunTogetherAsync(Processes, _ => new Launch(NodeClient.Script) { Program = NodeClient.Node });
        await Endpoint.Events.WaitForAsync(_ => Endpoint.Events.Presentations == Processes);
        Endpoint.Faults.ReleaseHeld();
        var results = await running;

        Assert.Contains(results, result => result.ExitCode != 0);
        Assert.Contains(Endpoint.Events.Snapshot(), one => one.Reason == Reasons.JtiReused);
        Assert.Equal(1, Endpoint.Events.GrantedExchanges);
    }

    [Fact]
    public async Task A_leftover_static_key_does_not_keep_the_SDK_from_the_credential()
    {
        Sandbox.Environment["ANTHROPIC_API_KEY"] = Sandbox.AddSecret("sk-ant-api03-a-leftover-key-of-this-test");

        (await Sandbox.RunAsync("exec", "--", NodeClient.Node, NodeClient.Script)).SucceededWith("AB0801");

        Assert.DoesNotContain(Endpoint.Events.Snapshot(), one => one.Reason == Reasons.StaticKey);
    }
}
