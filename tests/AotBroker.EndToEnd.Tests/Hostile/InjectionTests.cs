using System.Text.Json.Nodes;

namespace AotBroker.EndToEnd.Tests;

/// <summary>What is configured can neither add a header to a request nor a line to a message; and a credential stays with what minted it.</summary>
public sealed class InjectionTests : BrokerTest
{
    private const string Injection = "\r\nX-Injected: yes";

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        UseGitHubVariables();
    }

    [Theory]
    [InlineData("ANTHROPIC_BASE_URL", "AB0305")]
    [InlineData("ANTHROPIC_FEDERATION_RULE_ID", "AB0305")]
    [InlineData("ANTHROPIC_ORGANIZATION_ID", "AB0305")]
    [InlineData("ANTHROPIC_SERVICE_ACCOUNT_ID", "AB0305")]
    [InlineData("ANTHROPIC_WORKSPACE_ID", "AB0305")]
    [InlineData("ACTIONS_ID_TOKEN_REQUEST_TOKEN", "AB0305")]
    [InlineData("GITHUB_JOB", "AB0305")]
    public async Task A_line_break_in_a_variable_is_refused_before_anything_is_sent(string variable, string code)
    {
        Sandbox.Environment[variable] = Sandbox.Environment.GetValueOrDefault(variable, "x") + Injection;

        var result = (await Sandbox.RunAsync("get")).Failed(code, 3);

        Assert.DoesNotContain(result.ErrorLines, line => line.Contains('\r', StringComparison.Ordinal) || line.StartsWith("X-Injected", StringComparison.Ordinal));
        Assert.Empty(Endpoint.Events.Snapshot());
    }

    [Theory]
    [InlineData("base_url")]
    [InlineData("federation_rule_id")]
    [InlineData("organization_id")]
    [InlineData("service_account_id")]
    [InlineData("workspace_id")]
    [InlineData("audience")]
    public async Task A_line_break_in_a_profile_is_refused_before_anything_is_sent(string member)
    {
        var profile = NewProfile(new JsonObject { ["source"] = "github-actions", ["audience"] = "https://api.anthropic.com" });
        var settings = profile[member == "audience" ? "identity" : "exchange"]!.AsObject();
        settings[member] = (settings[member]?.GetValue<string>() ?? "x") + Injection;
        Sandbox.WriteProfile("p", profile);

        var result = await Sandbox.RunAsync("get", "--profile", "p");

        Assert.True(result.ExitCode == 3 && result.Output.Length == 0, result.ToString());
        Assert.All(result.ErrorLines, line => Assert.StartsWith("aotbroker: ", line, StringComparison.Ordinal));
        Assert.Empty(Endpoint.Events.Snapshot());
    }

    [Theory]
    [InlineData("none\naotbroker: error[AB0101]: not so")]
    [InlineData("none\r\e[2J\e]0;title\a")]
    [InlineData("none\u202e\u2028\"'`$(id)")]
    [InlineData("-none\n--")]
    public async Task A_commands_name_stays_on_its_line(string command)
    {
        var result = await Sandbox.RunAsync("exec", "--no-refresh", "--", command);

        result.Failed("AB0708", 127);
        Assert.Equal(2, result.ErrorLines.Length);
        Assert.DoesNotContain(result.ErrorText, c => c != '\n' && (char.IsControl(c) || c is '\u202e' or '\u2028'));
    }

    [Fact]
    public async Task An_entry_that_is_copied_from_another_configuration_is_not_served()
    {
        JsonObject Profile(string? audience) => NewProfile(new JsonObject { ["source"] = "github-actions", ["audience"] = audience });
        Sandbox.WriteProfile("a", Profile("https://api.anthropic.com"));
        var other = Profile("https://api.anthropic.com");
        other["exchange"]!["workspace_id"] = "default";
        Sandbox.WriteProfile("b", other);
        var first = (await Sandbox.RunAsync("get", "--profile", "a")).Succeeded();
        var entryOfA = Sandbox.EntryFile;
        var lockOfA = Path.ChangeExtension(entryOfA, ".lock");
        await Sandbox.RunAsync("get", "--profile", "b");
        var lockOfB = Directory.GetFiles(Sandbox.Cache, "*.lock").Single(path => path != lockOfA);
        var entryOfB = Path.ChangeExtension(lockOfB, ".json");
        File.Copy(entryOfA, entryOfB, overwrite: true);

        var result = await Sandbox.RunAsync("get", "--profile", "b", "--force-refresh");
        File.Copy(entryOfA, entryOfB, overwrite: true);
        var again = await Sandbox.RunAsync("get", "--profile", "b");

        Assert.All([result, again], one => Assert.NotEqual(first.OutputText, one.OutputText));
        again.Says("it was obtained for another configuration");
    }
}
