using System.Text.Json.Nodes;

namespace AotBroker.EndToEnd.Tests;

/// <summary>The broker inside a command that the broker runs serves the same credential, without an exchange.</summary>
public sealed class BrokerInsideExecTests : BrokerTest
{
    [Fact]
    public async Task With_the_federation_variables()
    {
        UseFederationVariables();

        await IsSharedAsync();
    }

    [Fact]
    public async Task With_GitHubs_service()
    {
        UseGitHubVariables();

        await IsSharedAsync();
    }

    [Fact]
    public async Task Where_the_commands_own_identity_has_gone()
    {
        UseFederationVariables();
        var path = Sandbox.Environment["ANTHROPIC_IDENTITY_TOKEN_FILE"];

        // What `exec` saw of the identity stands for it, inside that `exec` alone (invariant 3).
        var inside = await Sandbox.RunAsync("exec", "--", "/bin/sh", "-c", $"rm '{path}' && exec \"$0\" get", PublishedBinary.Path);

        Assert.NotNull(Endpoint.Grants.Find(inside.Succeeded().Line));
        (await Sandbox.RunAsync("get")).Failed("AB0402", 4);
        Assert.Equal(1, Endpoint.Events.Presentations);
    }

    [Fact]
    public async Task Where_a_client_takes_GitHubs_variables_away()
    {
        UseGitHubVariables();

        var inside = await Sandbox.RunAsync("exec", "--", "/bin/sh", "-c", "exec env -u ACTIONS_ID_TOKEN_REQUEST_TOKEN -u ACTIONS_ID_TOKEN_REQUEST_URL \"$0\" get", PublishedBinary.Path);

        Assert.NotNull(Endpoint.Grants.Find(inside.Succeeded().Line));
        Assert.Equal(1, Endpoint.Events.Presentations);
    }

    [Fact]
    public async Task With_a_profile_that_names_a_file()
    {
        Sandbox.WriteProfile("default", NewProfile());

        await IsSharedAsync();
    }

    [Fact]
    public async Task With_a_profile_that_names_a_file_relative_to_the_directory()
    {
        NewIdentityFile();
        Sandbox.WriteProfile("default", NewProfile(new JsonObject { ["source"] = "file", ["path"] = "identity/token" }));

        var outer = await Sandbox.RunScriptAsync($"cd '{Sandbox.Root}' && \"$1\" get && exec \"$1\" exec -- \"$1\" get\n");

        var lines = outer.Succeeded().OutputText.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(2, lines.Length);
        Assert.Single(lines.Distinct());
        Assert.Equal(1, Endpoint.Events.Presentations);
    }

    [Fact]
    public async Task With_a_profile_that_asks_GitHub_for_another_audience()
    {
        UseGitHubVariables();
        Endpoint.Rules.Change(rule => rule with { Audience = "https://broker.example" });
        Sandbox.WriteProfile("audience", NewProfile(new JsonObject { ["source"] = "github-actions", ["audience"] = "https://broker.example" }));
        Sandbox.Environment["AOTBROKER_PROFILE"] = "audience";

        await IsSharedAsync();
    }

    [Fact]
    public async Task With_a_variable_that_holds_the_token()
    {
        Sandbox.WriteProfile("literal", NewProfile(new JsonObject { ["source"] = "literal", ["variable"] = "THE_JOBS_TOKEN" }));
        Sandbox.Environment["AOTBROKER_PROFILE"] = "literal";
        Sandbox.Environment["THE_JOBS_TOKEN"] = Sandbox.AddSecret(Endpoint.Issuer.Mint());

        await IsSharedAsync();
    }

    [Fact]
    public async Task With_a_profile_of_Anthropics()
    {
        Sandbox.WriteFile("config/anthropic/configs/default.json", new JsonObject
        {
            ["authentication"] = new JsonObject
            {
                ["type"] = "oidc_federation",
                ["federation_rule_id"] = Endpoint.Rule.Id,
                ["identity_token"] = new JsonObject { ["source"] = "file", ["path"] = NewIdentityFile() },
            },
            ["organization_id"] = Endpoint.Rule.OrganizationId,
            ["workspace_id"] = Endpoint.Rule.Workspaces[0],
            ["base_url"] = Endpoint.Url,
        }.ToJsonString());

        await IsSharedAsync();
    }

    [Fact]
    public async Task With_a_profile_of_Anthropics_whose_identity_is_in_the_environment()
    {
        Sandbox.WriteFile("config/anthropic/configs/default.json", new JsonObject
        {
            ["authentication"] = new JsonObject { ["type"] = "oidc_federation" },
        }.ToJsonString());
        UseGitHubVariables();
        Sandbox.Environment["ANTHROPIC_PROFILE"] = "default";

        await IsSharedAsync();
    }

    /// <summary>Before exec, inside it, and inside an exec inside it: one credential, one exchange.</summary>
    private async Task IsSharedAsync()
    {
        var inside = (await Sandbox.RunAsync("exec", "--", PublishedBinary.Path, "get")).Succeeded().Line;
        var deeper = (await Sandbox.RunAsync("exec", "--", PublishedBinary.Path, "exec", "--", PublishedBinary.Path, "get")).Succeeded().Line;
        var before = (await Sandbox.RunAsync("get")).Succeeded().Line;

        Assert.Equal((before, before), (inside, deeper));
        Assert.NotNull(Endpoint.Grants.Find(before));
        Assert.Equal(1, Endpoint.Events.Presentations);
    }
}
