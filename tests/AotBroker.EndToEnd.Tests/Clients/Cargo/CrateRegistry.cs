using System.Collections.Concurrent;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;

namespace AotBroker.EndToEnd.Tests;

/// <summary>A registry with a sparse index that asks everybody for a token, one crate, `widget`, and what is published to it.</summary>
internal sealed class CrateRegistry
{
    private readonly byte[] _widget = Tarball.Of(("widget-1.2.3/Cargo.toml", "[package]\nname = \"widget\"\nversion = \"1.2.3\"\nedition = \"2021\"\n"), ("widget-1.2.3/src/lib.rs", ""));
    private readonly ConcurrentDictionary<string, string> _index = new();

    public CrateRegistry() => Add("widget", "1.2.3", _widget);

    /// <summary>Whether this Authorization is let in now.</summary>
    public required Func<string, bool> IsAccepted { get; init; }

    /// <summary>How many crates were published.</summary>
    public int Published => _index.Count - 1;

    public async Task AnswerAsync(HttpContext http)
    {
        if (!IsAccepted(http.Request.Headers.Authorization.ToString()))
        {
            await Imitation.SayAsync(http, 401, "{}");
            return;
        }

        var path = http.Request.Path.Value!;
        switch (path)
        {
            case "/index/config.json":
                var url = $"http://{http.Request.Host}";
                await Imitation.SayAsync(http, 200, $$"""{"dl":"{{url}}/dl","api":"{{url}}","auth-required":true}""");
                break;
            case "/dl/widget/1.2.3/download":
                await http.Response.Body.WriteAsync(_widget);
                break;
            case "/api/v1/crates/new" when http.Request.Method == "PUT":
                await PublishAsync(http);
                break;
            default:
                await (_index.TryGetValue(path, out var entry) ? Imitation.SayAsync(http, 200, entry, "text/plain") : Imitation.SayAsync(http, 404, "{}"));
                break;
        }
    }

    /// <summary>The length of the crate's description, that as JSON, and the crate; cargo then waits until the index has it.</summary>
    private async Task PublishAsync(HttpContext http)
    {
        using MemoryStream body = new();
        await http.Request.Body.CopyToAsync(body);
        using var description = System.Text.Json.JsonDocument.Parse(body.GetBuffer().AsMemory(4, BitConverter.ToInt32(body.GetBuffer())));
        Add(description.RootElement.GetProperty("name").GetString()!, description.RootElement.GetProperty("vers").GetString()!, []);
        await Imitation.SayAsync(http, 200, """{"warnings":{"invalid_categories":[],"invalid_badges":[],"other":[]}}""");
    }

    private void Add(string name, string version, byte[] crate) => _index[$"/index/{name[..2]}/{name[2..4]}/{name}"] =
        $$"""{"name":"{{name}}","vers":"{{version}}","deps":[],"cksum":"{{Convert.ToHexStringLower(SHA256.HashData(crate))}}","features":{},"yanked":false}""" + "\n";
}
