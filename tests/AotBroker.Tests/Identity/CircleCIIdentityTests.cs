using AotBroker.Identity;
using AotBroker.Runtime;
using AotBroker.Schemas;
using AotBroker.Settings;

namespace AotBroker.Tests;

/// <summary>CircleCI's tokens for an audience, which the job's own program makes. Its fixed ones: JobTokenTests.</summary>
public sealed class CircleCIIdentityTests : IDisposable
{
    private readonly Machine _machine = new();

    public CircleCIIdentityTests()
    {
        _machine.Variables["CIRCLECI"] = "true";
        _machine.Variables["PATH"] = _machine.Home.Path + ":/usr/bin:/bin";
    }

    public void Dispose() => _machine.Dispose();

    private SourceTokens Provider(CircleciIdentity settings) => Sources.Tokens(settings, "https://api.anthropic.com", _machine.Environment, null!);

    private IdentityToken Get(string audience = "https://other.example") => Provider(new CircleciIdentity { Audience = audience }).GetToken(_machine.Deadline());

    [Theory]
    [InlineData("https://other.example", """{"aud":"https://other.example"}""")]
    [InlineData("a\"b\\", """{"aud":"a\u0022b\\"}""")]
    public void The_program_is_asked_this_to_the_letter(string audience, string claims)
    {
        string token = Made.Jwt("{}");
        string seen = _machine.Home["seen"];
        Script.Write(_machine, "circleci", $"for a in \"$@\"; do printf '%s\\n' \"$a\" >> '{seen}'; done; echo {token}");

        Assert.Equal(token, Get(audience).Reveal());

        Assert.Equal(["run", "oidc", "get", "--claims", claims], File.ReadAllLines(seen));
        Assert.True(Provider(new CircleciIdentity { Audience = audience }).Mints);
    }

    [Fact]
    public void The_program_gets_all_of_this_processs_variables()
    {
        string seen = _machine.Home["seen"];
        Script.Write(_machine, "circleci", $"/usr/bin/env | /usr/bin/cut -d= -f1 > '{seen}'; echo {Made.Jwt("{}")}");

        Get();

        string name = Environment.GetEnvironmentVariables().Keys.Cast<string>().First(static key => key.StartsWith("DOTNET", StringComparison.Ordinal) || key == "PATH");
        Assert.Contains(name, File.ReadAllLines(seen));
    }

    [Fact]
    public void A_job_without_the_program_is_told_what_else_there_is() =>
        Assert.Contains("identity.audience", Expect.Error("AB0413", () => Get()).All(), StringComparison.Ordinal);

    [Fact]
    public void A_refusal_is_told_with_what_the_program_says()
    {
        Script.Write(_machine, "circleci", "echo 'OIDC is not available for this job' >&2; exit 1");

        var error = Expect.Error("AB0413", () => Get());

        Assert.Contains("it said: OIDC is not available for this job", error.All(), StringComparison.Ordinal);
        Assert.Contains("a build of a fork", error.All(), StringComparison.Ordinal);
    }

    [Fact]
    public void Found_by_itself_an_audience_of_the_profile_decides_that_it_mints()
    {
        FoundIdentity minted = IdentitySources.Detect(new DetectionContext(_machine.Environment, "https://other.example"))!;
        _machine.Variables["CIRCLE_OIDC_TOKEN_V2"] = Made.Jwt("{}");
        FoundIdentity given = IdentitySources.Detect(new DetectionContext(_machine.Environment, null))!;

        Assert.Equal(("CIRCLECI", "https://other.example"), (minted.Origin, Assert.IsType<CircleciIdentity>(minted.Source).Audience));
        Assert.Equal(("CIRCLE_OIDC_TOKEN_V2", null), (given.Origin, Assert.IsType<CircleciIdentity>(given.Source).Audience));
    }

    [Fact]
    public void The_audience_and_the_job_are_the_key()
    {
        CircleciIdentity minting = new() { Audience = "x" };
        _machine.Variables["CIRCLE_OIDC_TOKEN"] = Made.Jwt("{}");
        List<string> keys = [Key(new CircleciIdentity()), Key(minting), Key(new CircleciIdentity { Audience = "y" })];
        foreach (string variable in new[] { "CIRCLE_PROJECT_ID", "CIRCLE_WORKFLOW_JOB_ID" })
        {
            _machine.Variables[variable] = "1";
            keys.Add(Key(minting));
        }

        Assert.Distinct(keys);
    }

    private string Key(IdentitySettings source)
    {
        KeyText key = new();
        Sources.AddToKey(key, source, "https://api.anthropic.com", _machine.Environment);
        return key.ToString();
    }
}
