using System.IO.Compression;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace AotBroker.EndToEnd.Tests;

/// <summary>go downloads a module from a proxy with what the broker exchanges.</summary>
[Collection(Bursts.Name)]
public sealed class GoTests : ClientTest
{
    /// <summary>The first with GOAUTH.</summary>
    private const string Version = "1.24";

    private const string Module = "example.com/widget";

    private Imitation _proxy = null!;

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        using Certificates certificates = new();
        _proxy = await ImitateAsync(AnswerAsync, certificates.Sign());
        Sandbox.Environment["SSL_CERT_FILE"] = Sandbox.WriteFile("ca.pem", certificates.AuthorityPem);
        Sandbox.Environment["GOPROXY"] = _proxy.Url;
        Sandbox.Environment["GOSUMDB"] = "off";
        Sandbox.Environment["GOTOOLCHAIN"] = "local";
        Sandbox.Environment["GOTELEMETRY"] = "off";
        Sandbox.Environment["GOFLAGS"] = "-modcacherw";
    }

    [ClientTheory("go", Version)]
    [InlineData("goauth")]
    [InlineData("goauth --profile modules")]
    public async Task Ten_at_once_download_a_module_with_one_exchange(string arguments)
    {
        await UseAsync(_proxy.Authority, arguments);

        var results = await Sandbox.RunTogetherAsync(Many, Download);

        Assert.All(results, result => result.SucceededWithNotes());
        Assert.All(Enumerable.Range(0, Many), i => Assert.True(File.Exists(Path.Combine(Sandbox.Root, $"modules{i}/{Module}@v1.2.3/widget.go"))));
        Assert.Equal(1, Tokens.Asked);
    }

    [ClientFact("go", Version)]
    public async Task Where_the_exchange_is_refused_go_tells_the_reason_when_it_tells_what_it_does()
    {
        // By -x, which all of them have here; without it, all that is seen is the proxy's 401.
        await UseAsync(_proxy.Authority);
        Tokens.Refusal = (400, """{"error":"invalid_grant","error_description":"the issuer is not trusted"}""");

        var results = await Sandbox.RunTogetherAsync(Many, Download);

        Assert.All(results, result => Assert.Equal(1, result.ExitCode));
        Assert.All(results, result => result.Says("AB0501").Says("the issuer is not trusted").Says("401 Unauthorized"));
        Assert.Equal(1, Tokens.Asked);
    }

    [ClientFact("go", Version)]
    public async Task A_proxy_that_the_profile_does_not_serve_gets_no_token()
    {
        await UseAsync("127.0.0.1:1");

        Assert.Equal(1, (await Sandbox.RunAsync(Download(0))).ExitCode);

        Assert.Equal(0, Tokens.Asked);
        Assert.NotEmpty(_proxy.Requests);
        Assert.All(_proxy.Requests, request => Assert.Null(request.Authorization));
    }

    private Task UseAsync(string host, string arguments = "goauth")
    {
        Sandbox.Environment["GOAUTH"] = $"{PublishedBinary.Path} {arguments}";
        return UseProfileAsync("modules", serves: new JsonObject { ["hosts"] = new JsonArray(host) });
    }

    /// <summary>Each with a cache of its own: what one has, the others would not ask for.</summary>
    private Launch Download(int number) => new("mod", "download", "-x", $"{Module}@v1.2.3")
    {
        Program = ClientProgram.PathOf("go", Version),
        Variables = new Dictionary<string, string?> { ["GOMODCACHE"] = Path.Combine(Sandbox.Root, $"modules{number}") },
    };

    private Task AnswerAsync(HttpContext http)
    {
        if (Tokens.Token is not { } token || http.Request.Headers.Authorization != "Bearer " + token)
        {
            return Imitation.SayAsync(http, 401, "unauthorized\n", "text/plain");
        }

        return http.Request.Path.Value![(http.Request.Path.Value!.LastIndexOf('/') + 1)..] switch
        {
            "v1.2.3.info" => Imitation.SayAsync(http, 200, """{"Version":"v1.2.3","Time":"2026-01-01T00:00:00Z"}"""),
            "v1.2.3.mod" => Imitation.SayAsync(http, 200, $"module {Module}\n", "text/plain"),
            "v1.2.3.zip" => http.Response.Body.WriteAsync(Pack()).AsTask(),
            _ => Imitation.SayAsync(http, 404, "not found\n", "text/plain"),
        };
    }

    private static byte[] Pack()
    {
        using MemoryStream packed = new();
        using (ZipArchive zip = new(packed, ZipArchiveMode.Create))
        {
            foreach (var (name, content) in new[] { ("go.mod", $"module {Module}\n"), ("widget.go", "package widget\n") })
            {
                using var entry = zip.CreateEntry($"{Module}@v1.2.3/{name}").Open();
                entry.Write(Encoding.ASCII.GetBytes(content));
            }
        }

        return packed.ToArray();
    }
}
