using System.Text.Json.Nodes;

namespace AotBroker.EndToEnd.Tests;

/// <summary>
/// A job as claude-code-action makes it: an older Claude Code, each process of which exchanges by itself, plug-ins, and the
/// federation variables with a token file beside what this action exported.
/// </summary>
[Collection(Bursts.Name)]
public sealed class ActionClaudeCodeTests : ActionTest
{
    private const string Answer = "The local endpoint accepted this token.";

    /// <summary>As far away as a real endpoint is.</summary>
    protected override LocalEndpointOptions EndpointOptions => base.EndpointOptions with { AnswerDelay = TimeSpan.FromMilliseconds(300) };

    [Fact]
    public async Task Plug_ins_and_questions_of_all_steps_make_one_exchange()
    {
        WriteMarketplace("first", "second");
        var job = NewJob();
        job.Variables["CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC"] = "1";
        job.Variables["DISABLE_AUTOUPDATER"] = "1";
        job.Variables["HTTPS_PROXY"] = "http://127.0.0.1:9";
        job.Variables["NO_PROXY"] = "127.0.0.1";
        job.Variables["PATH"] = $"{Path.Combine(NpmFolder.Install("ClaudeCode/claude-code"), "node_modules/@anthropic-ai/claude-code-linux-x64")}:{job.Variables["PATH"]}";
        var federation = $"export ANTHROPIC_FEDERATION_RULE_ID={Endpoint.Rule.Id} ANTHROPIC_ORGANIZATION_ID={Endpoint.Rule.OrganizationId} ANTHROPIC_IDENTITY_TOKEN_FILE={NewIdentityFile()}";
        var plugins = $"{federation}; claude plugin marketplace add {Sandbox.Root}/market && claude plugin install first@market && claude plugin install second@market";
        var question = $"{federation}; claude -p 'What did you accept?' </dev/null";

        var result = (await job.Uses().Runs(plugins).Runs(question).Runs($"for i in 1 2 3 4 5; do claude -p 'What did you accept?' </dev/null & done; wait").RunAsync()).Succeeded();

        Assert.Equal([Answer], result.Step(question).Log);
        Assert.Equal((1, 1), (Endpoint.Events.GrantedExchanges, Endpoint.Events.Presentations));
        var asked = Endpoint.Events.At(EndpointPaths.Messages);
        Assert.True(asked.Count(one => one.Outcome == Outcomes.Granted) >= 6);
        Assert.Single(asked.Select(one => one.AccessTokenDigest).Distinct());
        AssertNothingIsLeft(job);
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
