using System.Text.Json;
using System.Text.RegularExpressions;

namespace AotBroker.EndToEnd.Tests;

/// <summary>`status`: what would be used here and why; nothing secret, nothing asked, nothing written.</summary>
public sealed partial class StatusTests : BrokerTest
{
    [Fact]
    public async Task With_a_credential_it_tells_the_profile_the_cache_and_every_client()
    {
        UseFederationVariables();
        var token = (await Sandbox.RunAsync("get")).Succeeded().Line;

        var text = await StatusAsync(0);

        Golden.Check("status", Stable(text));
        Assert.DoesNotContain(token[..20], text, StringComparison.Ordinal);
        Assert.DoesNotContain("eyJ", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Json_tells_the_same_to_programs()
    {
        UseFederationVariables();
        (await Sandbox.RunAsync("get")).Succeeded();
        using var entry = JsonDocument.Parse(await File.ReadAllBytesAsync(Sandbox.EntryFile));

        using var status = JsonDocument.Parse(await StatusAsync(0, "--json"));

        var root = status.RootElement;
        var profile = root.GetProperty("profile");
        Assert.Equal("environment", profile.GetProperty("name").GetString());
        Assert.Equal(Endpoint.Rule.Id, profile.GetProperty("settings").GetProperty("federation_rule_id").GetProperty("value").GetString());
        Assert.Equal("ANTHROPIC_FEDERATION_RULE_ID", profile.GetProperty("settings").GetProperty("federation_rule_id").GetProperty("origin").GetString());
        Assert.Equal("file", profile.GetProperty("identity").GetProperty("source").GetString());
        Assert.Equal(Sandbox.Cache, root.GetProperty("cache").GetProperty("directory").GetString());
        var credential = root.GetProperty("cache").GetProperty("credential");
        Assert.Equal(entry.RootElement.GetProperty("expires_at").GetInt64(), credential.GetProperty("expires_at").GetInt64());
        Assert.Equal(entry.RootElement.GetProperty("request_id").GetString(), credential.GetProperty("request_id").GetString());
        Assert.Equal(6, root.GetProperty("clients").GetArrayLength());
        Assert.Equal(0, root.GetProperty("static_keys").GetArrayLength());
    }

    [Fact]
    public async Task Without_a_credential_it_says_who_will_bring_one_and_asks_nobody()
    {
        UseGitHubVariables();

        Assert.Contains("none yet", await StatusAsync(0), StringComparison.Ordinal);

        Assert.Empty(Endpoint.Events.Snapshot());
        Assert.False(Directory.Exists(Sandbox.Cache));
    }

    [Fact]
    public async Task A_remembered_failure_is_told()
    {
        UseFederationVariables();
        Endpoint.Faults.Add(Fault.Status(403));
        (await Sandbox.RunAsync("get")).Failed("AB0503", 5);

        // It ends as `get` would.
        var text = await StatusAsync(5);
        Assert.Matches("last failure +AB0503 the token endpoint forbids the exchange", text);
        using var json = JsonDocument.Parse(await StatusAsync(5, "--json"));
        Assert.Equal("AB0503", json.RootElement.GetProperty("cache").GetProperty("failure").GetProperty("code").GetString());
    }

    [Fact]
    public async Task An_entry_that_is_not_used_is_told_with_the_reason_and_left_alone()
    {
        UseFederationVariables();
        (await Sandbox.RunAsync("get")).Succeeded();
        await File.WriteAllTextAsync(Sandbox.EntryFile, "{");

        // The token of the file was presented for it.
        Assert.Contains("it is damaged", await StatusAsync(4), StringComparison.Ordinal);
        using var json = JsonDocument.Parse(await StatusAsync(4, "--json"));
        Assert.Contains("it is damaged", json.RootElement.GetProperty("cache").GetProperty("not_used").GetString(), StringComparison.Ordinal);
        Assert.Equal("{", await File.ReadAllTextAsync(Sandbox.EntryFile));
    }

    [Fact]
    public async Task A_problem_has_the_exit_code_that_get_would_have_and_is_in_the_json_too()
    {
        var result = await Sandbox.RunAsync("status", "--json", "--profile", "none");

        Assert.Equal(3, result.ExitCode);
        result.Says("error[AB0302]");
        using var json = JsonDocument.Parse(result.Output);
        Assert.Equal("AB0302", json.RootElement.GetProperty("problem").GetProperty("code").GetString());
        Assert.NotEqual(0, json.RootElement.GetProperty("problem").GetProperty("hints").GetArrayLength());
        Assert.Equal(JsonValueKind.Null, json.RootElement.GetProperty("profile").ValueKind);
    }

    [Fact]
    public async Task A_static_key_is_warned_of_and_never_shown()
    {
        UseFederationVariables();
        Sandbox.Environment["ANTHROPIC_API_KEY"] = Sandbox.AddSecret("sk-ant-api03-a-leftover-key-of-this-test");

        var result = (await Sandbox.RunAsync("status")).SucceededWith("AB0802");

        Assert.Matches("Go SDK +ANTHROPIC_API_KEY  \\(a static key comes before every identity\\)", result.OutputText);
        Assert.DoesNotContain("leftover", result.OutputText, StringComparison.Ordinal);
    }

    private async Task<string> StatusAsync(int exitCode, params string[] options)
    {
        var result = await Sandbox.RunAsync(["status", .. options]);
        Assert.Equal((exitCode, exitCode != 0), (result.ExitCode, result.ErrorText.Contains("error[AB", StringComparison.Ordinal)));
        return result.OutputText;
    }

    /// <summary>The text with what differs from run to run replaced by its name.</summary>
    private string Stable(string text) => Durations().Replace(
        Instants().Replace(
            text.Replace(Sandbox.Root, "ROOT", StringComparison.Ordinal)
                .Replace(Endpoint.Url, "URL", StringComparison.Ordinal)
                .Replace(Endpoint.Rule.Id, "RULE", StringComparison.Ordinal)
                .Replace(Endpoint.Rule.OrganizationId, "ORGANIZATION", StringComparison.Ordinal),
            "INSTANT"),
        "DURATION");

    [GeneratedRegex(@"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")]
    private static partial Regex Instants();

    [GeneratedRegex(@"\d+ min( \d+ s)?")]
    private static partial Regex Durations();
}
