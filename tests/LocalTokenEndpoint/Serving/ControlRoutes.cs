using System.Net;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http;

namespace LocalTokenEndpoint;

/// <summary>The controls with which a script drives the endpoint, as a test does through the library. Loopback only.</summary>
internal sealed class ControlRoutes(LocalEndpoint endpoint)
{
    private static readonly JsonSerializerOptions s_json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) },
    };

    /// <summary>False when the request is for none of the controls.</summary>
    public async Task<bool> TryHandleAsync(HttpContext http)
    {
        Func<HttpContext, Task>? control = (http.Request.Method, http.Request.Path.Value) switch
        {
            ("GET", EndpointPaths.Health) => static http => WriteAsync(http, new { Status = "ok" }),
            ("GET", EndpointPaths.Events) => http => WriteAsync(http, endpoint.Events.Snapshot()),
            ("DELETE", EndpointPaths.Events) => http => Done(http, endpoint.Events.Clear),
            ("POST", EndpointPaths.FaultList) => AddFaultAsync,
            ("DELETE", EndpointPaths.FaultList) => http => Done(http, endpoint.Faults.Clear),
            ("POST", EndpointPaths.ReleaseHeld) => http => Done(http, endpoint.Faults.ReleaseHeld),
            ("POST", EndpointPaths.Mint) => MintAsync,
            _ => null,
        };
        if (control is null)
        {
            return false;
        }

        if (http.Connection.RemoteIpAddress is not { } caller || !IPAddress.IsLoopback(caller))
        {
            http.Response.StatusCode = StatusCodes.Status403Forbidden;
            return true;
        }

        try
        {
            await control(http).ConfigureAwait(false);
        }
        catch (Exception wrong) when (wrong is JsonException or ArgumentException)
        {
            http.Response.StatusCode = StatusCodes.Status400BadRequest;
            await WriteAsync(http, new { Error = wrong.Message }).ConfigureAwait(false);
        }

        return true;
    }

    private async Task MintAsync(HttpContext http)
    {
        var order = await ReadAsync<MintOrder>(http).ConfigureAwait(false);
        await WriteAsync(http, new { Token = endpoint.Issuer.Mint(order.ToRequest()) }).ConfigureAwait(false);
    }

    private async Task AddFaultAsync(HttpContext http)
    {
        var order = await ReadAsync<FaultOrder>(http).ConfigureAwait(false);
        endpoint.Faults.Add(order.Target, order.ToFault(), order.Times);
        http.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    private static Task Done(HttpContext http, Action action)
    {
        action();
        http.Response.StatusCode = StatusCodes.Status204NoContent;
        return Task.CompletedTask;
    }

    private static async Task<T> ReadAsync<T>(HttpContext http)
        where T : new()
    {
        using var body = new MemoryStream();
        await http.Request.Body.CopyToAsync(body, http.RequestAborted).ConfigureAwait(false);
        var text = body.GetBuffer().AsSpan(0, (int)body.Length);
        return text.IsEmpty ? new T() : JsonSerializer.Deserialize<T>(text, s_json) ?? new T();
    }

    private static async Task WriteAsync<T>(HttpContext http, T value)
    {
        http.Response.ContentType = Answer.Json;
        var body = JsonSerializer.SerializeToUtf8Bytes(value, s_json);
        await http.Response.Body.WriteAsync(body, http.RequestAborted).ConfigureAwait(false);
    }
}
