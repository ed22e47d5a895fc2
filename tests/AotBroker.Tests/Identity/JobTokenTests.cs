using AotBroker.Errors;
using AotBroker.Identity;
using AotBroker.Runtime;
using AotBroker.Schemas;
using AotBroker.Settings;

namespace AotBroker.Tests;

/// <summary>Platforms that give a job one token, in a variable: GitLab, CircleCI, Bitbucket, HCP Terraform, Vercel.</summary>
public sealed class JobTokenTests : IDisposable
{
    private readonly Machine _machine = new();

    public void Dispose() => _machine.Dispose();

    /// <summary>The source, a variable that says that the platform is there, the variable of its token, and what is needed.</summary>
    public static TheoryData<string, string, string, string> Platforms => new()
    {
        { "gitlab", "GITLAB_CI", "ANTHROPIC_ID_TOKEN", "id_tokens: { ANTHROPIC_ID_TOKEN: { aud: https://api.anthropic.com } }" },
        { "gitlab", "GITLAB_CI", "GITLAB_OIDC_TOKEN", "id_tokens:" },
        { "circleci", "CIRCLECI", "CIRCLE_OIDC_TOKEN_V2", "a build of a fork" },
        { "circleci", "CIRCLECI", "CIRCLE_OIDC_TOKEN", "a build of a fork" },
        { "bitbucket", "BITBUCKET_BUILD_NUMBER", "BITBUCKET_STEP_OIDC_TOKEN", "oidc: true" },
        { "hcp-terraform", "TFC_RUN_ID", "TFC_WORKLOAD_IDENTITY_TOKEN", "TFC_WORKLOAD_IDENTITY_AUDIENCE" },
        { "hcp-terraform", "TFC_RUN_ID", "TFC_WORKLOAD_IDENTITY_TOKEN_ANTHROPIC", "TFC_WORKLOAD_IDENTITY_AUDIENCE" },
        { "vercel", "VERCEL", "VERCEL_OIDC_TOKEN", "OIDC federation" },
    };

    private FoundIdentity? Detect() => IdentitySources.Detect(new DetectionContext(_machine.Environment, null));

    private IdentityToken Get(IdentitySettings source) => Provider(source).GetToken(_machine.Deadline());

    private SourceTokens Provider(IdentitySettings source) => Sources.Tokens(source, "https://api.anthropic.com", _machine.Environment, null!);

    private string Key(IdentitySettings source)
    {
        KeyText key = new();
        Sources.AddToKey(key, source, "https://api.anthropic.com", _machine.Environment);
        return key.ToString();
    }

    private string? JobKey(IdentitySettings source)
    {
        KeyText key = new();
        return Sources.TryAddJobToKey(key, source, "https://api.anthropic.com", _machine.Environment) ? key.ToString() : null;
    }

    private static IdentitySettings Named(string source) => source switch
    {
        "gitlab" => new GitlabIdentity(),
        "circleci" => new CircleciIdentity(),
        "bitbucket" => new BitbucketIdentity(),
        "hcp-terraform" => new TerraformIdentity(),
        _ => new VercelIdentity(),
    };

    [Theory]
    [MemberData(nameof(Platforms))]
    public void The_jobs_token_is_found_and_taken(string source, string platform, string variable, string needs)
    {
        string token = Made.Jwt("{}");
        _machine.Variables[platform] = "true";
        _machine.Variables[variable] = token;

        (IdentitySettings found, string origin) = Detect()!;

        Assert.Equal((source, variable), (found.Source, origin));
        Assert.Equal(token, Get(found).Reveal());
        Assert.Equal(token, Get(Named(source)).Reveal());
        Assert.Equal(TokenSupply.Fixed, Provider(found).Supply);
        Assert.Contains(variable, Provider(found).Description, StringComparison.Ordinal);
        Assert.NotEmpty(needs);
    }

    [Theory]
    [MemberData(nameof(Platforms))]
    public void A_job_without_a_token_is_told_what_it_needs(string source, string platform, string variable, string needs)
    {
        _machine.Variables[platform] = "true";
        _machine.Variables[variable] = "";

        Assert.Contains(needs, Expect.Error("AB0401", () => Detect()).All(), StringComparison.Ordinal);
        // Named in the profile, it is there, and the variable is what is missing.
        Assert.Contains(needs, string.Join('\n', Assert.Throws<BrokerException>(() => Get(Named(source))).Hints), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Platforms))]
    public void Something_else_in_the_variable_is_not_repeated(string source, string platform, string variable, string needs)
    {
        string secret = Made.Name(40);
        _machine.Variables[platform] = needs;
        _machine.Variables[variable] = secret;

        Assert.DoesNotContain(secret, Expect.Error("AB0405", () => Get(Named(source))).All(), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Platforms))]
    public void Of_the_token_nothing_is_in_the_key_and_another_one_is_another_key(string source, string platform, string variable, string needs)
    {
        _machine.Variables[platform] = needs;
        string token = Made.Jwt("""{"sub":"one"}""");
        _machine.Variables[variable] = token;
        string one = Key(Named(source));
        _machine.Variables[variable] = Made.Jwt("""{"sub":"two"}""");

        Assert.NotEqual(one, Key(Named(source)));
        _machine.Variables[variable] = Made.Jwt("""{"sub":"one"}""");
        Assert.Equal(one, Key(Named(source)));
        Assert.All(token.Split('.'), part => Assert.DoesNotContain(part[..16], one, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("gitlab", "CI_JOB_ID", "ANTHROPIC_ID_TOKEN")]
    [InlineData("circleci", "CIRCLE_WORKFLOW_JOB_ID", "CIRCLE_OIDC_TOKEN_V2")]
    [InlineData("bitbucket", "BITBUCKET_STEP_UUID", "BITBUCKET_STEP_OIDC_TOKEN")]
    public void Where_a_variable_names_the_job_that_has_a_key_of_its_own_when_the_token_is_stripped(string source, string job, string variable)
    {
        _machine.Variables[job] = "{17}";
        _machine.Variables[variable] = Made.Jwt("{}");
        string? key = JobKey(Named(source));
        _machine.Variables[variable] = null;

        Assert.NotNull(key);
        Assert.Equal(key, JobKey(Named(source)));
        Assert.Throws<BrokerException>(() => Key(Named(source)));
        _machine.Variables[job] = "{18}";
        Assert.NotEqual(key, JobKey(Named(source)));
        _machine.Variables[job] = null;
        Assert.Null(JobKey(Named(source)));
    }

    [Fact]
    public void Each_of_GitLabs_settings_is_another_job()
    {
        _machine.Variables["CI_JOB_ID"] = "17";
        List<string?> keys = [JobKey(new GitlabIdentity()), JobKey(new GitlabIdentity { Variable = "A" }), JobKey(new GitlabIdentity { Variable = "B" })];
        _machine.Variables["CI_SERVER_URL"] = "https://gitlab.example";
        keys.Add(JobKey(new GitlabIdentity()));

        Assert.Distinct(keys);
    }

    [Fact]
    public void GitLabs_variable_may_have_any_name()
    {
        string token = Made.Jwt("{}");
        _machine.Variables["DEPLOYMENT_TOKEN"] = token;
        _machine.Variables["ANTHROPIC_ID_TOKEN"] = Made.Jwt("{}");

        Assert.Equal(token, Get(new GitlabIdentity { Variable = "DEPLOYMENT_TOKEN" }).Reveal());
        Assert.Contains("OTHER", Expect.Error("AB0402", () => Get(new GitlabIdentity { Variable = "OTHER" })).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("gitlab", "ANTHROPIC_ID_TOKEN", "GITLAB_OIDC_TOKEN")]
    [InlineData("circleci", "CIRCLE_OIDC_TOKEN_V2", "CIRCLE_OIDC_TOKEN")]
    [InlineData("hcp-terraform", "TFC_WORKLOAD_IDENTITY_TOKEN_ANTHROPIC", "TFC_WORKLOAD_IDENTITY_TOKEN")]
    public void Of_two_variables_the_one_for_us_comes_first(string source, string first, string second)
    {
        string token = Made.Jwt("{}");
        _machine.Variables[second] = Made.Jwt("{}");
        _machine.Variables[first] = token;

        Assert.Equal(token, Get(Named(source)).Reveal());
    }

    [Fact]
    public void HCP_Terraforms_tag_is_the_end_of_the_variables_name()
    {
        string token = Made.Jwt("{}");
        _machine.Variables["TFC_WORKLOAD_IDENTITY_TOKEN"] = Made.Jwt("{}");
        _machine.Variables["TFC_WORKLOAD_IDENTITY_TOKEN_OTHER"] = token;

        Assert.Equal(token, Get(new TerraformIdentity { Tag = "OTHER" }).Reveal());
        Assert.Contains("TFC_WORKLOAD_IDENTITY_AUDIENCE_THIRD", Expect.Error("AB0402", () => Get(new TerraformIdentity { Tag = "THIRD" })).All(), StringComparison.Ordinal);
    }
}
