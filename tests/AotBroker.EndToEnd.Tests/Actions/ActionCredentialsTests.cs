using System.Text.Json.Nodes;
using AotBroker.Tests;

namespace AotBroker.EndToEnd.Tests;

/// <summary>The action's other credentials: in variables, masked, and revoked in the end.</summary>
public sealed class ActionCredentialsTests : ClientTest
{
    public override async Task DisposeAsync()
    {
        await Keepers.OverAsync(Sandbox.Root);
        await base.DisposeAsync();
    }

    [Fact]
    public async Task Another_profile_s_credential_is_in_a_variable_and_masked()
    {
        await UseProfileAsync("registry", serves: new JsonObject { ["hosts"] = new JsonArray("registry.example") });
        var job = new Job(Sandbox, Endpoint);
        job.With["with"] = "registry";
        const string show = "echo \"$REGISTRY_TOKEN\"";

        var result = (await job.Uses().Runs(show).RunAsync()).Succeeded();
        Sandbox.SecretFiles.Add(Path.Combine(Sandbox.Root, "job/result.json")); // What steps exported is in it.

        Assert.Equal(["***"], result.Step(show).Log);
        Assert.Contains(result.Exported, one => one.Key == "REGISTRY_TOKEN" && Sandbox.Secrets.Contains(one.Value!.GetValue<string>()));
        Assert.Empty(Directory.GetFileSystemEntries(job.Temporary));
    }

    [Fact]
    public async Task One_of_the_repository_s_comes_first_and_one_that_is_missing_is_told()
    {
        await UseProfileAsync("registry", serves: new JsonObject { ["hosts"] = new JsonArray("registry.example") });
        Sandbox.WriteFile("job/workspace/.github/aotbroker/registry.json", "{}");
        var job = new Job(Sandbox, Endpoint);
        job.With["with"] = "registry";

        Assert.Contains("error[AB0303]", Assert.Single((await job.Uses().RunAsync()).Action.Annotations), StringComparison.Ordinal);

        job = new Job(Sandbox, Endpoint, "other");
        job.With["with"] = "missing, also-missing";

        Assert.Contains("no profile \"missing\"", Assert.Single((await job.Uses().RunAsync()).Action.Annotations), StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(job.Temporary));
    }

    [Fact]
    public async Task In_the_end_a_service_that_can_takes_its_credential_back()
    {
        var (token, password) = (Sandbox.AddSecret("hvs." + Guid.NewGuid().ToString("N")), Sandbox.AddSecret(Guid.NewGuid().ToString("N")));
        using var vault = new RawServer(request => request.Split(' ')[1] switch
        {
            "/v1/auth/jwt/login" => RawServer.Answer(200, $$$"""{"auth":{"client_token":"{{{token}}}","lease_duration":3600,"token_type":"service","num_uses":0}}"""),
            "/v1/database/creds/app" => RawServer.Answer(200, $$$"""{"lease_id":"database/creds/app/Zx81","lease_duration":1800,"data":{"username":"v-app-1","password":"{{{password}}}"}}"""),
            "/v1/auth/token/revoke-self" => "HTTP/1.1 204 No Content\r\n\r\n"u8.ToArray(),
            _ => RawServer.Answer(404, """{"errors":[]}"""),
        });
        Sandbox.WriteFile("job/workspace/.github/aotbroker/app-db.json", new JsonObject
        {
            ["identity"] = new JsonObject { ["source"] = "file", ["path"] = NewIdentityFile() },
            ["exchange"] = new JsonObject { ["type"] = "vault", ["role"] = "app", ["path"] = "database/creds/app" },
        }.ToJsonString());
        var job = new Job(Sandbox, Endpoint);
        job.Variables["VAULT_ADDR"] = vault.Url;
        job.With["with"] = "app-db";

        var result = (await job.Uses().Runs("echo $APP_DB_USERNAME; aotbroker get --profile app-db >/dev/null").RunAsync()).Succeeded();
        Sandbox.SecretFiles.Add(Path.Combine(Sandbox.Root, "job/result.json")); // What steps exported is in it.

        Assert.Equal(["POST /v1/auth/jwt/login", "GET /v1/database/creds/app", "POST /v1/auth/token/revoke-self"], vault.Requests.Select(request => string.Join(' ', request.Split(' ')[..2])));
        Assert.Contains(result.Post.Log, line => line.StartsWith("cleared 1 credential (1 revoked) of profile app-db", StringComparison.Ordinal));
        Assert.Empty(Directory.GetFileSystemEntries(job.Temporary));
    }
}
