using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace AotBroker.EndToEnd.Tests;

/// <summary>Docker's command line, without an engine, asks a registry with what the broker exchanges.</summary>
[Collection(Bursts.Name)]
public sealed class DockerTests : ClientTest
{
    private const string Version = "20.10";

    private const string Image = "application/vnd.docker.distribution.manifest.v2+json";
    private const string Config = "{}";

    private Imitation _registry = null!;

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        using Certificates certificates = new();
        _registry = await ImitateAsync(AnswerAsync, certificates.Sign());
        Sandbox.Environment["SSL_CERT_FILE"] = Sandbox.WriteFile("ca.pem", certificates.AuthorityPem);
        var links = Sandbox.MakeDirectory("links");
        (await Sandbox.RunAsync("link", links)).Succeeded();
        Sandbox.Environment["PATH"] = $"{links}:{Sandbox.Environment["PATH"]}";
        Sandbox.WriteFile("home/.docker/config.json", $$$"""{"credHelpers":{"{{{_registry.Authority}}}":"aotbroker"}}""");
    }

    [ClientFact("docker", Version)]
    public async Task Ten_at_once_read_a_manifest_with_one_exchange()
    {
        await UseAsync(_registry.Authority);

        var results = await Sandbox.RunTogetherAsync(Many, _ => Inspect());

        Assert.All(results, result => Assert.Contains(Image, result.Succeeded().OutputText, StringComparison.Ordinal));
        Assert.Equal(1, Tokens.Asked);
    }

    [ClientFact("docker", Version)]
    public async Task Where_the_exchange_is_refused_the_reason_comes_before_docker_s_own()
    {
        await UseAsync(_registry.Authority);
        Tokens.Refusal = (400, """{"error":"invalid_grant","error_description":"the issuer is not trusted"}""");

        var results = await Sandbox.RunTogetherAsync(Many, _ => Inspect());

        Assert.All(results, result => Assert.Equal(1, result.ExitCode));
        Assert.All(results, result => result.Says("aotbroker: error[AB0501]").Says("the issuer is not trusted").Says("no basic auth credentials"));
        Assert.Equal(1, Tokens.Asked);
    }

    [ClientFact("docker", Version)]
    public async Task A_registry_that_the_profile_does_not_serve_gets_no_token()
    {
        await UseAsync("127.0.0.1:1");

        var result = await Sandbox.RunAsync(Inspect());

        Assert.Equal(1, result.ExitCode);
        Assert.DoesNotContain("aotbroker: error", result.ErrorText, StringComparison.Ordinal);
        Assert.Equal(0, Tokens.Asked);
        Assert.NotEmpty(_registry.Requests);
        Assert.All(_registry.Requests, request => Assert.Null(request.Authorization));
    }

    private Launch Inspect() => new("manifest", "inspect", $"{_registry.Authority}/team/app:1") { Program = ClientProgram.PathOf("docker", Version) };

    private Task UseAsync(string host) => UseProfileAsync("registry", serves: new JsonObject { ["hosts"] = new JsonArray(host), ["username"] = "example-org" });

    private async Task AnswerAsync(HttpContext http)
    {
        var path = http.Request.Path.Value!;
        if (Tokens.Token is not { } token || http.Request.Headers.Authorization != "Basic " + Convert.ToBase64String(Encoding.ASCII.GetBytes("example-org:" + token)))
        {
            http.Response.Headers.WWWAuthenticate = "Basic realm=\"registry\"";
            await Imitation.SayAsync(http, 401, """{"errors":[{"code":"UNAUTHORIZED","message":"authentication required"}]}""");
        }
        else if (path == "/v2/team/app/manifests/1")
        {
            var digest = "sha256:" + Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(Config)));
            await Imitation.SayAsync(
                http, 200, $$$"""{"schemaVersion":2,"mediaType":"{{{Image}}}","config":{"mediaType":"application/vnd.docker.container.image.v1+json","size":{{{Config.Length}}},"digest":"{{{digest}}}"},"layers":[]}""", Image);
        }
        else
        {
            await Imitation.SayAsync(http, 200, Config);
        }
    }
}
