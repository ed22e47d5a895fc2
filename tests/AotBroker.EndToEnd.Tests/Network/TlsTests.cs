namespace AotBroker.EndToEnd.Tests;

/// <summary>HTTPS with a certificate that is checked (invariant 8).</summary>
public sealed class TlsTests : BrokerTest
{
    protected override LocalEndpointOptions EndpointOptions => new() { HttpPort = null };

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        UseFederationVariables();
    }

    [Fact]
    public async Task A_certificate_of_an_authority_in_SSL_CERT_FILE_is_believed()
    {
        Sandbox.Environment["SSL_CERT_FILE"] = Sandbox.WriteFile("ca.pem", Endpoint.CaBundlePem);

        Assert.NotNull(Endpoint.Grants.Find((await Sandbox.RunAsync("get")).Succeeded().Line));
    }

    [Fact]
    public async Task A_certificate_of_an_unknown_authority_is_refused_and_no_token_is_sent()
    {
        (await Sandbox.RunAsync("get")).Failed("AB0602", 6).Says("no trusted connection to 127.0.0.1").Says("does not come from an authority that is trusted here").Says("SSL_CERT_FILE");

        Assert.Empty(Endpoint.Events.Snapshot());
        Sandbox.Environment["SSL_CERT_FILE"] = Sandbox.WriteFile("ca.pem", Endpoint.CaBundlePem);
        (await Sandbox.RunAsync("get", "--force-refresh")).Succeeded();
    }

    [Fact]
    public async Task Without_a_home_it_works_too()
    {
        Sandbox.Environment["SSL_CERT_FILE"] = Sandbox.WriteFile("ca.pem", Endpoint.CaBundlePem);
        Array.ForEach(["HOME", "XDG_CONFIG_HOME"], variable => Sandbox.Environment.Remove(variable));

        var result = await Sandbox.RunAsync("exec", "--", "/bin/sh", "-c", "echo \"${HOME-unset}\"; echo \"$ANTHROPIC_CONFIG_DIR\"");

        var lines = result.Succeeded().OutputText.Split('\n');
        Assert.Equal("unset", lines[0]);
        Assert.StartsWith(Sandbox.Cache, lines[1], StringComparison.Ordinal);
        Assert.Contains("/exec/", lines[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_speaks_no_TLS_is_refused()
    {
        await using var plain = await LocalEndpoint.StartAsync(new LocalEndpointOptions { HttpsPort = null });
        Sandbox.Environment["ANTHROPIC_BASE_URL"] = plain.HttpUrl.Replace("http:", "https:", StringComparison.Ordinal);

        (await Sandbox.RunAsync("get")).Failed("AB0602", 6);
    }
}
