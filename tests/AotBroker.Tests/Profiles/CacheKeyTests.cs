using AotBroker.Exchange;
using AotBroker.Identity;
using AotBroker.Profiles;
using AotBroker.Schemas;
using AotBroker.Settings;

namespace AotBroker.Tests;

/// <summary>Invariant 3: a credential is served only to the configuration that minted it.</summary>
public sealed class CacheKeyTests : IDisposable
{
    private static readonly string[] GitHubJob = ["GITHUB_SERVER_URL", "GITHUB_REPOSITORY", "GITHUB_RUN_ID", "GITHUB_RUN_ATTEMPT", "GITHUB_JOB"];

    private readonly Machine _machine = new();
    private readonly FederatedProfile _profile;

    public CacheKeyTests()
    {
        _profile = Made.Profile(tokenPath: _machine.Home.Write("token", Token("job")));
        _machine.Variables["ACTIONS_ID_TOKEN_REQUEST_TOKEN"] = Made.Name();
    }

    private static string Token(string subject, string more = "") =>
        Made.Jwt($$"""{"iss":"https://issuer.example","sub":"{{subject}}"{{more}},"jti":"{{Made.Name()}}","iat":{{Random.Shared.Next()}},"nbf":1,"exp":{{Random.Shared.Next()}}}""");

    /// <summary>The key of a workload whose token is in the profile's file.</summary>
    private CacheKey OfToken(string token)
    {
        _machine.Home.Write("token", token);
        return Of(_profile);
    }

    public void Dispose() => _machine.Dispose();

    private static CacheKey Of(FederatedProfile profile) => CacheKey.Of(profile);

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
    public void One_token_is_one_workload_wherever_it_is_found()
    {
        string token = Token("job");
        _machine.Variables["A_TOKEN"] = token;
        _machine.Variables["AZURE_FEDERATED_TOKEN_FILE"] = _machine.Home.Write("b", token + "\n");
        _machine.Variables["ANTHROPIC_ID_TOKEN"] = token;
        IdentitySettings[] sources =
        [
            new FileIdentity { Path = _machine.Home.Write("a", token) },
            new LiteralIdentity { Variable = "A_TOKEN" },
            new KubernetesIdentity { Path = _machine.Home["a"] },
            new AksIdentity(),
            new GitlabIdentity(),
        ];

        Assert.Single(sources.Select(source => Of(_profile with { Identity = IdentitySources.Bind(source, _machine.Environment) })).Distinct());
    }

    [Fact]
    public void The_next_token_of_a_workload_is_the_same_workloads() => Assert.Equal(OfToken(Token("job")), OfToken(Token("job")));

    public static TheoryData<string, string> OtherWorkloads => new()
    {
        { "repo:o/r:environment:staging", "" },
        { "repo:o/r:environment:production ", "" },
        { "repo:o/r:environment:production", ",\"aud\":\"https://other.example\"" },
        { "repo:o/r:environment:production", ",\"environment\":\"production\"" },
        { "repo:o/r:environment:production", ",\"workflow_ref\":\"o/r/.github/workflows/a.yml@refs/heads/b\"" },
        { "repo:o/r:environment:production", ",\"groups\":[\"a\",\"b\"]" },
        { "repo:o/r:environment:production", ",\"groups\":[\"a|=b\"]" },
        { "repo:o/r:environment:production", ",\"groups\":\"a\"" },
        { "repo:o/r:environment:production", ",\"run_id\":17" },
        { "repo:o/r:environment:production", ",\"run_id\":\"17\"" },
        { "repo:o/r:environment:production", ",\"kubernetes.io\":{\"namespace\":\"a\",\"pod\":{\"name\":\"p\",\"uid\":\"1\"}}" },
        { "repo:o/r:environment:production", ",\"kubernetes.io\":{\"namespace\":\"a\",\"pod\":{\"name\":\"p\",\"uid\":\"2\"}}" },
        { "repo:o/r:environment:production|.environment|=production", "" },
        { "repo:o/r:environment:production\\u007c", "" },
        { "repo:o/r:environment:productio\u00f6", "" },
        { "", "" },
    };

    [Fact]
    public void Another_claim_is_another_workload()
    {
        List<CacheKey> keys = [OfToken(Token("repo:o/r:environment:production"))];
        foreach (var row in OtherWorkloads)
        {
            keys.Add(OfToken(Token((string)row[0], (string)row[1])));
        }

        Assert.Distinct(keys.Select(static key => key.Text));
        Assert.Distinct(keys.Select(static key => key.FileStem));
    }

    [Fact]
    public void What_Kubernetes_writes_anew_at_each_rotation_is_no_other_workload() => Assert.Equal(
        OfToken(Token("a", ",\"kubernetes.io\":{\"namespace\":\"a\",\"warnafter\":1}")), OfToken(Token("a", ",\"kubernetes.io\":{\"namespace\":\"a\",\"warnafter\":2}")));

    [Theory]
    [InlineData("", "AB0403")]
    [InlineData("garbage", "AB0405")]
    [InlineData("a.b.c", "AB0405")]
    [InlineData("e30.W10.c2ln", "AB0405")]
    [InlineData("e30.e30", "AB0405")]
    public void What_is_no_token_has_no_key(string content, string code) => Expect.Error(code, () => OfToken(content));

    [Fact]
    public void Without_a_token_there_is_no_key_but_inside_exec_what_that_saw()
    {
        CacheKey before = Of(_profile);
        File.Delete(_machine.Home["token"]);

        Expect.Error("AB0402", () => Of(_profile));
        Assert.Equal(before, Of(_profile with { SeenAs = before.Identity }));
        // Garbage is not what has gone.
        _machine.Home.Write("token", "garbage");
        Expect.Error("AB0405", () => Of(_profile with { SeenAs = before.Identity }));
    }

    [Theory]
    [InlineData("google-metadata")]
    [InlineData("azure-imds")]
    [InlineData("spiffe")]
    [InlineData("command")]
    [InlineData("auto")]
    public void Machines_that_share_a_directory_are_told_apart(string source)
    {
        IdentitySettings identity = source switch
        {
            "google-metadata" => new GoogleMetadataIdentity(),
            "azure-imds" => new AzureImdsIdentity(),
            "spiffe" => new SpiffeIdentity(),
            "command" => new CommandIdentity { Command = ["id"] },
            _ => new AutoIdentity(),
        };
        CacheKey one = Of(_profile with { Identity = IdentitySources.Bind(identity, _machine.Environment) });
        _machine.HostName = "another";

        AssertDiffer(one, Of(_profile with { Identity = IdentitySources.Bind(identity, _machine.Environment) }));
    }

    [Fact]
    public void A_commands_token_is_of_the_job_that_it_was_run_in()
    {
        FederatedProfile profile = _profile with { Identity = IdentitySources.Bind(new CommandIdentity { Command = ["id"] }, _machine.Environment) };
        List<CacheKey> keys = [Of(profile)];
        foreach (string variable in (string[])["CI_JOB_ID", "BUILDKITE_JOB_ID", "GITHUB_RUN_ID"])
        {
            _machine.Variables[variable] = "1";
            keys.Add(Of(profile));
        }

        Assert.Distinct(keys);
    }

    [Fact]
    public void A_setting_counts_wherever_it_came_from()
    {
        AnthropicFederation federation = _profile.Federation! with { FederationRuleId = _profile.Federation!.FederationRuleId with { Origin = "a file" } };
        FederatedProfile elsewhere = Made.With(_profile, federation) with { SelectedBy = "--profile", IdentityOrigin = "elsewhere" };

        Assert.Equal(Of(_profile), Of(elsewhere));
    }

    [Fact]
    public void Equal_settings_in_two_profiles_are_one_key()
    {
        CacheKey one = Of(_profile with { Name = "one" });
        CacheKey two = Of(_profile with { Name = "two" });

        Assert.Equal(one, two);
    }

    [Fact]
    public void The_token_itself_is_not_contained()
    {
        string token = Token("one");
        CacheKey key = OfToken(token);

        Assert.All(token.Split('.'), part => Assert.DoesNotContain(part[..16], key.Text + key.FileStem, StringComparison.Ordinal));
    }

    [Fact]
    public void The_default_audience_is_the_same_as_the_one_that_is_spelled_out() => Assert.Equal(
        Of(_profile with { Identity = IdentitySources.Bind(new GithubActionsIdentity(), _machine.Environment) }),
        Of(_profile with { Identity = IdentitySources.Bind(new GithubActionsIdentity { Audience = "https://api.anthropic.com" }, _machine.Environment) }));

    [Fact]
    public void Each_variable_that_names_a_GitHub_job_is_bound()
    {
        FederatedProfile github = _profile with { Identity = IdentitySources.Bind(new GithubActionsIdentity(), _machine.Environment) };
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
    public void Legs_of_a_matrix_are_told_apart_by_the_request_token_which_is_each_jobs_own()
    {
        FederatedProfile github = _profile with { Identity = IdentitySources.Bind(new GithubActionsIdentity(), _machine.Environment) };
        CacheKey one = Of(github);
        string token = Made.Name();
        _machine.Variables["ACTIONS_ID_TOKEN_REQUEST_TOKEN"] = token;

        AssertDiffer(one, Of(github));
        Assert.DoesNotContain(token, Of(github).Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Where_clients_take_the_request_token_away_the_runners_own_id_stands_for_the_job()
    {
        FederatedProfile github = _profile with { Identity = IdentitySources.Bind(new GithubActionsIdentity(), _machine.Environment) };
        Assert.Null(CacheKey.OfJob(github));
        _machine.Variables["RUNNER_TRACKING_ID"] = "github_1";
        CacheKey with = CacheKey.OfJob(github)!;
        _machine.Variables["ACTIONS_ID_TOKEN_REQUEST_TOKEN"] = null;

        Expect.Error("AB0410", () => Of(github));
        Assert.Equal(with, CacheKey.OfJob(github));
        _machine.Variables["RUNNER_TRACKING_ID"] = "github_2";
        AssertDiffer(with, CacheKey.OfJob(github)!);
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
        string[] pieces = ["|", "||", "=", "a", "|workspace_id=a", "|identity=token", "|.sub|=", "}", ""];
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
            _machine.Variables["TOKEN"] = Made.Jwt($$"""{"sub":"{{values[2]}}"}""");
            CacheKey key = Of(Made.With(_profile, federation) with { Identity = IdentitySources.Bind(new LiteralIdentity { Variable = "TOKEN" }, _machine.Environment) });
            Assert.True(seen.TryAdd(key.Text, configuration) || seen[key.Text] == configuration, $"seed {Seed}: {configuration} and {seen[key.Text]}");
        }
    }
}
