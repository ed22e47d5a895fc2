using AotBroker.Clients;
using AotBroker.Clients.ClaudeCode;
using AotBroker.Errors;
using AotBroker.Profiles;

namespace AotBroker.Tests;

/// <summary>Claude Code's settings, before and after, to the octet.</summary>
public sealed class ClaudeCodeSetupTests : IDisposable
{
    private const string Aws = "\"aws-sts\",\"role_arn\":\"arn:aws:iam::123456789012:role/ci\"";

    private readonly Machine _machine = new();

    public void Dispose() => _machine.Dispose();

    private ResolvedProfile Profile(string exchange = "\"none\"", string? hosts = "\"ghcr.io\"")
    {
        string serves = hosts is null ? "" : $$""","serves":{"hosts":[{{hosts}}]}""";
        _machine.WriteBrokerProfile("ci", $$$"""{"exchange":{"type":{{{exchange}}}}{{{serves}}}}""");
        return ProfileResolver.ResolveExchange("ci", _machine.Environment);
    }

    private SetupPlan ClaudeCode(string exchange) => new ClaudeCodeSetup().Plan(Profile(exchange, null), "/x", _machine.Environment);

    [Fact]
    public void Claude_Code_gets_a_helper_whose_answer_outlives_what_it_keeps()
    {
        SetupPlan setup = ClaudeCode("\"anthropic\",\"federation_rule_id\":\"fdrl_01\",\"organization_id\":\"3f0c9d1e-5a7b-4c2d-9e8f-1a2b3c4d5e6f\"");
        string line = $"  \"apiKeyHelper\": \"{Environment.ProcessPath} get --profile ci --min-ttl 360\"";

        const string betas = "  \"env\": {\n    \"ANTHROPIC_BETAS\": \"oauth-2025-04-20\"\n  }";

        Assert.Equal($"{{\n{line},\n{betas}\n}}\n", setup.Lines);
        Assert.Equal($"{{\n{betas},\n{line}\n}}\n", setup.Edit("{\n  \"env\": {}\n}\n").Text);
        Assert.Equal($"{{\n{line},\n{betas}\n}}\n", setup.Edit("{\n  \"apiKeyHelper\": \"'/opt/my tools/aotbroker' get\"\n}\n").Text);
        Assert.Contains("another \"apiKeyHelper\"", setup.Edit("{\"apiKeyHelper\": \"~/bin/key.sh\"}").Refusal, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("oauth-2025-04-20", "oauth-2025-04-20")]
    [InlineData("one,oauth-2025-04-20", "one,oauth-2025-04-20")]
    [InlineData("one", "one,oauth-2025-04-20")]
    [InlineData("", "oauth-2025-04-20")]
    public void Claude_Code_keeps_the_betas_that_it_has(string present, string expected)
    {
        SetupPlan setup = ClaudeCode("\"anthropic\",\"federation_rule_id\":\"fdrl_01\",\"organization_id\":\"3f0c9d1e-5a7b-4c2d-9e8f-1a2b3c4d5e6f\"");

        string once = setup.Edit($"{{\"env\": {{\"ANTHROPIC_BETAS\": \"{present}\"}}}}").Text!;

        Assert.StartsWith($"{{\"env\": {{\"ANTHROPIC_BETAS\": \"{expected}\"}}, \"apiKeyHelper\": ", once, StringComparison.Ordinal);
        Assert.Equal(once, setup.Edit(once).Text);
    }

    [Fact]
    public void Claude_Code_gets_AWS_keys_for_Bedrock_and_a_login_too_but_no_other_service_s_token()
    {
        Assert.Equal($"{{\n  \"awsCredentialExport\": \"{Environment.ProcessPath} get --profile ci --format aws\"\n}}\n", ClaudeCode(Aws).Lines);
        _machine.WriteAnthropicProfile("me", """{"authentication":{"type":"user_oauth"}}""");
        Assert.Contains("apiKeyHelper", new ClaudeCodeSetup().Plan(ProfileResolver.ResolveExchange("me", _machine.Environment), "/x", _machine.Environment).Lines, StringComparison.Ordinal);

        BrokerException error = Expect.Error("AB0201", () => ClaudeCode("\"none\""));

        Assert.Contains("\"anthropic\" or \"aws-sts\"", error.Hints[0], StringComparison.Ordinal);
    }

    [Fact]
    public void The_file_is_the_one_that_Claude_Code_reads()
    {
        Assert.Equal("/c/settings.json", new ClaudeCodeSetup().FileFor("ci", _machine.WithVariables(("CLAUDE_CONFIG_DIR", "/c"))));
        Assert.Equal(_machine.Home[".claude/settings.json"], new ClaudeCodeSetup().FileFor("ci", _machine.Environment));
    }
}
