using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace AotBroker.EndToEnd.Tests;

/// <summary>terraform fetches a module from a private registry with what the broker exchanges.</summary>
[Collection(Bursts.Name)]
public sealed class TerraformTests : ClientTest
{
    private const string Version = "1.2";

    private static readonly byte[] s_module = Tarball.Of(("main.tf", "output \"answer\" {\n  value = 42\n}\n"));

    private Imitation _registry = null!;

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        using Certificates certificates = new();
        _registry = await ImitateAsync(AnswerAsync, certificates.Sign());
        Sandbox.Environment["SSL_CERT_FILE"] = Sandbox.WriteFile("ca.pem", certificates.AuthorityPem);
        Sandbox.Environment["CHECKPOINT_DISABLE"] = "1";
        Sandbox.Environment["TF_CLI_CONFIG_FILE"] = Sandbox.WriteFile("terraformrc", "credentials_helper \"aotbroker\" {\n  args = [\"--profile\", \"modules\"]\n}\n");
        (await Sandbox.RunAsync("link", Sandbox.MakeDirectory("home/.terraform.d/plugins"))).Succeeded();
    }

    [ClientFact("terraform", Version)]
    public async Task Ten_at_once_fetch_a_module_with_one_exchange()
    {
        await UseAsync(_registry.Authority);

        var results = await GetTogetherAsync();

        Assert.All(results, result => result.SucceededWithNotes());
        Assert.All(Enumerable.Range(0, Many), i => Assert.True(File.Exists(Path.Combine(Sandbox.Root, $"work{i}/.terraform/modules/it/main.tf"))));
        Assert.Equal(1, Tokens.Asked);
    }

    [ClientFact("terraform", Version)]
    public async Task Where_the_exchange_is_refused_terraform_tells_the_reason_in_its_log()
    {
        // Without it, all that is seen is the registry's 401.
        Sandbox.Environment["TF_LOG"] = "warn";
        await UseAsync(_registry.Authority);
        Tokens.Refusal = (400, """{"error":"invalid_grant","error_description":"the issuer is not trusted"}""");

        var results = await GetTogetherAsync();

        Assert.All(results, result => Assert.Equal(1, result.ExitCode));
        Assert.All(results, result => result.Says("AB0501").Says("the issuer is not trusted"));
        Assert.Equal(1, Tokens.Asked);
        Assert.All(_registry.Requests, request => Assert.Null(request.Authorization));
    }

    [ClientFact("terraform", Version)]
    public async Task A_host_that_the_profile_does_not_serve_gets_no_token()
    {
        await UseAsync("127.0.0.1:1");

        Assert.Equal(1, (await Sandbox.RunAsync(Get(0))).ExitCode);

        Assert.Equal(0, Tokens.Asked);
        Assert.Contains(_registry.Requests, request => request.Path.EndsWith("/versions", StringComparison.Ordinal));
        Assert.All(_registry.Requests, request => Assert.Null(request.Authorization));
    }

    private Task UseAsync(string host) => UseProfileAsync("modules", serves: new JsonObject { ["hosts"] = new JsonArray(host) });

    private Task<ProcessResult[]> GetTogetherAsync() => Sandbox.RunTogetherAsync(Many, Get);

    private Launch Get(int number)
    {
        Sandbox.WriteFile($"work{number}/main.tf", $"module \"it\" {{\n  source  = \"{_registry.Authority}/example/it/local\"\n  version = \"1.0.0\"\n}}\n");
        return new Launch($"-chdir={Path.Combine(Sandbox.Root, $"work{number}")}", "get", "-no-color") { Program = ClientProgram.PathOf("terraform", Version) };
    }

    private async Task AnswerAsync(HttpContext http)
    {
        var path = http.Request.Path.Value!;
        if (path == "/.well-known/terraform.json")
        {
            await Imitation.SayAsync(http, 200, """{"modules.v1":"/v1/modules/"}""");
        }
        else if (path == "/it.tar.gz")
        {
            await http.Response.Body.WriteAsync(s_module);
        }
        else if (Tokens.Token is not { } token || http.Request.Headers.Authorization != "Bearer " + token)
        {
            await Imitation.SayAsync(http, 401, "{}");
        }
        else if (path == "/v1/modules/example/it/local/versions")
        {
            await Imitation.SayAsync(http, 200, """{"modules":[{"versions":[{"version":"1.0.0"}]}]}""");
        }
        else
        {
            http.Response.StatusCode = 204;
            http.Response.Headers["X-Terraform-Get"] = $"https://{_registry.Authority}/it.tar.gz";
        }
    }
}
