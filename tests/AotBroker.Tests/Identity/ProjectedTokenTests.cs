using AotBroker.Identity;
using AotBroker.Runtime;
using AotBroker.Schemas;
using AotBroker.Settings;

namespace AotBroker.Tests;

/// <summary>Tokens that Kubernetes projects: at the path of the profile, and where AKS and EKS say.</summary>
public sealed class ProjectedTokenTests : IDisposable
{
    private const string Aks = "AZURE_FEDERATED_TOKEN_FILE";
    private const string Irsa = "AWS_WEB_IDENTITY_TOKEN_FILE";

    private readonly Machine _machine = new();

    public void Dispose() => _machine.Dispose();

    private SourceTokens Provider(IdentitySettings source) => Sources.Tokens(source, null, _machine.Environment, null!);

    private string KeyOf(IdentitySettings source)
    {
        KeyText key = new();
        Sources.AddToKey(key, source, null, _machine.Environment);
        return key.ToString();
    }

    private static IdentitySettings Named(string variable) => variable == Aks ? new AksIdentity() : new AwsIrsaIdentity();

    private static IdentityToken Token(long issuedAt, long expiresAt) => IdentityToken.Parse(Made.Jwt($$"""{"iat":{{issuedAt}},"exp":{{expiresAt}}}"""), "a test");

    [Fact]
    public void Each_reads_the_file_that_is_there_now()
    {
        string path = _machine.Home.Write("token", Made.Jwt("{}"));
        _machine.Variables[Aks] = path;
        _machine.Variables[Irsa] = path;
        IIdentityTokenProvider[] providers = [Provider(new KubernetesIdentity { Path = path }), Provider(new AksIdentity()), Provider(new AwsIrsaIdentity())];

        string rotated = Made.Jwt("{}");
        File.WriteAllText(path, rotated);

        Assert.All(providers, provider =>
        {
            Assert.Equal(rotated, provider.GetToken(_machine.Deadline()).Reveal());
            Assert.Equal(TokenSupply.Cached, provider.Supply);
            Assert.Contains(path, provider.Description, StringComparison.Ordinal);
        });
    }

    [Fact]
    public void A_relative_path_is_taken_from_the_working_directory()
    {
        _machine.Home.Write("tokens/mine", Made.Jwt("{}"));
        _machine.Variables[Aks] = "tokens/mine";

        Provider(new KubernetesIdentity { Path = "tokens/mine" }).GetToken(_machine.Deadline());
        Provider(new AksIdentity()).GetToken(_machine.Deadline());

        Assert.Equal(KeyOf(new KubernetesIdentity { Path = _machine.Home["tokens/mine"] }), KeyOf(new AksIdentity()));
    }

    [Fact]
    public void A_file_that_was_taken_away_is_told_by_its_name()
    {
        string path = _machine.Home["gone"];

        Assert.Contains(path, Expect.Error("AB0402", () => Provider(new KubernetesIdentity { Path = path }).GetToken(_machine.Deadline())).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(3600, 2880)]
    [InlineData(600, 480)]
    [InlineData(86_400, 69_120)]
    [InlineData(7 * 86_400, 86_400)]
    public void The_kubelet_rotates_at_80_percent_of_the_life_or_after_a_day(long life, long rotated)
    {
        const long Issued = TestClock.StartSeconds;

        Assert.Equal(Issued + rotated, Provider(new KubernetesIdentity { Path = "/token" }).RotatesAt(Token(Issued, Issued + life)));
    }

    [Fact]
    public void A_token_without_times_tells_nothing_of_its_rotation()
    {
        SourceTokens provider = Provider(new KubernetesIdentity { Path = "/token" });

        Assert.Null(provider.RotatesAt(IdentityToken.Parse(Made.Jwt("{}"), "a test")));
        Assert.Null(provider.RotatesAt(Token(TestClock.StartSeconds, TestClock.StartSeconds - 1)));
    }

    [Theory]
    [InlineData(Aks, "workload identity")]
    [InlineData(Irsa, "eks.amazonaws.com/role-arn")]
    public void Named_without_its_variable_it_says_what_sets_it(string variable, string hint)
    {
        var error = Expect.Error("AB0410", () => Provider(Named(variable)).GetToken(_machine.Deadline()));

        Assert.Contains(variable, error.Message, StringComparison.Ordinal);
        Assert.Contains(hint, error.All(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Aks, "aks")]
    [InlineData(Irsa, "aws-irsa")]
    public void The_variable_decides_whether_it_is_there(string variable, string source)
    {
        DetectionContext surroundings = new(_machine.Environment, null);
        Assert.DoesNotContain(IdentitySources.Detect(surroundings)?.Source.Source ?? "", new[] { "aks", "aws-irsa" });

        _machine.Variables[variable] = "/run/token";

        Assert.Equal((source, variable), (IdentitySources.Detect(surroundings)!.Source.Source, IdentitySources.Detect(surroundings)!.Origin));
    }

    [Fact]
    public void In_a_pod_the_file_at_the_default_path_is_taken_and_outside_nobody_looks()
    {
        string path = _machine.Home.Write("token", Made.Jwt("{}"));
        List<SkippedSource> passed = [];
        DetectionContext surroundings = new(_machine.Environment, null, passed);

        Assert.Null(KubernetesSource.Detect(surroundings, path));
        _machine.Variables["KUBERNETES_SERVICE_HOST"] = "10.0.0.1";
        FoundIdentity? found = KubernetesSource.Detect(surroundings, path);
        Assert.Null(KubernetesSource.Detect(surroundings, path + "-of-another"));

        Assert.Equal((path, path), (Assert.IsType<KubernetesIdentity>(found!.Source).Path, found.Origin));
        Assert.Equal(["KUBERNETES_SERVICE_HOST is not set", $"{path}-of-another does not exist"], passed.Select(static one => one.Reason));
    }

    [Fact]
    public void A_projected_token_that_may_not_be_read_is_not_passed_over()
    {
        string path = _machine.Home.Write("token", Made.Jwt("{}"));
        File.SetUnixFileMode(path, 0);
        File.SetUnixFileMode(_machine.Home.Path, (UnixFileMode)0x1FF);
        _machine.Variables["KUBERNETES_SERVICE_HOST"] = "10.0.0.1";

        Native.WithoutPrivilege(() =>
        {
            FoundIdentity? found = KubernetesSource.Detect(new DetectionContext(_machine.Environment, null), path);
            Expect.Error("AB0402", () => Provider(found!.Source).GetToken(_machine.Deadline()));
        });
    }

    [Fact]
    public void The_token_for_the_API_server_is_never_the_default()
    {
        Assert.Equal(KubernetesSource.DefaultPath, new KubernetesIdentity().Path);
        Assert.DoesNotContain("kubernetes.io", KubernetesSource.DefaultPath, StringComparison.Ordinal);
    }
}
