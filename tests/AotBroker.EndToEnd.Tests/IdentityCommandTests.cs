using System.Text.Json;

namespace AotBroker.EndToEnd.Tests;

/// <summary>`identity`: what is found and what the token says; nothing presented, nothing written, no token shown.</summary>
public sealed class IdentityCommandTests : BrokerTest
{
    [Fact]
    public async Task It_needs_no_federation_and_shows_no_token()
    {
        Sandbox.Environment["ACTIONS_ID_TOKEN_REQUEST_URL"] = Endpoint.GitHubRequestUrl;
        Sandbox.Environment["ACTIONS_ID_TOKEN_REQUEST_TOKEN"] = Endpoint.GitHubRequestToken;

        var result = (await Sandbox.RunAsync("identity")).Succeeded();

        Assert.Matches(@"\nidentity +github-actions  \(ACTIONS_ID_TOKEN_REQUEST_URL\)\n", result.OutputText);
        Assert.Matches(@"\n  exp +\S+Z  \(expires in \d+ min( \d+ s)?\)\n", result.OutputText);
        Assert.DoesNotContain("eyJ", result.OutputText, StringComparison.Ordinal);
        Assert.Equal(EndpointPaths.GitHub, Assert.Single(Endpoint.Events.Snapshot()).Path);
        Assert.False(Directory.Exists(Sandbox.Cache));
    }

    [Fact]
    public async Task Json_tells_the_same_to_programs()
    {
        UseFederationVariables();

        using var json = JsonDocument.Parse((await Sandbox.RunAsync("identity", "--json")).Succeeded().OutputText);

        Assert.Equal("environment", json.RootElement.GetProperty("profile").GetProperty("name").GetString());
        Assert.Equal("file", json.RootElement.GetProperty("identity").GetProperty("source").GetString());
        Assert.InRange(json.RootElement.GetProperty("expires_in").GetInt64(), 1, 3600);
        Assert.False(json.RootElement.TryGetProperty("token", out _));
        Assert.Empty(Endpoint.Events.Snapshot());
    }

    [Fact]
    public async Task Without_an_identity_it_tells_what_was_looked_for()
    {
        var result = await Sandbox.RunAsync("identity");

        Assert.Equal(4, result.ExitCode);
        result.Says("error[AB0401]");
        Assert.Matches(@"\Alooked for +file  \(ANTHROPIC_IDENTITY_TOKEN_FILE is not set\)\n +literal  ", result.OutputText);
    }

    [Fact]
    public async Task The_token_goes_into_a_pipe_when_asked_for_and_to_a_terminal_when_forced()
    {
        UseFederationVariables();
        var token = await File.ReadAllTextAsync(Sandbox.Environment["ANTHROPIC_IDENTITY_TOKEN_FILE"]);

        Assert.Equal(token, (await Sandbox.RunAsync("identity", "--print-token")).Succeeded().Line);

        Sandbox.Environment["TERM"] = "dumb";
        Sandbox.Environment["SHELL"] = "/bin/sh";
        var refused = await OnATerminalAsync("identity --print-token");
        Assert.Equal(2, refused.ExitCode);
        Assert.Contains("error[AB0201]", refused.OutputText, StringComparison.Ordinal);
        var forced = await OnATerminalAsync("identity --print-token --force");
        Assert.Equal((0, token), (forced.ExitCode, forced.OutputText.TrimEnd()));
    }

    private Task<ProcessResult> OnATerminalAsync(string arguments) => Sandbox.RunAsync(
        new Launch("--quiet", "--return", "--command", $"{PublishedBinary.Path} {arguments}", "/dev/null") { Program = "script" });
}
