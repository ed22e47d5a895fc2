using AotBroker.Evidence;

namespace AotBroker.Tests;

/// <summary>What Claude Code's settings say of credentials, and what it would use then.</summary>
public sealed class ClaudeCodeSettingsTests : IDisposable
{
    private readonly Machine _machine = new();

    public void Dispose() => _machine.Dispose();

    private (string Source, string Reason) Verdict()
    {
        ClientPrecedence.Verdict verdict = new ClientPrecedence(_machine.Environment).All().Single(static one => one.Client == "Claude Code");
        return (verdict.Source, verdict.Reason);
    }

    private string[] Found() => [.. ClaudeCodeSettings.Foreign(_machine.Environment).Select(static one => one.Path)];

    [Theory]
    [InlineData("""{"apiKeyHelper":"~/bin/key.sh"}""", "apiKeyHelper")]
    [InlineData("""{"permissions":{"env":{"ANTHROPIC_API_KEY":"x"}},"env":{"OTHER":"1","ANTHROPIC_API_KEY":"sk"}}""", "env.ANTHROPIC_API_KEY")]
    [InlineData("""{"env":{"ANTHROPIC_AUTH_TOKEN":"sk","CLAUDE_CODE_OAUTH_TOKEN":"sk"}}""", "env.ANTHROPIC_AUTH_TOKEN env.CLAUDE_CODE_OAUTH_TOKEN")]
    [InlineData("\u00ef\u00bb\u00bf{\"apiKeyHelper\":\"x\"}", "apiKeyHelper")]
    [InlineData("""{"apiKeyHelper":"","env":{"ANTHROPIC_API_KEY":""}}""", "")]
    [InlineData("""{"apiKeyHelper":7,"env":["ANTHROPIC_API_KEY"]}""", "")]
    [InlineData("""{"env":{"ANTHROPIC_API_KEY":{"ANTHROPIC_AUTH_TOKEN":"x"}}}""", "")]
    [InlineData("""["apiKeyHelper"]""", "")]
    [InlineData("not JSON", "")]
    [InlineData("", "")]
    public void What_decides_the_credential_is_found_whatever_else_is_there(string content, string expected)
    {
        File.WriteAllBytes(_machine.Home.Write(".claude/settings.json", ""), System.Text.Encoding.Latin1.GetBytes(content));

        Assert.Equal(expected.Split(' ', StringSplitOptions.RemoveEmptyEntries), Found());
    }

    [Theory]
    [InlineData("/usr/local/bin/aotbroker get --profile ci --min-ttl 360")]
    [InlineData("'/opt/bin/aotbroker' get")]
    [InlineData("aotbroker get")]
    public void A_helper_that_calls_this_program_is_no_stranger(string command)
    {
        _machine.Home.Write(".claude/settings.json", $$"""{"apiKeyHelper":"{{command}}"}""");

        Assert.Empty(Found());
        Assert.Equal(("apiKeyHelper", $"{_machine.Home[".claude/settings.json"]} calls aotbroker"), Verdict());
    }

    [Fact]
    public void The_user_s_directory_and_this_one_s_files_are_read_and_the_local_file_counts_most()
    {
        _machine.Variables["CLAUDE_CONFIG_DIR"] = _machine.Home["chosen"];
        _machine.Home.Write("chosen/settings.json", """{"env":{"ANTHROPIC_API_KEY":"sk"}}""");
        _machine.Home.Write(".claude/settings.json", """{"apiKeyHelper":"project"}""");
        _machine.Home.Write(".claude/settings.local.json", """{"apiKeyHelper":"local"}""");

        Assert.Equal(
            [_machine.Home[".claude/settings.local.json"], _machine.Home[".claude/settings.json"], _machine.Home["chosen/settings.json"]],
            ClaudeCodeSettings.Foreign(_machine.Environment).Select(static one => one.File));
        Assert.Equal(("env.ANTHROPIC_API_KEY", $"it is set in {_machine.Home["chosen/settings.json"]}"), Verdict());
    }

    [Fact]
    public void Variables_and_settings_come_in_Claude_Code_s_order()
    {
        _machine.Home.Write(".claude/settings.json", """{"apiKeyHelper":"x","env":{"CLAUDE_CODE_OAUTH_TOKEN":"sk"}}""");
        Assert.Equal("apiKeyHelper", Verdict().Source);

        _machine.Variables["ANTHROPIC_API_KEY"] = "sk";
        Assert.Equal("ANTHROPIC_API_KEY", Verdict().Source);
    }

    [Fact]
    public void What_is_no_file_is_passed_over()
    {
        Directory.CreateDirectory(_machine.Home[".claude/settings.json"]);

        Assert.Empty(Found());
    }

    [Fact]
    public void Status_tells_of_it()
    {
        _machine.WriteBrokerProfile("ci", """{"identity":{"source":"file","path":"/x"},"exchange":{"type":"anthropic","federation_rule_id":"fdrl_01","organization_id":"3f0c9d1e-5a7b-4c2d-9e8f-1a2b3c4d5e6f"}}""");
        _machine.Home.Write(".claude/settings.json", """{"apiKeyHelper":"~/bin/key.sh"}""");

        AotBroker.Commands.StatusCommand.Run("ci", json: false, new Brokering.Session(_machine.Environment, _machine.Output.Stream, _machine.Reporter, verbose: false));

        Assert.Contains($"warning[AB0802]: {_machine.Home[".claude/settings.json"]} has apiKeyHelper: Claude Code prefers it", _machine.Error.Text, StringComparison.Ordinal);
    }
}
