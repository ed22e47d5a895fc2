using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace LocalTokenEndpoint;

/// <summary>Kestrel on loopback, and no more of ASP.NET Core: no configuration, no environment, no signal handlers.</summary>
internal static class Listener
{
    // Half a thousand processes connect before the first is answered; the kernel caps this at net.core.somaxconn.
    private const int Backlog = 4096;

    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(2);

    public static WebApplication Build(LocalEndpointOptions options, X509Certificate2 certificate, RequestDelegate handle)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddSingleton<IHostLifetime, NoLifetime>();
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(2));
        builder.Services.Configure<SocketTransportOptions>(sockets => sockets.Backlog = Backlog);
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxConcurrentConnections = null;

            // Clients that share two processors with hundreds of others are slow through no fault of their own, and a test
            // may well stop one in the middle of a request: the defaults would hang up on them.
            kestrel.Limits.MinRequestBodyDataRate = null;
            kestrel.Limits.MinResponseDataRate = null;
            kestrel.Limits.RequestHeadersTimeout = s_patience;

            // To cut a connection means the connection, which HTTP/2 would share between requests.
            kestrel.ConfigureEndpointDefaults(listener => listener.Protocols = HttpProtocols.Http1);
            if (options.HttpPort is { } http)
            {
                kestrel.Listen(IPAddress.Loopback, http);
            }

            if (options.HttpsPort is { } https)
            {
                kestrel.Listen(IPAddress.Loopback, https, listener =>
                    listener.UseHttps(certificate, tls => tls.HandshakeTimeout = s_patience));
            }
        });

        var server = builder.Build();
        server.Run(handle);
        return server;
    }

    /// <summary>The process belongs to whoever started the endpoint, a test host for example, and so do its signals.</summary>
    private sealed class NoLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
