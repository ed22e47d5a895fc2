using AotBroker.Profiles;
using AotBroker.Schemas;

namespace AotBroker.Tests;

/// <summary>Invariant 3: a credential is served only to the configuration that minted it.</summary>
public sealed class CacheKeyTests : IDisposable
{
    private static readonly string[] GitHubJob = ["GITHUB_SERVER_URL", "GITHUB_REPOSITORY", "GITHUB_RUN_ID", "GITHUB_RUN_ATTEMPT", "GITHUB_JOB"];

    private readonly Machine _machine = new();
    private readonly FederatedProfile _profile = Made.Profile();

    public void Dispose() => _machine.Dispose();

    private CacheKey Of(FederatedProfile profile) => CacheKey.Of(profile, _machine.Environment);

    private static void AssertDiffer(CacheKey one, CacheKey other)
    {
        Assert.NotEqual(one.Text, other.Text);
        Assert.NotEqual(one.FileStem, other.FileStem);
    }

    public static TheoryData<string, string> OtherSettings => new()
    {
        { "endpoint", "https://other.example" },
        { "endpoint", "https://api.anthropic.com/" },
        { "rule", "fdrl_other" },
        { "organization", "00000000-0000-4000-8000-000000000000" },
        { "account", "svac_other" },
        { "workspace", "wrkspc_other" },
        { "workspace", "default" },
    };

    [Theory]
    [MemberData(nameof(OtherSettings))]
    public void Another_value_of_any_one_setting_is_another_key(string setting, string value) =>
        AssertDiffer(Of(_profile), Of(Made.With(_profile, With(_profile.Federation!, setting, new Setting(value, "a test")))));

    private static AnthropicFederation With(AnthropicFederation federation, string setting, Setting value) => setting switch
    {
        "endpoint" => federation with { BaseUrl = value },
        "rule" => federation with { FederationRuleId = value },
        "organization" => federation with { OrganizationId = value },
        "account" => federation with { ServiceAccountId = value },
        _ => federation with { WorkspaceId = value },
    };

    [Fact]
    public void The_same_value_in_another_setting_is_another_key()
    {
        Setting value = new("default", "a test");

        AssertDiffer(
            Of(Made.With(_profile, _profile.Federation! with { ServiceAccountId = value })),
            Of(Made.With(_profile, _profile.Federation! with { WorkspaceId = value })));
    }

    [Fact]
    public void Each_identity_source_and_each_of_its_settings_is_another_key()
    {
        _machine.Variables["A_TOKEN"] = Made.Jwt("{}");
        _machine.Variables["B_TOKEN"] = _machine.Variables["A_TOKEN"];
        IdentitySource[] sources =
        [
            new FileIdentity { Path = "/run/token" },
            new FileIdentity { Path = "/run/other-token" },
            new LiteralIdentity { Variable = "A_TOKEN" },
            new LiteralIdentity { Variable = "B_TOKEN" },
            new GithubActionsIdentity(),
            new GithubActionsIdentity { Audience = "https://other.example" },
        ];

        List<CacheKey> keys = [.. sources.Select(source => Of(_profile with { Identity = source }))];

        Assert.Distinct(keys.Select(static key => key.Text));
        Assert.Distinct(keys.Select(static key => key.FileStem));
    }

    [Fact]
    public void A_setting_counts_wherever_it_came_from()
    {
        AnthropicFederation federation = _profile.Federation! with { FederationRuleId = _profile.Federation!.FederationRuleId with { Origin = "a file" } };
        FederatedProfile elsewhere = Made.With(_profile, federation) with { SelectedBy = "--profile", IdentityOrigin = "elsewhere" };

        Assert.Equal(Of(_profile), Of(elsewhere));
    }

    [Fact]
    public void Equal_settings_in_two_profiles_have_one_text()
    {
        CacheKey one = Of(_profile with { Name = "one" });
        CacheKey two = Of(_profile with { Name = "two" });

        Assert.Equal(one.Text, two.Text);
        Assert.StartsWith("one-", one.FileStem, StringComparison.Ordinal);
        Assert.StartsWith("two-", two.FileStem, StringComparison.Ordinal);
    }

    [Fact]
    public void A_relative_token_path_is_bound_to_the_directory_that_it_is_taken_from()
    {
        FederatedProfile relative = _profile with { Identity = new FileIdentity { Path = "token" } };
        ProcessEnvironment elsewhere = new(static _ => null, _machine.Clock, static () => "/elsewhere");

        AssertDiffer(Of(relative), CacheKey.Of(relative, elsewhere));
        Assert.Equal(Of(relative), Of(_profile with { Identity = new FileIdentity { Path = _machine.Home["token"] } }));
    }

    [Fact]
    public void The_value_of_a_literal_identity_is_bound_and_not_contained()
    {
        FederatedProfile literal = _profile with { Identity = new LiteralIdentity { Variable = "TOKEN" } };
        string token = Made.Jwt("""{"sub":"one"}""");
        _machine.Variables["TOKEN"] = token;
        CacheKey one = Of(literal);
        _machine.Variables["TOKEN"] = Made.Jwt("""{"sub":"two"}""");

        AssertDiffer(one, Of(literal));
        Assert.All(token.Split('.'), part => Assert.DoesNotContain(part[..16], one.Text + one.FileStem, StringComparison.Ordinal));
    }

    [Fact]
    public void The_default_audience_is_the_same_as_the_one_that_is_spelled_out() => Assert.Equal(
        Of(_profile with { Identity = new GithubActionsIdentity() }),
        Of(_profile with { Identity = new GithubActionsIdentity { Audience = "https://api.anthropic.com" } }));

    [Fact]
    public void Each_variable_that_names_a_GitHub_job_is_bound()
    {
        FederatedProfile github = _profile with { Identity = new GithubActionsIdentity() };
        List<CacheKey> keys = [Of(github)];
        foreach (string variable in GitHubJob)
        {
            _machine.Variables[variable] = "1";
            keys.Add(Of(github));
            _machine.Variables[variable] = "2";
            keys.Add(Of(github));
        }

        Assert.Distinct(keys.Select(static key => key.Text));
        Assert.Distinct(keys.Select(static key => key.FileStem));
    }

    [Fact]
    public void What_clients_take_from_their_helpers_environment_is_not_bound()
    {
        FederatedProfile github = _profile with { Identity = new GithubActionsIdentity() };
        CacheKey before = Of(github);
        _machine.Variables["ACTIONS_ID_TOKEN_REQUEST_TOKEN"] = Made.Name();
        _machine.Variables["ACTIONS_ID_TOKEN_REQUEST_URL"] = "https://pipelines.example";

        Assert.Equal(before, Of(github));
    }

    [Theory]
    [InlineData('\n')]
    [InlineData('\0')]
    [InlineData('\t')]
    [InlineData('\x7f')]
    public void A_control_character_is_refused_without_repeating_the_value(char control)
    {
        Setting value = new($"fdrl_secret{control}organization_id=x", "a test");

        var error = Expect.Error("AB0305", () => Of(Made.With(_profile, _profile.Federation! with { FederationRuleId = value })));

        Assert.DoesNotContain("secret", error.All(), StringComparison.Ordinal);
    }

    [Fact]
    public void No_two_configurations_share_a_text_whatever_their_values_look_like()
    {
        const int Seed = 20300102;
        string[] pieces = ["|", "||", "=", "a", "|workspace_id=a", "|identity=file", "\"", "\\", ""];
        Random random = new(Seed);
        Dictionary<string, string> seen = [];
        for (int i = 0; i < 50_000; i++)
        {
            string[] values = [.. Enumerable.Range(0, 3).Select(_ => string.Concat(Enumerable.Range(0, random.Next(4)).Select(_ => pieces[random.Next(pieces.Length)])))];
            string configuration = string.Join('\0', values);
            AnthropicFederation federation = _profile.Federation! with
            {
                ServiceAccountId = values[0].Length == 0 ? Setting.Unset : new Setting(values[0], "a test"),
                WorkspaceId = values[1].Length == 0 ? Setting.Unset : new Setting(values[1], "a test"),
            };
            CacheKey key = Of(Made.With(_profile, federation) with { Identity = new FileIdentity { Path = "/" + values[2] } });
            Assert.True(seen.TryAdd(key.Text, configuration) || seen[key.Text] == configuration, $"seed {Seed}: {configuration} and {seen[key.Text]}");
        }
    }
}
