using System.IO.Compression;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace AotBroker.EndToEnd.Tests;

/// <summary>pip asks the program `keyring`, which is a link to the broker, for the password of a package index.</summary>
[Collection(Bursts.Name)]
public sealed class PipTests : ClientTest
{
    /// <summary>The first that can be told to call a program.</summary>
    private const string Version = "23.1";

    private const string Wheel = "widget-1.2.3-py3-none-any.whl";

    private static readonly byte[] s_wheel = Pack(
        ("widget.py", ""),
        ("widget-1.2.3.dist-info/METADATA", "Metadata-Version: 2.1\nName: widget\nVersion: 1.2.3\n"),
        ("widget-1.2.3.dist-info/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"),
        ("widget-1.2.3.dist-info/RECORD", ""));

    private Imitation _index = null!;

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        _index = await ImitateAsync(AnswerAsync);
        var links = Sandbox.MakeDirectory("links");
        (await Sandbox.RunAsync("link", links)).Succeeded();
        Sandbox.Environment["PATH"] = $"{links}:{Sandbox.Environment["PATH"]}";
        Sandbox.Environment["PIP_CONFIG_FILE"] = "/dev/null";
        Sandbox.Environment["PIP_DISABLE_PIP_VERSION_CHECK"] = "1";
        Sandbox.Environment["PIP_KEYRING_PROVIDER"] = "subprocess";
        Sandbox.Environment["PIP_INDEX_URL"] = $"http://__token__@{_index.Authority}/simple/";
    }

    [ClientFact("pip", Version)]
    public async Task Ten_at_once_fetch_a_package_with_one_exchange()
    {
        await UseAsync(_index.Authority);

        var results = await Sandbox.RunTogetherAsync(Many, Download);

        Assert.All(results, result => result.SucceededWithNotes());
        Assert.All(Enumerable.Range(0, Many), i => Assert.Equal(s_wheel, File.ReadAllBytes(Path.Combine(Sandbox.Root, $"packages{i}/{Wheel}"))));
        Assert.Equal(1, Tokens.Asked);
    }

    [ClientFact("pip", Version)]
    public async Task Where_the_exchange_is_refused_the_reason_comes_before_pip_s_own()
    {
        await UseAsync(_index.Authority);
        Tokens.Refusal = (400, """{"error":"invalid_grant","error_description":"the issuer is not trusted"}""");

        var result = await Sandbox.RunAsync(Download(0));

        Assert.Equal(1, result.ExitCode);
        result.Says("aotbroker: error[AB0501]").Says("the issuer is not trusted");
        Assert.Equal(1, Tokens.Asked);
    }

    [ClientFact("pip", Version)]
    public async Task An_index_that_the_profile_does_not_serve_gets_no_token()
    {
        await UseAsync("127.0.0.1:1");

        var result = await Sandbox.RunAsync(Download(0));

        Assert.Equal(1, result.ExitCode);
        Assert.Equal(0, Tokens.Asked);
        Assert.NotEmpty(_index.Requests);
        Assert.All(_index.Requests, request => Assert.Equal(Authorization(""), request.Authorization));
    }

    private Task UseAsync(string host) => UseProfileAsync("index", serves: new JsonObject { ["hosts"] = new JsonArray(host) });

    private Launch Download(int number) => new("download", "--no-input", "--no-cache-dir", "--no-deps", "--dest", Path.Combine(Sandbox.Root, $"packages{number}"), "widget")
    {
        Program = ClientProgram.PathOf("pip", Version),
    };

    private static string Authorization(string token) => "Basic " + Convert.ToBase64String(Encoding.ASCII.GetBytes("__token__:" + token));

    private async Task AnswerAsync(HttpContext http)
    {
        if (Tokens.Token is not { } token || http.Request.Headers.Authorization != Authorization(token))
        {
            http.Response.Headers.WWWAuthenticate = "Basic realm=\"index\"";
            await Imitation.SayAsync(http, 401, "", "text/html");
        }
        else if (http.Request.Path == "/simple/widget/")
        {
            await Imitation.SayAsync(http, 200, $"<!DOCTYPE html><html><body><a href=\"/files/{Wheel}\">{Wheel}</a></body></html>", "text/html");
        }
        else
        {
            await http.Response.Body.WriteAsync(s_wheel);
        }
    }

    private static byte[] Pack(params (string Name, string Content)[] files)
    {
        using MemoryStream packed = new();
        using (ZipArchive zip = new(packed, ZipArchiveMode.Create))
        {
            foreach (var (name, content) in files)
            {
                using var entry = zip.CreateEntry(name).Open();
                entry.Write(Encoding.ASCII.GetBytes(content));
            }
        }

        return packed.ToArray();
    }
}
