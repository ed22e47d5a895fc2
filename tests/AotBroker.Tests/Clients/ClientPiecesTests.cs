using System.Text.Json;
using AotBroker.Clients;
using AotBroker.Clients.Aws;
using AotBroker.Clients.Google;
using AotBroker.Clients.Kubernetes;
using AotBroker.Errors;
using AotBroker.Profiles;

namespace AotBroker.Tests;

/// <summary>What clients' configurations get of the broker: its call, and the entries around it.</summary>
public sealed class ClientPiecesTests : IDisposable
{
    private readonly Machine _machine = new();

    public void Dispose() => _machine.Dispose();

    private ResolvedProfile Profile(string exchange, string name = "one")
    {
        _machine.WriteBrokerProfile(name, $$$"""{"identity":{"source":"file","path":"/run/token"},"exchange":{{{exchange}}}}""");
        return ProfileResolver.Resolve(name, _machine.Environment);
    }

    private static string Program => Environment.ProcessPath!;

    [Theory]
    [InlineData("/usr/local/bin/aotbroker", "/usr/local/bin/aotbroker get --profile p --format aws", true)]
    [InlineData("/opt/my tools/aotbroker", "'/opt/my tools/aotbroker' get --profile p --format aws", false)]
    [InlineData("/opt/$HOME;x/aotbroker", "'/opt/$HOME;x/aotbroker' get --profile p --format aws", false)]
    [InlineData("/opt/größe/aotbroker", "'/opt/größe/aotbroker' get --profile p --format aws", false)]
    [InlineData("/opt/it's/aotbroker", null, false)]
    [InlineData("/opt/a\nb = c/aotbroker", null, false)]
    public void A_path_is_quoted_where_the_client_can_read_quotes_and_else_refused(string program, string? inShell, bool inWords)
    {
        BrokerInvocation command = new(program, "p", "aws");

        if (inShell is null)
        {
            Expect.Error("AB0714", () => command.InShell());
        }
        else
        {
            Assert.Equal(inShell, command.InShell());
        }
        if (inWords)
        {
            Assert.Equal(inShell, command.InWords());
        }
        else
        {
            Expect.Error("AB0714", () => command.InWords());
        }
    }

    [Fact]
    public void Aws_gets_a_section_with_the_region_of_the_profile()
    {
        string section = AwsConfig.Section(Profile("""{"type":"aws-sts","role_arn":"arn:aws:iam::123456789012:role/deploy","region":"eu-central-1"}"""));

        Assert.Equal($"[profile one]\ncredential_process = {Program} get --profile one --format aws\nregion = eu-central-1\n", section);
        Assert.Equal("[default]", AwsConfig.Head("default"));
    }

    [Fact]
    public void Aws_gets_nothing_of_a_profile_that_has_no_keys() => Expect.Error("AB0201", () => AwsConfig.Section(Profile("""{"type":"none"}""")));

    [Fact]
    public void Kubernetes_gets_a_user_that_tells_the_cluster()
    {
        Assert.Equal(
            $"""
            - name: "1e3"
              user:
                exec:
                  apiVersion: client.authentication.k8s.io/v1
                  command: "{Program}"
                  args: ["get", "--profile", "1e3", "--format", "kubernetes"]
                  interactiveMode: Never
                  provideClusterInfo: true

            """,
            KubeConfig.User(Profile("""{"type":"none"}""", "1e3")));
    }

    [Fact]
    public void Google_gets_an_external_account_that_calls_the_program()
    {
        const string Provider = "//iam.googleapis.com/projects/123456789/locations/global/workloadIdentityPools/ci/providers/github";
        using JsonDocument json = JsonDocument.Parse(GoogleCredentials.File(Profile(
            $$"""{"type":"google-sts","audience":"{{Provider}}","service_account":"deploy@my-project.iam.gserviceaccount.com","lifetime_seconds":1800}""")));
        JsonElement file = json.RootElement;

        Assert.Equal("external_account", file.GetProperty("type").GetString());
        Assert.Equal(Provider, file.GetProperty("audience").GetString());
        Assert.Equal("urn:ietf:params:oauth:token-type:id_token", file.GetProperty("subject_token_type").GetString());
        Assert.Equal("https://sts.googleapis.com/v1/token", file.GetProperty("token_url").GetString());
        Assert.Equal($"{Program} get --profile one --format google", file.GetProperty("credential_source").GetProperty("executable").GetProperty("command").GetString());
        Assert.Equal(
            "https://iamcredentials.googleapis.com/v1/projects/-/serviceAccounts/deploy@my-project.iam.gserviceaccount.com:generateAccessToken",
            file.GetProperty("service_account_impersonation_url").GetString());
        Assert.Equal(1800, file.GetProperty("service_account_impersonation").GetProperty("token_lifetime_seconds").GetInt32());
    }

    [Fact]
    public void Google_gets_nothing_of_a_profile_that_is_for_no_provider_of_its()
    {
        BrokerException error = Assert.Throws<BrokerException>(() => GoogleCredentials.File(Profile("""{"type":"none"}""")));

        Assert.Contains("google-sts", error.Hints[0], StringComparison.Ordinal);
    }
}
