namespace AotBroker.EndToEnd.Tests;

/// <summary>A profile that is no good is named with file, line, column and pointer; nothing is sent, what is cached stays.</summary>
public sealed class BadProfileTests : BrokerTest
{
    private const string Organization = "3f0c9d1e-5a7b-4c2d-9e8f-1a2b3c4d5e6f";

    private string ProfileFile => Path.Combine(Sandbox.Config, "aotbroker/profiles/default.json");

    private string AnthropicProfileFile => Path.Combine(Sandbox.Config, "anthropic/configs/default.json");

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        Sandbox.WriteProfile("default", NewProfile());
        (await Sandbox.RunAsync("get")).Succeeded();
    }

    [Theory]
    [InlineData("", "line 1, column 1: ")]
    [InlineData("{", "line 1, column 2: ")]
    [InlineData("{\n  \"exchange\": {\"type\": \"anthropic\",}\n}", "line 2, column 36, /exchange: ")]
    [InlineData("[]", "line 1, column 1: ")]
    [InlineData("{}", "exchange")]
    [InlineData("{\n  \"exchange\": {\n    \"type\": \"anthropics\"\n  }\n}", "line 3, column 13, /exchange/type: ")]
    [InlineData("{\n  \"exchange\": {\n    \"type\": \"anthropic\",\n    \"federation_rule_id\": \"rule_01\"\n  }\n}", "line 4, column 27, /exchange/federation_rule_id: ")]
    [InlineData("{\n  \"exchange\": {\n    \"type\": \"anthropic\",\n    \"service_account_id\": \"sa_01\"\n  }\n}", "line 4, column 27, /exchange/service_account_id: ")]
    [InlineData("{\n  \"exchange\": {\n    \"type\": \"anthropic\",\n    \"workspace_id\": \"ws_01\"\n  }\n}", "line 4, column 21, /exchange/workspace_id: ")]
    [InlineData("{\n  \"exchange\": {\n    \"type\": \"anthropic\",\n    \"organization_id\": \"org_01\"\n  }\n}", "line 4, column 24, /exchange/organization_id: ")]
    [InlineData("{\n  \"exchange\": {\n    \"type\": \"anthropic\",\n    \"organization_id\": 7\n  }\n}", "line 4, column 24, /exchange/organization_id: ")]
    [InlineData("{\n  \"identity\": {\"source\": \"files\", \"path\": \"/x\"},\n  \"exchange\": {\"type\": \"anthropic\"}\n}", "line 2, column 26, /identity/source: ")]
    [InlineData("{\n  \"identity\": {\"source\": \"file\"},\n  \"exchange\": {\"type\": \"anthropic\"}\n}", "path")]
    [InlineData("{\n  \"identity\": {\"source\": \"file\", \"path\": \"\"},\n  \"exchange\": {\"type\": \"anthropic\"}\n}", "line 2, column 42, /identity/path: ")]
    public async Task A_malformed_profile_is_named_to_the_column(string content, string place)
    {
        Sandbox.WriteFile("config/aotbroker/profiles/default.json", content);

        (await RunAsync()).Failed("AB0303", 3).Says($"{ProfileFile}: ").Says(place);
    }

    [Theory]
    [InlineData("{\n  \"authentication\": {\n    \"type\": \"magic\"\n  }\n}", "AB0309", "line 3, column 13, /authentication/type: ")]
    [InlineData("{\n  \"organization_id\": \"" + Organization + "\"\n}", "AB0303", "has no \"authentication\"")]
    [InlineData("{\n  \"authentication\": {\n    \"type\": \"oidc_federation\",\n    \"federation_rule_id\": \"rule_01\"\n  }\n}", "AB0303", "line 4, column 27, /authentication/federation_rule_id: ")]
    [InlineData("{\n  \"authentication\": {\n    \"type\": \"oidc_federation\"\n  },\n  \"organization_id\": \"org\"\n}", "AB0303", "line 5, column 22, /organization_id: ")]
    [InlineData("{\n  \"authentication\": {\n    \"type\": \"oidc_federation\"\n  },\n  \"workspace_id\": \"main\"\n}", "AB0303", "line 5, column 19, /workspace_id: ")]
    [InlineData("{\n  \"authentication\": {\n    \"type\": \"oidc_federation\",\n    \"identity_token\": {\"source\": \"url\", \"path\": \"/x\"}\n  }\n}", "AB0303", "line 4, column 34, /authentication/identity_token/source: ")]
    [InlineData("{\n  \"authentication\": {\n    \"type\": \"oidc_federation\"\n  }\n}", "AB0306", "has no federation_rule_id")]
    public async Task A_bad_profile_of_Anthropics_is_named_likewise(string content, string code, string says)
    {
        File.Delete(ProfileFile);
        Sandbox.WriteFile("config/anthropic/configs/default.json", content);

        (await RunAsync()).Failed(code, 3).Says(says).Says(AnthropicProfileFile);
    }

    [Fact]
    public async Task A_missing_profile_is_named_with_where_it_was_looked_for()
    {
        (await RunAsync("--profile", "other")).Failed("AB0302", 3)
            .Says("there is no profile \"other\" (named by --profile)")
            .Says(Path.Combine(Sandbox.Config, "aotbroker/profiles/other.json"))
            .Says(Path.Combine(Sandbox.Config, "anthropic/configs/other.json"));
        Sandbox.Environment["ANTHROPIC_PROFILE"] = "another";
        (await RunAsync()).Failed("AB0302", 3).Says("(named by ANTHROPIC_PROFILE)");
    }

    [Fact]
    public async Task No_profile_and_no_variables_is_an_error_that_names_both()
    {
        File.Delete(ProfileFile);

        (await RunAsync()).Failed("AB0301", 3).Says("ANTHROPIC_FEDERATION_RULE_ID").Says(ProfileFile);
        Sandbox.Environment["ANTHROPIC_ORGANIZATION_ID"] = Organization;
        (await RunAsync()).Failed("AB0306", 3).Says("ANTHROPIC_FEDERATION_RULE_ID is not");
    }

    [Theory]
    [InlineData("../default")]
    [InlineData("..")]
    [InlineData("/etc/passwd")]
    [InlineData("a/b")]
    [InlineData("a..b")]
    [InlineData(".hidden")]
    [InlineData("a b")]
    [InlineData("a\nb")]
    [InlineData("ä")]
    public async Task A_name_that_leaves_the_folder_or_is_no_name_is_refused_wherever_it_comes_from(string name)
    {
        (await RunAsync("--profile", name)).Failed("AB0304", 3).Says("(from --profile) is not a profile name");
        Sandbox.Environment["AOTBROKER_PROFILE"] = name;
        (await RunAsync()).Failed("AB0304", 3).Says("(from AOTBROKER_PROFILE)");
        Sandbox.Environment.Remove("AOTBROKER_PROFILE");
        Sandbox.WriteFile("config/anthropic/active_config", name + "\n");
        (await RunAsync()).Failed("AB0304", 3).Says("active_config is not a profile name");
    }

    [Theory]
    [InlineData("ANTHROPIC_FEDERATION_RULE_ID", "rule_01", "fdrl_")]
    [InlineData("ANTHROPIC_ORGANIZATION_ID", "org_01", "UUID")]
    [InlineData("ANTHROPIC_SERVICE_ACCOUNT_ID", "sa_01", "svac_")]
    [InlineData("ANTHROPIC_WORKSPACE_ID", "main", "wrkspc_")]
    public async Task A_variable_with_a_wrong_prefix_is_refused_before_anything_is_sent(string variable, string value, string expected)
    {
        File.Delete(ProfileFile);
        UseFederationVariables();
        Sandbox.Environment[variable] = value;

        (await RunAsync()).Failed("AB0305", 3).Says(variable).Says(expected);
    }

    [Fact]
    public async Task A_profile_that_others_can_write_is_refused()
    {
        File.SetUnixFileMode(ProfileFile, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.OtherWrite);

        (await RunAsync()).Failed("AB0307", 3).Says("mode 0602").Says($"chmod go-w {ProfileFile}");
    }

    [Fact]
    public async Task A_profile_that_is_a_directory_or_too_large_is_refused()
    {
        Sandbox.WriteProfile("large", new string('x', 70_000));
        Directory.CreateDirectory(Path.Combine(Sandbox.Config, "aotbroker/profiles/directory.json"));

        (await RunAsync("--profile", "large")).Failed("AB0308", 3).Says("larger than 65536 bytes");
        (await RunAsync("--profile", "directory")).Failed("AB0308", 3).Says("it is a directory");
    }

    [Theory]
    [InlineData("federation_rule_id")]
    [InlineData("organization_id")]
    [InlineData("workspace_id")]
    [InlineData("version")]
    public async Task A_token_in_the_wrong_place_is_not_shown(string member)
    {
        var profile = NewProfile();
        (member == "version" ? profile : profile["exchange"]!)[member] = Sandbox.AddSecret(Endpoint.Issuer.Mint());
        Sandbox.SecretFiles.Add(Sandbox.WriteProfile("default", profile));

        (await RunAsync()).Failed("AB0303", 3).Says(member);
    }

    [Theory]
    [InlineData("federation_rule", "federation_rule_id")]
    [InlineData("workspaceid", "workspace_id")]
    [InlineData("base-url", "base_url")]
    public async Task An_unknown_member_is_a_warning_that_names_the_nearest_known_one(string unknown, string known)
    {
        var profile = NewProfile();
        profile["exchange"]![unknown] = "x";
        Sandbox.WriteProfile("default", profile);

        var result = await Sandbox.RunAsync("get");

        result.SucceededWith("AB0311").Says($"/exchange/{unknown}").Says(known).Says(ProfileFile);
        Assert.NotNull(Endpoint.Grants.Find(result.Line));
    }

    [Fact]
    public async Task An_unknown_member_of_Anthropics_profile_is_none_of_our_business()
    {
        File.Delete(ProfileFile);
        Sandbox.WriteFile("config/anthropic/configs/default.json", $$"""
            {
              "version": "9.0",
              "authentication": {
                "type": "oidc_federation", "federation_rule_id": "{{Endpoint.Rule.Id}}", "colour": "blue",
                "identity_token": {"source": "file", "path": "{{NewIdentityFile()}}"}
              },
              "base_url": "{{Endpoint.Url}}", "organization_id": "{{Endpoint.Rule.OrganizationId}}", "more": [1, 2]
            }
            """);

        (await Sandbox.RunAsync("get")).Succeeded();
    }

    /// <summary>Runs `get`, and checks that it left the entry of the good profile alone and asked nobody.</summary>
    private async Task<ProcessResult> RunAsync(params string[] options)
    {
        var entry = await File.ReadAllBytesAsync(Sandbox.EntryFile);
        var result = await Sandbox.RunAsync(["get", .. options]);
        Assert.Equal(entry, await File.ReadAllBytesAsync(Sandbox.EntryFile));
        Assert.Equal(1, Endpoint.Events.Presentations);
        return result;
    }
}
