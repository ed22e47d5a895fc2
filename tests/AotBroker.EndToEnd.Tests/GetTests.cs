using System.Text.Json;

namespace AotBroker.EndToEnd.Tests;

/// <summary>`get`: the formats to the octet.</summary>
public sealed class GetTests : BrokerTest
{
    private string _token = "";
    private long _expiresAt;

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        UseFederationVariables();
        _token = (await Sandbox.RunAsync("get")).Succeeded().Line;
        using var entry = JsonDocument.Parse(await File.ReadAllBytesAsync(Sandbox.EntryFile));
        _expiresAt = entry.RootElement.GetProperty("expires_at").GetInt64();
    }

    [Fact]
    public async Task A_token_is_the_bare_token_and_a_newline()
    {
        Assert.Equal($"{_token}\n", await OutputAsync("get"));
        Assert.Equal($"{_token}\n", await OutputAsync("get", "--format", "token"));
        Assert.Equal($"{_token}\n", await OutputAsync("get", "--format=token"));
    }

    [Fact]
    public async Task Json_is_one_object_on_one_line()
    {
        var output = await OutputAsync("get", "--format", "json");

        using var json = JsonDocument.Parse(output);
        var expiresIn = json.RootElement.GetProperty("expires_in").GetInt64();
        Assert.InRange(expiresIn, 1, _expiresAt - DateTimeOffset.UtcNow.AddMinutes(-5).ToUnixTimeSeconds());
        Assert.Equal(
            $$"""{"access_token":"{{_token}}","token_type":"Bearer","expires_at":{{_expiresAt}},"expires_in":{{expiresIn}},"profile":"environment"}""" + "\n",
            output);
    }

    [Fact]
    public async Task A_header_is_an_object_of_headers() =>
        Assert.Equal($$"""{"Authorization":"Bearer {{_token}}"}""" + "\n", await OutputAsync("get", "--format", "header"));

    [Fact]
    public async Task Env_is_lines_that_a_shell_can_take()
    {
        Assert.Equal($"ANTHROPIC_AUTH_TOKEN={_token}\nANTHROPIC_BASE_URL={Endpoint.Url}\n", await OutputAsync("get", "--format", "env"));

        var shell = await Sandbox.RunScriptAsync("env $(\"$1\" get --format env) sh -c 'echo \"$ANTHROPIC_AUTH_TOKEN\"'\n");
        Assert.Equal(_token, shell.Succeeded().Line);
    }

    [Fact]
    public async Task Anthropic_is_the_credentials_file_with_no_newline_at_its_end() =>
        Assert.Equal(
            $$"""
            {
              "version": "1.0",
              "type": "oauth_token",
              "access_token": "{{_token}}",
              "expires_at": {{_expiresAt}},
              "scope": "{{Endpoint.Rule.Scope}}"
            }
            """.ReplaceLineEndings("\n"),
            await OutputAsync("get", "--format", "anthropic"));

    [Fact]
    public async Task The_credentials_life_is_what_was_granted()
    {
        var granted = Assert.Single(Endpoint.Events.At(EndpointPaths.Token)).ExpiresIn!.Value;
        using var entry = JsonDocument.Parse(await File.ReadAllBytesAsync(Sandbox.EntryFile));

        Assert.Equal(granted, _expiresAt - entry.RootElement.GetProperty("issued_at").GetInt64());
        Assert.Equal(Sandbox.Processes[0].Id, entry.RootElement.GetProperty("process_id").GetInt32());
    }

    [Fact]
    public async Task Verbose_tells_what_is_done_on_standard_error_alone()
    {
        var result = (await Sandbox.RunAsync("get", "--verbose", "--force-refresh")).Says("aotbroker: profile environment (selected by ANTHROPIC_FEDERATION_RULE_ID");

        Assert.Equal(4, result.ExitCode); // The token was presented when the test began.
        Assert.Empty(result.Output);
        Assert.Equal(
            $"{_token}\n",
            (await Sandbox.RunAsync(new Launch("get") { Variables = new Dictionary<string, string?> { ["AOTBROKER_LOG"] = "debug" } })).Says("identity from ANTHROPIC_IDENTITY_TOKEN_FILE").OutputText);
    }

    [Fact]
    public async Task What_is_cached_is_private()
    {
        (await Sandbox.RunAsync("exec", "true")).Succeeded();

        const UnixFileMode others = (UnixFileMode)0b000_111_111;
        Assert.Equal((UnixFileMode)0b111_000_000, File.GetUnixFileMode(Sandbox.Cache));
        var everything = Directory.GetFileSystemEntries(Sandbox.Cache, "*", SearchOption.AllDirectories);
        Assert.All(everything, path => Assert.Equal((UnixFileMode)0, File.GetUnixFileMode(path) & others));
        Assert.Contains(everything, path => Sandbox.IsRecord(Path.GetFileName(path)));
    }

    [Fact]
    public async Task Another_configuration_gets_a_credential_of_its_own()
    {
        NewIdentityFile();
        var other = (await Sandbox.RunAsync(new Launch("get")
        {
            Variables = new Dictionary<string, string?> { ["ANTHROPIC_WORKSPACE_ID"] = Endpoint.Rule.Workspaces[0] },
        })).Succeeded().Line;

        Assert.NotEqual(_token, other);
        Assert.Equal(_token, (await Sandbox.RunAsync("get")).Succeeded().Line);
        Assert.Equal(2, Endpoint.Events.Presentations);
    }

    private async Task<string> OutputAsync(params string[] arguments)
    {
        var output = (await Sandbox.RunAsync(arguments)).Succeeded().OutputText;
        Assert.Equal(1, Endpoint.Events.Presentations);
        return output;
    }
}
