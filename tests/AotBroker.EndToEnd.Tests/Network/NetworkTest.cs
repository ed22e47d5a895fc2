using System.Security.Cryptography.X509Certificates;

namespace AotBroker.EndToEnd.Tests;

/// <summary>A test with the endpoint behind TLS of its own making, and one identity token that may be presented once.</summary>
public abstract class NetworkTest : BrokerTest
{
    private readonly List<Server> _servers = [];

    private protected Certificates Certificates { get; } = new();

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        UseFederationVariables();
    }

    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        foreach (var server in _servers)
        {
            await server.DisposeAsync();
        }

        Certificates.Dispose();
    }

    private protected Server Serve(Func<Stream, CancellationToken, Task> serve, string? address = null)
    {
        var server = new Server(serve, address);
        _servers.Add(server);
        return server;
    }

    /// <summary>The endpoint with this certificate, and the address at which processes look for it from now on.</summary>
    private protected Server ServeTls(X509Certificate2 certificate, string? address = null)
    {
        var plain = new Uri(Endpoint.HttpUrl).Authority;
        var server = Serve(Server.Tls(certificate, (stream, stop) => HttpTalk.TunnelAsync(stream, plain, stop)), address);
        Sandbox.Environment["ANTHROPIC_BASE_URL"] = "https://" + server.Authority;
        return server;
    }

    /// <summary>A bundle with the authority of the servers' certificates.</summary>
    private protected string WriteAuthority(string name = "ca.pem") => Sandbox.WriteFile(name, Certificates.AuthorityPem);

    /// <summary>Nothing has come to the endpoint; and the token is as good as new.</summary>
    private protected async Task TokenIsUnspentAsync()
    {
        Assert.Empty(Endpoint.Events.Snapshot());
        using var certificate = Certificates.Sign();
        ServeTls(certificate);
        Sandbox.Environment["SSL_CERT_FILE"] = WriteAuthority("good.pem");

        var result = await Sandbox.RunAsync("get", "--force-refresh");

        Assert.NotNull(Endpoint.Grants.Find(result.Succeeded().Line));
        Assert.Equal((1, 1), (Endpoint.Events.Presentations, Endpoint.Events.GrantedExchanges));
    }
}
