using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace AotBroker.EndToEnd.Tests;

/// <summary>What was asked of an imitation.</summary>
internal sealed record Asked(string Method, string Path, string? Authorization);

/// <summary>A service that a client talks to, on a port of loopback: it remembers what was asked, and with which credential.</summary>
internal sealed class Imitation : IAsyncDisposable
{
    private readonly List<Asked> _asked = [];
    private readonly WebApplication _server;

    private Imitation(RequestDelegate answer, X509Certificate2? certificate)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddSingleton<IHostLifetime, NoLifetime>();
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(2));
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listener =>
        {
            listener.Protocols = HttpProtocols.Http1;
            if (certificate is not null)
            {
                listener.UseHttps(certificate);
            }
        }));
        _server = builder.Build();
        _server.Run(http =>
        {
            var authorization = http.Request.Headers.Authorization;
            lock (_asked)
            {
                _asked.Add(new Asked(http.Request.Method, http.Request.Path.Value ?? "", authorization.Count > 0 ? authorization.ToString() : null));
            }

            return answer(http);
        });
    }

    /// <summary>Without a slash at its end.</summary>
    public string Url => _server.Urls.Single();

    /// <summary><c>127.0.0.1:PORT</c></summary>
    public string Authority => new Uri(Url).Authority;

    /// <summary>Everything so far, oldest first.</summary>
    public IReadOnlyList<Asked> Requests
    {
        get
        {
            lock (_asked)
            {
                return [.. _asked];
            }
        }
    }

    /// <param name="answer">Answers one request.</param>
    /// <param name="certificate">For TLS; plain HTTP without it.</param>
    public static async Task<Imitation> StartAsync(RequestDelegate answer, X509Certificate2? certificate = null)
    {
        Imitation imitation = new(answer, certificate);
        await imitation._server.StartAsync();
        return imitation;
    }

    /// <summary>A whole answer.</summary>
    public static Task SayAsync(HttpContext http, int status, string body, string type = "application/json")
    {
        http.Response.StatusCode = status;
        http.Response.ContentType = type;
        return http.Response.WriteAsync(body);
    }

    public async ValueTask DisposeAsync()
    {
        await _server.StopAsync();
        await _server.DisposeAsync();
    }

    /// <summary>Signals are the test host's.</summary>
    private sealed class NoLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
