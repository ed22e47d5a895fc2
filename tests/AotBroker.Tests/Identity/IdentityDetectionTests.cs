using AotBroker.Identity;
using AotBroker.Schemas;

namespace AotBroker.Tests;

/// <summary>Where the identity comes from when the profile does not say.</summary>
public sealed class IdentityDetectionTests : IDisposable
{
    private readonly Machine _machine = new();

    public void Dispose() => _machine.Dispose();

    private FoundIdentity? Detect(string? audience = null) => IdentitySources.Detect(new Surroundings(_machine.Environment, audience));

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

        (IdentitySource found, string from) = Detect()!;

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

    [Fact]
    public void Where_nothing_is_there_nothing_is_found_and_what_was_looked_for_can_be_told()
    {
        List<PassedOver> passed = [];

        Assert.Null(IdentitySources.Detect(new Surroundings(_machine.Environment, null, passed)));

        Assert.Equal(["file: ANTHROPIC_IDENTITY_TOKEN_FILE is not set", "literal: ANTHROPIC_IDENTITY_TOKEN is not set", "github-actions: ACTIONS_ID_TOKEN_REQUEST_URL is not set"],
            passed.Select(static one => $"{one.Source}: {one.Reason}").Take(3));
    }
}
