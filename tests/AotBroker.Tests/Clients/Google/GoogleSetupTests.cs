using AotBroker.Clients;
using AotBroker.Clients.Google;
using AotBroker.Profiles;

namespace AotBroker.Tests;

/// <summary>A file of the broker's own, before and after, to the octet.</summary>
public sealed class GoogleSetupTests : IDisposable
{
    private readonly Machine _machine = new();

    public void Dispose() => _machine.Dispose();

    private ResolvedProfile Profile(string exchange = "\"none\"", string? hosts = "\"ghcr.io\"")
    {
        string serves = hosts is null ? "" : $$""","serves":{"hosts":[{{hosts}}]}""";
        _machine.WriteBrokerProfile("ci", $$$"""{"exchange":{"type":{{{exchange}}}}{{{serves}}}}""");
        return ProfileResolver.ResolveExchange("ci", _machine.Environment);
    }

    [Fact]
    public void Google_s_file_is_replaced_if_it_is_the_broker_s()
    {
        SetupPlan setup = new GoogleSetup().Plan(Profile("\"google-sts\",\"audience\":\"//iam.googleapis.com/projects/123456789/locations/global/workloadIdentityPools/ci/providers/github\"", null), "/x", _machine.Environment);
        string content = setup.Lines;

        Assert.Equal(content, setup.Edit("").Text);
        Assert.Equal(content, setup.Edit(content).Text);
        Assert.Equal(content, setup.Edit(content.Replace(Environment.ProcessPath!, "/opt/aotbroker", StringComparison.Ordinal).Replace("ci/", "old/", StringComparison.Ordinal)).Text);
        Assert.Contains("other content", setup.Edit("""{"type":"service_account"}""").Refusal, StringComparison.Ordinal);
        Assert.Contains("other content", setup.Edit(content.Replace(Environment.ProcessPath!, "/opt/other", StringComparison.Ordinal)).Refusal, StringComparison.Ordinal);
        Assert.Contains("other content", setup.Edit("aotbroker").Refusal, StringComparison.Ordinal);
        Assert.Contains("GOOGLE_APPLICATION_CREDENTIALS=/x", Assert.Single(setup.Next), StringComparison.Ordinal);
    }

    [Fact]
    public void The_file_is_where_gcloud_has_its_own()
    {
        Assert.Equal("/g/aotbroker-ci.json", new GoogleSetup().FileFor("ci", _machine.WithVariables(("CLOUDSDK_CONFIG", "/g"))));
        Assert.Equal(_machine.Home[".config/gcloud/aotbroker-ci.json"], new GoogleSetup().FileFor("ci", _machine.Environment));
    }
}
