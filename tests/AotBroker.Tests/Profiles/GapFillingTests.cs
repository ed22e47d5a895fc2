using AotBroker.Profiles;
using AotBroker.Schemas;
using AotBroker.Settings;

namespace AotBroker.Tests;

/// <summary>The file wins, the environment fills gaps, and every value says where it came from.</summary>
public sealed class GapFillingTests : IDisposable
{
    private const string Organization = "3f0c9d1e-5a7b-4c2d-9e8f-1a2b3c4d5e6f";
    private const string OtherOrganization = "00000000-0000-4000-8000-000000000000";

    private readonly Machine _machine = new();

    public void Dispose() => _machine.Dispose();

    private void SetAll()
    {
        _machine.Variables["ANTHROPIC_BASE_URL"] = "https://env.example";
        _machine.Variables["ANTHROPIC_FEDERATION_RULE_ID"] = "fdrl_env";
        _machine.Variables["ANTHROPIC_ORGANIZATION_ID"] = OtherOrganization;
        _machine.Variables["ANTHROPIC_SERVICE_ACCOUNT_ID"] = "svac_env";
        _machine.Variables["ANTHROPIC_WORKSPACE_ID"] = "wrkspc_env";
        _machine.Variables["ANTHROPIC_IDENTITY_TOKEN_FILE"] = "/run/env-token";
    }

    private static string Anthropic(string rule, string organization, string account, string workspace, string url) =>
        $$"""
        {"authentication":{"type":"oidc_federation","federation_rule_id":"{{rule}}","service_account_id":"{{account}}"},
         "base_url":"{{url}}","organization_id":"{{organization}}","workspace_id":"{{workspace}}"}
        """;

    private FederatedProfile Resolve() => (FederatedProfile)ProfileResolver.Resolve("ci", _machine.Environment);

    private static Dictionary<string, (string? Value, string Origin)> Settings(FederatedProfile profile) => new()
    {
        ["url"] = (profile.Federation!.BaseUrl.Value, profile.Federation.BaseUrl.Origin),
        ["rule"] = (profile.Federation!.FederationRuleId.Value, profile.Federation.FederationRuleId.Origin),
        ["organization"] = (profile.Federation!.OrganizationId.Value, profile.Federation.OrganizationId.Origin),
        ["account"] = (profile.Federation!.ServiceAccountId.Value, profile.Federation.ServiceAccountId.Origin),
        ["workspace"] = (profile.Federation!.WorkspaceId.Value, profile.Federation.WorkspaceId.Origin),
    };

    [Fact]
    public void What_the_file_says_wins_over_every_variable()
    {
        SetAll();
        string file = _machine.WriteAnthropicProfile("ci", Anthropic("fdrl_file", Organization, "svac_file", "default", "https://file.example"));

        Dictionary<string, (string?, string)> settings = Settings(Resolve());

        Assert.Equal(("https://file.example", file), settings["url"]);
        Assert.Equal(("fdrl_file", file), settings["rule"]);
        Assert.Equal((Organization, file), settings["organization"]);
        Assert.Equal(("svac_file", file), settings["account"]);
        Assert.Equal(("default", file), settings["workspace"]);
    }

    [Theory]
    [InlineData("""{"version":"1.0","authentication":{"type":"oidc_federation"}}""")]
    [InlineData("""{"authentication":{"type":"oidc_federation","federation_rule_id":"","service_account_id":""},"base_url":"","organization_id":"","workspace_id":""}""")]
    public void What_the_file_leaves_out_or_empty_is_filled_by_its_variable(string content)
    {
        SetAll();
        _machine.WriteAnthropicProfile("ci", content);

        Dictionary<string, (string?, string)> settings = Settings(Resolve());

        Assert.Equal(("https://env.example", "ANTHROPIC_BASE_URL"), settings["url"]);
        Assert.Equal(("fdrl_env", "ANTHROPIC_FEDERATION_RULE_ID"), settings["rule"]);
        Assert.Equal((OtherOrganization, "ANTHROPIC_ORGANIZATION_ID"), settings["organization"]);
        Assert.Equal(("svac_env", "ANTHROPIC_SERVICE_ACCOUNT_ID"), settings["account"]);
        Assert.Equal(("wrkspc_env", "ANTHROPIC_WORKSPACE_ID"), settings["workspace"]);
    }

    [Fact]
    public void A_profile_of_the_brokers_own_has_its_gaps_filled_too()
    {
        SetAll();
        _machine.WriteBrokerProfile("ci", """{"exchange":{"type":"anthropic","federation_rule_id":"fdrl_file"}}""");

        Dictionary<string, (string? Value, string Origin)> settings = Settings(Resolve());

        Assert.Equal("fdrl_file", settings["rule"].Value);
        Assert.Equal(("svac_env", "ANTHROPIC_SERVICE_ACCOUNT_ID"), settings["account"]);
        Assert.Equal(("wrkspc_env", "ANTHROPIC_WORKSPACE_ID"), settings["workspace"]);
    }

    [Theory]
    [InlineData("ANTHROPIC_BASE_URL", "url", "https://api.anthropic.com", "the default")]
    [InlineData("ANTHROPIC_SERVICE_ACCOUNT_ID", "account", null, null)]
    [InlineData("ANTHROPIC_WORKSPACE_ID", "workspace", null, null)]
    public void A_variable_that_is_set_but_empty_fills_nothing(string variable, string setting, string? value, string? origin)
    {
        SetAll();
        _machine.Variables[variable] = "";
        _machine.WriteAnthropicProfile("ci", """{"authentication":{"type":"oidc_federation"}}""");

        Assert.Equal((value, origin), Settings(Resolve())[setting]);
    }

    [Theory]
    [InlineData("ANTHROPIC_FEDERATION_RULE_ID", "federation_rule_id")]
    [InlineData("ANTHROPIC_ORGANIZATION_ID", "organization_id")]
    public void What_nobody_gives_is_named_with_its_member_and_its_variable(string variable, string member)
    {
        SetAll();
        _machine.Variables[variable] = "";
        string file = _machine.WriteAnthropicProfile("ci", """{"authentication":{"type":"oidc_federation"}}""");

        var error = Expect.Error("AB0306", Resolve);

        Assert.Contains(member, error.Message, StringComparison.Ordinal);
        Assert.Contains(variable, error.All(), StringComparison.Ordinal);
        Assert.Contains(file, error.All(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_slash_at_the_end_of_the_address_makes_no_difference()
    {
        SetAll();
        _machine.WriteAnthropicProfile("ci", Anthropic("fdrl_file", Organization, "", "", "https://file.example//"));

        Assert.Equal("https://file.example", Resolve().Federation!.BaseUrl.Value);
    }

    [Fact]
    public void The_identity_token_file_of_the_profile_wins_over_the_variable()
    {
        SetAll();
        string file = _machine.WriteAnthropicProfile(
            "ci", """{"authentication":{"type":"oidc_federation","identity_token":{"source":"file","path":"/run/file-token"}}}""");

        FederatedProfile profile = Resolve();

        Assert.Equal("/run/file-token", Assert.IsType<FileIdentity>(profile.Identity.Settings).Path);
        Assert.Equal(file, profile.IdentityOrigin);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_token_in_the_place_of_its_files_path_is_told_and_not_shown(bool isInFile)
    {
        // Invariant 5.
        SetAll();
        string token = Made.Jwt("{}");
        _machine.Variables["ANTHROPIC_IDENTITY_TOKEN_FILE"] = token;
        _machine.WriteBrokerProfile("ci", isInFile ? $$"""{"identity":{"source":"file","path":"{{token}}"},"exchange":{"type":"anthropic"} }""" : """{"exchange":{"type":"anthropic"}}""");

        var error = Expect.Error("AB0305", Resolve);

        Assert.All(token.Split('.'), part => Assert.DoesNotContain(part, error.All(), StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("""{"exchange":{"type":"anthropic"}}""")]
    [InlineData("""{"identity":{"source":"auto"},"exchange":{"type":"anthropic"}}""")]
    public void A_profile_that_leaves_the_identity_open_finds_it_in_the_environment(string content)
    {
        SetAll();
        _machine.WriteBrokerProfile("ci", content);

        FederatedProfile profile = Resolve();

        Assert.Equal("/run/env-token", Assert.IsType<FileIdentity>(profile.Identity.Settings).Path);
        Assert.Equal("ANTHROPIC_IDENTITY_TOKEN_FILE", profile.IdentityOrigin);
    }

    [Theory]
    [InlineData("github", "github-actions")]
    [InlineData("azure_imds", "azure-imds")]
    [InlineData("spife", "spiffe")]
    [InlineData("somewhere-else", null)]
    public void A_source_that_does_not_exist_is_answered_with_the_one_that_was_probably_meant(string name, string? meant)
    {
        _machine.WriteBrokerProfile("ci", $$$"""{"identity":{"source":"{{{name}}}"},"exchange":{"type":"anthropic"}}""");

        string message = Expect.Error("AB0303", () => ProfileResolver.Resolve("ci", _machine.Environment)).Message;

        Assert.Equal(meant is not null, message.EndsWith($"; did you mean \"{meant}\"?", StringComparison.Ordinal));
        Assert.Equal(meant is not null, message.Contains("did you mean", StringComparison.Ordinal));
    }
}
