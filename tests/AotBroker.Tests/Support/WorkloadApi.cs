using System.Collections.Concurrent;
using System.Net;
using AotBroker.Settings;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace AotBroker.Tests;

/// <summary>An agent's Workload API on HTTP/2 without TLS, which keeps each request and answers whatever a test wants.</summary>
internal sealed class WorkloadApi : IAsyncDisposable
{
    private readonly WebApplication _server;
    private readonly ConcurrentQueue<Call> _calls = [];

    private WorkloadApi(WebApplication server) => _server = server;

    /// <summary>A request as it came.</summary>
    internal sealed record Call(string Line, IReadOnlyDictionary<string, string> Headers, byte[] Body);

    public IReadOnlyList<Call> Calls => [.. _calls];

    /// <summary>The value of SPIFFE_ENDPOINT_SOCKET.</summary>
    public string Endpoint { get; private set; } = "";

    /// <param name="socket">The Unix socket's path; null for a port.</param>
    /// <param name="answer">What to do with each request, which is counted from 1.</param>
    public static async Task<WorkloadApi> StartAsync(string? socket, Func<HttpContext, int, Task> answer)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(options =>
        {
            if (socket is null)
            {
                options.Listen(IPAddress.Loopback, 0, static listen => listen.Protocols = HttpProtocols.Http2);
            }
            else
            {
                options.ListenUnixSocket(socket, static listen => listen.Protocols = HttpProtocols.Http2);
            }
        });
        WebApplication server = builder.Build();
        WorkloadApi api = new(server);
        server.Run(async context =>
        {
            using MemoryStream body = new();
            await context.Request.Body.CopyToAsync(body);
            api._calls.Enqueue(new Call(
                $"{context.Request.Method} {context.Request.Path} {context.Request.Protocol}",
                context.Request.Headers.ToDictionary(static one => one.Key.ToLowerInvariant(), static one => one.Value.ToString()),
                body.ToArray()));
            await answer(context, api._calls.Count);
        });
        await server.StartAsync();
        string address = server.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        api.Endpoint = socket is null ? "tcp://" + new Uri(address).Authority : "unix://" + socket;
        return api;
    }

    /// <summary>A message, and the status in the trailers.</summary>
    public static async Task Give(HttpContext context, byte[] message, byte compressed = 0, string status = "0")
    {
        context.Response.ContentType = "application/grpc";
        context.Response.DeclareTrailer("grpc-status");
        byte[] prefix = [compressed, (byte)(message.Length >> 24), (byte)(message.Length >> 16), (byte)(message.Length >> 8), (byte)message.Length];
        await context.Response.Body.WriteAsync((byte[])[.. prefix, .. message]);
        context.Response.AppendTrailer("grpc-status", status);
    }

    /// <summary>No message: the status alone, in the headers or in trailers of their own.</summary>
    public static async Task Refuse(HttpContext context, int status, string? said, bool inTrailers = false)
    {
        context.Response.ContentType = "application/grpc";
        IHeaderDictionary place = context.Response.Headers;
        if (inTrailers)
        {
            await context.Response.StartAsync();
            place = context.Features.Get<IHttpResponseTrailersFeature>()!.Trailers;
        }
        place["grpc-status"] = status.ToString(System.Globalization.CultureInfo.InvariantCulture);
        if (said is not null)
        {
            place["grpc-message"] = said;
        }
    }

    public async ValueTask DisposeAsync()
    {
        using CancellationTokenSource now = new(TimeSpan.Zero);
        await _server.StopAsync(now.Token);
        await _server.DisposeAsync();
    }
}
