using System.Text.Json;

namespace AotBroker.EndToEnd.Tests;

/// <summary>What `exec` publishes: private files (invariant 7) in the form that SDKs read.</summary>
public sealed class PublishedProfileTests : BrokerTest
{
    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        UseFederationVariables();
    }

    [Fact]
    public async Task Directories_are_0700_files_0600_and_none_is_a_link()
    {
        var result = await Sandbox.RunAsync("exec", "--", "/bin/sh", "-c", "find \"$ANTHROPIC_CONFIG_DIR\" -printf '%P %y %m %U\\n' | sort; id -u");

        var lines = result.Succeeded().OutputText.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var user = lines[^1];
        Assert.Equal(
            [
                $" d 700 {user}",
                $"aotbroker d 700 {user}",
                $"aotbroker/environment.json f 600 {user}",
                $"configs d 700 {user}",
                $"configs/environment.json f 600 {user}",
                $"credentials d 700 {user}",
                $"credentials/environment.json f 600 {user}",
                $"kept.lock f 600 {user}",
            ],
            lines[..^1].Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task The_credentials_file_is_what_get_prints_for_Anthropics_clients()
    {
        var published = (await PrintAsync("cat \"$ANTHROPIC_CONFIG_DIR/credentials/$ANTHROPIC_PROFILE.json\"")).OutputText;

        Assert.Equal((await Sandbox.RunAsync("get", "--format", "anthropic")).Succeeded().OutputText, published);
    }

    [Fact]
    public async Task The_profile_is_a_login_that_somebody_else_renews()
    {
        var script = "cat \"$ANTHROPIC_CONFIG_DIR/configs/$ANTHROPIC_PROFILE.json\"";

        using var profile = JsonDocument.Parse((await PrintAsync(script)).Output);

        // No client id, no rule and no identity: nothing that an SDK could present.
        Assert.Equal(["type"], profile.RootElement.GetProperty("authentication").EnumerateObject().Select(member => member.Name));
        Assert.Equal("user_oauth", profile.RootElement.GetProperty("authentication").GetProperty("type").GetString());
        Assert.Equal(Endpoint.Rule.OrganizationId, profile.RootElement.GetProperty("organization_id").GetString());
        Assert.Equal(Endpoint.Url, profile.RootElement.GetProperty("base_url").GetString());
    }

    [Fact]
    public async Task The_profile_keeps_its_name()
    {
        Sandbox.WriteProfile("some.profile-1", NewProfile());

        var result = await Sandbox.RunAsync("exec", "--profile", "some.profile-1", "--", "/bin/sh", "-c", "echo \"$ANTHROPIC_PROFILE\"; ls \"$ANTHROPIC_CONFIG_DIR/configs\"");

        Assert.Equal("some.profile-1\nsome.profile-1.json\n", result.Succeeded().OutputText);
    }

    [Fact]
    public async Task Each_command_has_a_directory_of_its_own()
    {
        var first = (await PrintAsync("echo \"$ANTHROPIC_CONFIG_DIR\"")).Line;
        var second = (await PrintAsync("echo \"$ANTHROPIC_CONFIG_DIR\"")).Line;

        Assert.NotEqual(first, second);
        Assert.StartsWith(Sandbox.Cache + "/exec/", first, StringComparison.Ordinal);
    }

    private async Task<ProcessResult> PrintAsync(string script) =>
        (await Sandbox.RunAsync("exec", "--", "/bin/sh", "-c", script)).Succeeded();
}
