using System.Text.Json;
using AotBroker.Clients.Google;
using AotBroker.Errors;
using AotBroker.Profiles;

namespace AotBroker.Tests;

/// <summary>The file of an external account.</summary>
public sealed class GoogleCredentialsTests : IDisposable
{
    private readonly Machine _machine = new();

    public void Dispose() => _machine.Dispose();

    private ResolvedProfile Profile(string exchange, string name = "one")
    {
        _machine.WriteBrokerProfile(name, $$$"""{"identity":{"source":"file","path":"/run/token"},"exchange":{{{exchange}}}}""");
        return ProfileResolver.Resolve(name, _machine.Environment);
    }

    private static string Program => Environment.ProcessPath!;

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
