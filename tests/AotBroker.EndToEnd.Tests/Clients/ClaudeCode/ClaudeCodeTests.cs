using System.Text.Json.Nodes;

namespace AotBroker.EndToEnd.Tests;

/// <summary>
/// What a job does with Claude Code: many short-lived processes, some of which ask the API, all of one identity token that
/// may be presented once.
/// </summary>
[Collection(Bursts.Name)]
public sealed class ClaudeCodeTests : BrokerTest
{
    private const int Processes = 10;
    private const string Answer = "The local endpoint accepted this token.";

    private static readonly Lazy<string> s_program = new(static () =>
        Path.Combine(NpmFolder.Install("ClaudeCode/claude-code"), "node_modules/@anthropic-ai/claude-code-linux-x64/claude"));

    private static readonly string[] s_ask = ["-p", "What did you accept?"];

    /// <summary>As far away as a real endpoint is.</summary>
    protected override LocalEndpointOptions EndpointOptions => base.EndpointOptions with { AnswerDelay = TimeSpan.FromMilliseconds(200) };

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        Sandbox.WriteProfile("ci", NewProfile());
        // Loopback is all that it may talk to, and all that it has to.
        Sandbox.Environment["CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC"] = "1";
        Sandbox.Environment["DISABLE_AUTOUPDATER"] = "1";
        Sandbox.Environment["HTTPS_PROXY"] = "http://127.0.0.1:9";
        Sandbox.Environment["NO_PROXY"] = "127.0.0.1";
    }

    private static Launch Exec(params string[] arguments) => new(["exec", "--profile", "ci", "--", s_program.Value, .. arguments]) { Redirections = "</dev/null" };

    private void AssertOneExchange(int questions)
    {
        Assert.Equal((1, 1), (Endpoint.Events.GrantedExchanges, Endpoint.Events.Presentations));
        var answered = Endpoint.Events.At(EndpointPaths.Messages);
        Assert.True(answered.Count(one => one.Outcome == Outcomes.Granted) >= questions);
        Assert.Single(answered.Select(one => one.AccessTokenDigest).Distinct());
    }

    [Fact]
    public async Task Ten_at_once_are_answered_with_one_exchange()
    {
        var results = await Sandbox.RunTogetherAsync(Processes, _ => Exec(s_ask));

        Assert.All(results, result => Assert.Equal(Answer, result.Succeeded().Line));
        AssertOneExchange(Processes);
    }

    [Fact]
    public async Task A_job_that_adds_a_marketplace_installs_plugins_and_then_asks_makes_one_exchange()
    {
        WriteMarketplace("first", "second");

        (await Sandbox.RunAsync(Exec("plugin", "marketplace", "add", Path.Combine(Sandbox.Root, "market")))).Succeeded();
        foreach (var plugin in new[] { "first", "second" })
        {
            (await Sandbox.RunAsync(Exec("plugin", "install", plugin + "@market"))).Succeeded();
        }

        Assert.Equal(Answer, (await Sandbox.RunAsync(Exec(s_ask))).Succeeded().Line);
        Assert.Contains("second@market", (await Sandbox.RunAsync(Exec("plugin", "list"))).Succeeded().OutputText, StringComparison.Ordinal);
        AssertOneExchange(1);
    }

    [Fact]
    public async Task A_leftover_static_key_does_not_shadow_the_identity()
    {
        Sandbox.Environment["ANTHROPIC_API_KEY"] = Sandbox.AddSecret("sk-ant-api03-a-leftover-key-of-this-test");

        Assert.Equal(Answer, (await Sandbox.RunAsync(Exec(s_ask))).SucceededWith("AB0801").Line);

        Assert.DoesNotContain(Endpoint.Events.Snapshot(), one => one.Reason == Reasons.StaticKey);
    }

    [Fact]
    public async Task A_refusal_is_told_before_it_is_started()
    {
        Endpoint.Faults.Add(Fault.Status(401), times: null);

        (await Sandbox.RunAsync(Exec(s_ask))).Failed("AB0501", 5);

        Assert.Empty(Endpoint.Events.At(EndpointPaths.Messages));
    }

    private void WriteMarketplace(params string[] plugins)
    {
        Sandbox.WriteFile("market/.claude-plugin/marketplace.json", new JsonObject
        {
            ["name"] = "market",
            ["owner"] = new JsonObject { ["name"] = "nobody" },
            ["plugins"] = new JsonArray([.. plugins.Select(plugin => new JsonObject { ["name"] = plugin, ["source"] = "./" + plugin, ["description"] = "nothing" })]),
        }.ToJsonString());
        foreach (var plugin in plugins)
        {
            Sandbox.WriteFile($"market/{plugin}/.claude-plugin/plugin.json", new JsonObject { ["name"] = plugin, ["version"] = "1.0.0", ["description"] = "nothing" }.ToJsonString());
            Sandbox.WriteFile($"market/{plugin}/commands/{plugin}.md", "---\ndescription: nothing\n---\nSay nothing.\n");
        }
    }
}
