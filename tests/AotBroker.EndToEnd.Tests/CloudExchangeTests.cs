using System.Text.Json.Nodes;
using AotBroker.Tests;

namespace AotBroker.EndToEnd.Tests;

/// <summary>Each cloud's exchange: ten processes that start together on a cold cache make one, and all are served what came of it.</summary>
[Collection(Bursts.Name)]
public sealed class CloudExchangeTests : BrokerTest
{
    private const int Many = 10;

    private static string Random() => Path.GetRandomFileName().Replace(".", "", StringComparison.Ordinal) + Path.GetRandomFileName().Replace(".", "", StringComparison.Ordinal);

    private string Secret(string start) => Sandbox.AddSecret(start + Random() + Random());

    private string Identity => Endpoint.Issuer.Mint();

    private void UseProfile(JsonObject exchange) => Sandbox.WriteProfile("default", new JsonObject
    {
        ["identity"] = new JsonObject { ["source"] = "file", ["path"] = Sandbox.WriteIdentity(Identity) },
        ["exchange"] = exchange,
    });

    private async Task<string> ExchangeOnceAsync(RawServer service, string target)
    {
        var results = await Sandbox.RunTogetherAsync(Many, _ => new Launch("get", "--profile", "default", "--format", "json"));

        var credential = Assert.Single(results.Select(result => WithoutCountdown(result.Succeeded().Line)).Distinct());
        Assert.Single(service.Requests, request => request.StartsWith(target + " HTTP/1.1\r\n", StringComparison.Ordinal));
        Assert.Equal(credential, WithoutCountdown((await Sandbox.RunAsync("get", "--profile", "default", "--format", "json")).Succeeded().Line));
        Sandbox.SecretFiles.Add(Sandbox.EntryFile); // The credential is there; nowhere else.
        return credential;
    }

    /// <summary>All but how many seconds are left, which differs from process to process.</summary>
    private static string WithoutCountdown(string json)
    {
        var credential = JsonNode.Parse(json)!.AsObject();
        Assert.True(credential.Remove("expires_in"));
        return credential.ToJsonString();
    }

    private static string InAnHour => DateTimeOffset.UtcNow.AddHours(1).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture);

    [Fact]
    public async Task Aws()
    {
        var (secret, token) = (Secret("s"), Secret("t"));
        using var sts = new RawServer(RawServer.Answer(200, $"""
            <AssumeRoleWithWebIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
              <AssumeRoleWithWebIdentityResult>
                <AssumedRoleUser><Arn>arn:aws:sts::123456789012:assumed-role/deploy/aotbroker</Arn></AssumedRoleUser>
                <Credentials>
                  <SessionToken>{token}</SessionToken>
                  <SecretAccessKey>{secret}</SecretAccessKey>
                  <Expiration>{InAnHour}</Expiration>
                  <AccessKeyId>ASIAIOSFODNN7EXAMPLE</AccessKeyId>
                </Credentials>
              </AssumeRoleWithWebIdentityResult>
            </AssumeRoleWithWebIdentityResponse>
            """));
        Sandbox.Environment["AWS_ENDPOINT_URL_STS"] = sts.Url;
        Sandbox.Environment["AWS_ROLE_ARN"] = "arn:aws:iam::123456789012:role/deploy";
        UseProfile(new JsonObject { ["type"] = "aws-sts" });

        var credential = await ExchangeOnceAsync(sts, "POST /");

        Assert.Contains($"\"secret_access_key\":\"{secret}\",\"session_token\":\"{token}\",\"account_id\":\"123456789012\"", credential, StringComparison.Ordinal);
        Assert.Contains("\"AccessKeyId\":\"ASIAIOSFODNN7EXAMPLE\"", (await Sandbox.RunAsync("get", "--profile", "default")).Succeeded().Line, StringComparison.Ordinal);
        (await Sandbox.RunAsync("clear", "--profile", "default", "--revoke")).Failed("AB0510", 5).Says("good until");
    }

    [Fact]
    public async Task Google()
    {
        var (federated, access) = (Secret("ya29.d."), Secret("ya29.c."));
        using var google = new RawServer(request => RawServer.Answer(200, request.StartsWith("POST /v1/token ", StringComparison.Ordinal)
            ? $$"""{"access_token":"{{federated}}","issued_token_type":"urn:ietf:params:oauth:token-type:access_token","token_type":"Bearer","expires_in":3599}"""
            : $$"""{"accessToken":"{{access}}","expireTime":"{{InAnHour}}"}"""));
        UseProfile(new JsonObject
        {
            ["type"] = "google-sts",
            ["audience"] = "//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/ci/providers/local",
            ["service_account"] = "deploy@my-project.iam.gserviceaccount.com",
            ["endpoint"] = google.Url,
            ["iam_endpoint"] = google.Url,
        });

        var credential = await ExchangeOnceAsync(google, "POST /v1/token");

        Assert.Contains(access, credential, StringComparison.Ordinal);
        Assert.Equal(2, google.Requests.Count);
        Assert.DoesNotContain(federated, await File.ReadAllTextAsync(Sandbox.EntryFile), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Entra()
    {
        var access = Secret("eyJ0eXAi");
        using var entra = new RawServer(RawServer.Answer(200, $$"""{"token_type":"Bearer","expires_in":3599,"ext_expires_in":3599,"access_token":"{{access}}"}"""));
        Sandbox.Environment["AZURE_TENANT_ID"] = "contoso.onmicrosoft.com";
        Sandbox.Environment["AZURE_CLIENT_ID"] = "6f5e4d3c-2b1a-4c5b-8e6f-7a8b9c0d1e2f";
        Sandbox.Environment["AZURE_AUTHORITY_HOST"] = entra.Url;
        UseProfile(new JsonObject { ["type"] = "entra", ["scope"] = "https://management.azure.com/.default" });

        Assert.Contains(access, await ExchangeOnceAsync(entra, "POST /contoso.onmicrosoft.com/oauth2/v2.0/token"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Vault()
    {
        var (token, password) = (Secret("hvs."), Secret("p"));
        using var vault = new RawServer(request => request.Split(' ')[1] switch
        {
            "/v1/auth/jwt/login" => RawServer.Answer(200, $$$"""{"auth":{"client_token":"{{{token}}}","lease_duration":3600,"token_type":"service","num_uses":0}}"""),
            "/v1/database/creds/app" => RawServer.Answer(200, $$$"""{"lease_id":"database/creds/app/Zx81","lease_duration":1800,"data":{"username":"v-app-1","password":"{{{password}}}"}}"""),
            "/v1/auth/token/revoke-self" => "HTTP/1.1 204 No Content\r\n\r\n"u8.ToArray(),
            _ => RawServer.Answer(404, """{"errors":[]}"""),
        });
        Sandbox.Environment["VAULT_ADDR"] = vault.Url;
        UseProfile(new JsonObject { ["type"] = "vault", ["role"] = "app", ["path"] = "database/creds/app" });

        var credential = await ExchangeOnceAsync(vault, "POST /v1/auth/jwt/login");

        Assert.Contains($$"""{"username":"v-app-1","password":"{{password}}"}""", credential, StringComparison.Ordinal);
        Assert.Equal(2, vault.Requests.Count);
        Assert.Equal($"cleared 1 credential (1 revoked) of profile default from {Sandbox.Cache}", (await Sandbox.RunAsync("clear", "--profile", "default", "--revoke")).Succeeded().Line);
        Assert.Contains($"\r\nX-Vault-Token: {token}\r\n", vault.Requests[^1], StringComparison.Ordinal);
        Assert.Empty(Sandbox.EntryFiles);
    }
}
