using AotBroker.Identity;
using AotBroker.Runtime;
using AotBroker.Schemas;
using AotBroker.Settings;

namespace AotBroker.Tests;

/// <summary>Where the identity comes from when the profile does not say.</summary>
public sealed class IdentityDetectionTests : IDisposable
{
    private readonly Machine _machine = new();

    public void Dispose() => _machine.Dispose();

    private FoundIdentity? Detect(string? audience = null) => IdentitySources.Detect(new DetectionContext(_machine.Environment, audience));

    private void SetFrom(int first)
    {
        _machine.Variables["ACTIONS_ID_TOKEN_REQUEST_URL"] = "https://pipelines.example?api-version=2.0";
        _machine.Variables["ACTIONS_ID_TOKEN_REQUEST_TOKEN"] = Made.Name();
        _machine.Variables["ANTHROPIC_IDENTITY_TOKEN"] = first <= 1 ? Made.Jwt("{}") : null;
        _machine.Variables["ANTHROPIC_IDENTITY_TOKEN_FILE"] = first <= 0 ? "/run/token" : null;
    }

    [Theory]
    [InlineData(0, "file", "ANTHROPIC_IDENTITY_TOKEN_FILE")]
    [InlineData(1, "literal", "ANTHROPIC_IDENTITY_TOKEN")]
    [InlineData(2, "github-actions", "ACTIONS_ID_TOKEN_REQUEST_URL")]
    public void Each_source_beats_those_after_it(int first, string source, string origin)
    {
        SetFrom(first);

        (IdentitySettings found, string from) = Detect()!;

        Assert.Equal(source, found.Source);
        Assert.Equal(origin, from);
    }

    [Theory]
    [InlineData("ANTHROPIC_IDENTITY_TOKEN_FILE", "literal")]
    [InlineData("ANTHROPIC_IDENTITY_TOKEN", "github-actions")]
    public void A_variable_that_is_set_but_empty_counts_as_unset(string variable, string expected)
    {
        SetFrom(variable == "ANTHROPIC_IDENTITY_TOKEN" ? 1 : 0);
        _machine.Variables[variable] = "";

        Assert.Equal(expected, Detect()!.Source.Source);
    }

    [Fact]
    public void The_audience_is_handed_on_to_a_source_that_takes_one()
    {
        SetFrom(2);

        Assert.Equal("https://other.example", Assert.IsType<GithubActionsIdentity>(Detect("https://other.example")!.Source).Audience);
    }

    [Theory]
    [InlineData("ACTIONS_ID_TOKEN_REQUEST_URL", "ACTIONS_ID_TOKEN_REQUEST_TOKEN")]
    [InlineData("ACTIONS_ID_TOKEN_REQUEST_TOKEN", "ACTIONS_ID_TOKEN_REQUEST_URL")]
    public void Of_half_set_GitHub_variables_the_missing_one_is_named(string set, string missing)
    {
        SetFrom(2);
        _machine.Variables[missing] = "";

        Assert.Equal($"{set} is set, but {missing} is not", Expect.Error("AB0410", () => Detect()).Message);
    }

    [Fact]
    public void A_GitHub_job_without_the_permission_is_told_which()
    {
        _machine.Variables["GITHUB_ACTIONS"] = "true";

        Assert.Contains("id-token: write", Expect.Error("AB0401", () => Detect()).All(), StringComparison.Ordinal);
    }

    /// <summary>In the order in which they are found: each has all of the later ones' variables too.</summary>
    private static readonly (string Source, string[] Variables)[] Platforms =
    [
        ("file", ["ANTHROPIC_IDENTITY_TOKEN_FILE"]),
        ("literal", ["ANTHROPIC_IDENTITY_TOKEN"]),
        ("github-actions", ["ACTIONS_ID_TOKEN_REQUEST_URL", "ACTIONS_ID_TOKEN_REQUEST_TOKEN"]),
        ("gitlab", ["GITLAB_CI", "ANTHROPIC_ID_TOKEN"]),
        ("buildkite", ["BUILDKITE_JOB_ID", "BUILDKITE_AGENT_ACCESS_TOKEN"]),
        ("circleci", ["CIRCLECI", "CIRCLE_OIDC_TOKEN_V2"]),
        ("azure-pipelines", ["SYSTEM_OIDCREQUESTURI", "SYSTEM_ACCESSTOKEN", "AZURESUBSCRIPTION_SERVICE_CONNECTION_ID"]),
        ("bitbucket", ["BITBUCKET_STEP_OIDC_TOKEN"]),
        ("hcp-terraform", ["TFC_WORKLOAD_IDENTITY_TOKEN"]),
        ("vercel", ["VERCEL_OIDC_TOKEN"]),
        ("fly", ["FLY_MACHINE_ID"]),
        ("aks", ["AZURE_FEDERATED_TOKEN_FILE"]),
        ("aws-irsa", ["AWS_WEB_IDENTITY_TOKEN_FILE"]),
        ("azure-app-service", ["IDENTITY_ENDPOINT", "IDENTITY_HEADER"]),
        ("spiffe", ["SPIFFE_ENDPOINT_SOCKET"]),
        ("aws-sts", ["AWS_CONTAINER_CREDENTIALS_FULL_URI"]),
        ("google-metadata", ["GCE_METADATA_HOST"]),
    ];

    [Fact]
    public void Each_platform_beats_those_after_it()
    {
        _machine.Variables["AOTBROKER_HOST_METADATA"] = null;
        Assert.Equal("auto", Detect()!.Source.Source); // The machine, last of all.

        foreach ((string source, string[] variables) in Platforms.Reverse())
        {
            foreach (string variable in variables)
            {
                _machine.Variables[variable] = "1";
            }

            FoundIdentity found = Detect()!;
            Assert.Equal(source, found.Source.Source);
            Assert.Contains(found.Origin, variables);
        }
    }

    [Fact]
    public void A_platform_whose_job_has_no_token_beats_the_machine_that_it_runs_on()
    {
        _machine.Variables["FLY_MACHINE_ID"] = "1";
        foreach (string variable in (string[])["GITHUB_ACTIONS", "GITLAB_CI", "BUILDKITE", "CIRCLECI", "TF_BUILD", "BITBUCKET_BUILD_NUMBER", "TFC_RUN_ID", "VERCEL"])
        {
            _machine.Variables[variable] = "true";
            Expect.Error("AB0401", () => Detect());
            _machine.Variables[variable] = null;
        }

        Assert.Equal("fly", Detect()!.Source.Source);
    }

    [Fact]
    public void Each_source_of_the_schema_has_its_code()
    {
        foreach ((string source, string[] variables) in Platforms)
        {
            Dictionary<string, string?> only = variables.ToDictionary(static name => name, static string? (_) => "1");
            ProcessEnvironment environment = new(name => only.GetValueOrDefault(name), _machine.Clock, static () => "/", static () => "test-host");
            IdentitySettings found = IdentitySources.Detect(new DetectionContext(environment, null))!.Source;

            Assert.Equal(source, found.Source);
            Assert.NotEmpty(Sources.Tokens(found, "x", environment, null!).Description);
        }
    }

    [Fact]
    public void What_was_passed_over_is_told_in_order()
    {
        List<SkippedSource> passed = [];
        IdentitySources.Detect(new DetectionContext(_machine.Environment, null, passed));

        // Kubernetes is there by a file as well, and has a test of its own.
        Assert.Equal([.. Platforms.Select(static one => one.Source), "machine"], passed.Select(static one => one.Source).Where(static source => source != "kubernetes"));
        Assert.All(passed.SkipLast(1), static one => Assert.EndsWith("is not set", one.Reason, StringComparison.Ordinal));
        Assert.Equal("AOTBROKER_HOST_METADATA switches it off", passed[^1].Reason);
    }

    [Fact]
    public void Where_nothing_is_there_nothing_is_found_and_what_was_looked_for_can_be_told()
    {
        List<SkippedSource> passed = [];

        Assert.Null(IdentitySources.Detect(new DetectionContext(_machine.Environment, null, passed)));

        Assert.Equal(["file: ANTHROPIC_IDENTITY_TOKEN_FILE is not set", "literal: ANTHROPIC_IDENTITY_TOKEN is not set", "github-actions: ACTIONS_ID_TOKEN_REQUEST_URL is not set"],
            passed.Select(static one => $"{one.Source}: {one.Reason}").Take(3));
    }
}
