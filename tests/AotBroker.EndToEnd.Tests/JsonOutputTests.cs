using System.Text.Json;
using System.Text.Json.Nodes;
using AotBroker.EndToEnd.Tests.Outputs;
using AotBroker.Tests;

namespace AotBroker.EndToEnd.Tests;

/// <summary>
/// What commands print as JSON is what `aotbroker schema COMMAND-output` says: it is read by the models that the project's own
/// generator makes of those schemas, which find every member that is missing, wrong or not described.
/// </summary>
public sealed class JsonOutputTests : BrokerTest
{
    /// <summary>A command, and after a colon the situation.</summary>
    private static readonly Dictionary<string, Func<JsonOutputTests, Task<ProcessResult>>> Cases = new()
    {
        ["status: nothing is there"] = static test => test.RunAsync("status"),
        ["status: a credential"] = static test => test.WithCredentialAsync("status"),
        ["status: an identity in a variable"] = static test => test.WithLiteralAsync("status"),
        ["status: a profile in a file"] = static test => test.WithProfileAsync("status", "--profile", "ci"),
        ["status: a profile that is not there"] = static test => test.RunAsync("status", "--profile", "none"),
        ["status: a remembered failure"] = static test => test.WithFailureAsync(),
        ["status: a damaged entry"] = static test => test.WithDamagedEntryAsync(),
        ["status: a login"] = static test => test.WithLoginAsync("status"),
        ["status: a login that cannot be read"] = static test => test.WithLoginAsync("status", "{"),
        ["status: a static key, and directories that are passed over"] = static test => test.WithStaticKeyAsync(),
        ["status: no directory for the cache"] = static test => test.WithoutCacheAsync("status"),
        ["profiles: none"] = static test => test.RunAsync("profiles"),
        ["profiles: good, hidden and broken"] = static test => test.WithProfilesAsync(),
        ["identity: none"] = static test => test.RunAsync("identity"),
        ["identity: a file"] = static test => test.WithFileAsync("identity"),
        ["identity: a variable"] = static test => test.WithLiteralAsync("identity"),
        ["identity: GitHub"] = static test => test.WithGitHubAsync("identity"),
        ["identity: with the token"] = static test => test.WithFileAsync("identity", "--print-token"),
        ["identity: a profile"] = static test => test.WithProfileAsync("identity", "--profile", "ci"),
        ["identity: an expired token"] = static test => test.WithExpiredTokenAsync(),
        ["identity: a profile that is not there"] = static test => test.RunAsync("identity", "--profile", "none"),
        ["clear: a profile"] = static test => test.WithProfileAsync("clear", "--profile", "ci"),
        ["clear: all"] = static test => test.WithCredentialAsync("clear", "--all"),
        ["clear: with revocation"] = static test => test.ClearVaultAsync(),
        ["clear: a login"] = static test => test.WithLoginAsync("clear"),
        ["clear: no directory for the cache"] = static test => test.WithoutCacheAsync("clear"),
        ["clear: a name that is none"] = static test => test.RunAsync("clear", "--profile", "../x"),
        ["setup: the list"] = static test => test.RunAsync("setup"),
        ["setup: written"] = static test => test.SetUpAsync("kubernetes"),
        ["setup: kept"] = static test => test.SetUpTwiceAsync("git"),
        ["setup: printed"] = static test => test.SetUpAsync("git", "--print"),
        ["setup: refused"] = static test => test.SetUpRefusedAsync(),
        ["setup: no such client"] = static test => test.RunAsync("setup", "nothing"),
        ["link: made"] = static test => test.RunAsync("link", test.Sandbox.MakeDirectory("bin")),
        ["link: kept and refused"] = static test => test.LinkRefusedAsync(),
        ["link: no directory"] = static test => test.RunAsync("link", test.Sandbox.Root + "/none"),
        ["keep: ready"] = static test => test.KeepAsync(),
        ["keep: detached"] = static test => test.KeepDetachedAsync(),
        ["keep: no identity"] = static test => test.RunAsync("keep", "--publish", test.Place),
        ["keep: detached without an identity"] = static test => test.RunAsync("keep", "--publish", test.Place, "--detach"),
        ["help: all"] = static test => test.RunAsync("help"),
        ["help: a command"] = static test => test.RunAsync("help", "exec"),
        ["help: no such command"] = static test => test.RunAsync("help", "fetch"),
        ["version: it"] = static test => test.RunAsync("version"),
        ["schema: the list"] = static test => test.RunAsync("schema"),
        ["schema: no such document"] = static test => test.RunAsync("schema", "nothing"),
        ["licenses: they"] = static test => test.RunAsync("licenses"),
        ["get: a token"] = static test => test.GetTokenAsync(),
        ["get: the identity token itself"] = static test => test.GetIdentityAsync(),
        ["get: AWS keys"] = static test => test.GetKeysAsync(),
        ["get: a secret of several fields"] = static test => test.GetFieldsAsync(),
    };

    public static TheoryData<string> Situations => [.. Cases.Keys];

    private string Place => Path.Combine(Sandbox.Root, "published");

    public override async Task DisposeAsync()
    {
        foreach (var keeper in Keepers.Of(Sandbox.Root))
        {
            Posix.Signal(keeper, Posix.SignalTerminate);
        }

        await Keepers.OverAsync(Sandbox.Root);
        await base.DisposeAsync();
    }

    [Theory]
    [MemberData(nameof(Situations))]
    public async Task It_is_one_line_that_its_schema_describes_whole(string situation)
    {
        var result = await Cases[situation](this);

        var line = result.Line;
        var (isValid, problems, isFailure) = Read(situation.Split(':')[0], result.Output);
        Assert.True(isValid && problems.Count == 0, $"{string.Join('\n', problems)}\n{line}");
        Assert.Equal(result.ExitCode != 0, isFailure);
        if (isFailure)
        {
            var code = JsonNode.Parse(line)!["problem"]!["code"]!.GetValue<string>();
            result.Says($"aotbroker: error[{code}]: ");
        }
    }

    [Fact]
    public async Task Every_command_that_has_it_has_a_schema_and_is_tried()
    {
        using var help = JsonDocument.Parse((await Sandbox.RunAsync("help", "--json")).Succeeded().Output);
        var commands = help.RootElement.GetProperty("commands").EnumerateObject()
            .Where(static command => command.Value.GetProperty("options").TryGetProperty("--json", out _))
            .Select(static command => command.Name)
            .Append("get") // By its format.
            .Order(StringComparer.Ordinal)
            .ToArray();

        Assert.Equal(commands, Cases.Keys.Select(static one => one.Split(':')[0]).Distinct().Order(StringComparer.Ordinal));
        using var schemas = JsonDocument.Parse((await Sandbox.RunAsync("schema", "--json")).Succeeded().Output);
        var described = schemas.RootElement.GetProperty("schemas").EnumerateObject().Select(static schema => schema.Name).Where(static name => name.EndsWith("-output", StringComparison.Ordinal));
        Assert.Equal(commands.Select(static name => name + "-output"), described);
    }

    [Fact]
    public void A_member_that_no_schema_has_would_be_found()
    {
        Assert.Equal(SchemaProblemKind.UnknownMember, Assert.Single(Read("clear", """{"credentials":1,"credential":1}"""u8).Problems).Kind);
        Assert.Equal(SchemaProblemKind.UnknownMember, Assert.Single(Read("identity", """{"claims":{"issuer":"x"}}"""u8).Problems).Kind);
        Assert.Equal(SchemaProblemKind.MissingMember, Assert.Single(Read("status", """{"profile":null,"cache":{"directory":null},"clients":[],"static_keys":[]}"""u8).Problems).Kind);
    }

    private static (bool IsValid, SchemaProblems Problems, bool IsFailure) Read(string command, ReadOnlySpan<byte> utf8)
    {
        SchemaProblems problems;
        return command switch
        {
            "status" => (StatusOutput.TryRead(utf8, out var status, out problems), problems, status?.Problem is not null),
            "profiles" => (ProfilesOutput.TryRead(utf8, out _, out problems), problems, false),
            "identity" => (IdentityOutput.TryRead(utf8, out var identity, out problems), problems, identity?.Problem is not null),
            "clear" => (ClearOutput.TryRead(utf8, out var clear, out problems), problems, clear?.Problem is not null),
            "setup" => (SetupOutput.TryRead(utf8, out var setup, out problems), problems, setup?.Problem is not null),
            "link" => (LinkOutput.TryRead(utf8, out var link, out problems), problems, link?.Problem is not null),
            "keep" => (KeepOutput.TryRead(utf8, out var keep, out problems), problems, keep?.Problem is not null),
            "help" => (HelpOutput.TryRead(utf8, out var help, out problems), problems, help?.Problem is not null),
            "version" => (VersionOutput.TryRead(utf8, out _, out problems), problems, false),
            "schema" => (SchemaOutput.TryRead(utf8, out var schema, out problems), problems, schema?.Problem is not null),
            "licenses" => (LicensesOutput.TryRead(utf8, out _, out problems), problems, false),
            "get" => (GetOutput.TryRead(utf8, out _, out problems), problems, false),
            _ => throw new ArgumentOutOfRangeException(nameof(command), command, "no model is known of its output"),
        };
    }

    private Task<ProcessResult> RunAsync(params string[] words) => Sandbox.RunAsync([.. words, "--json"]);

    private Task<ProcessResult> WithFileAsync(params string[] words)
    {
        UseFederationVariables();
        return RunAsync(words);
    }

    private Task<ProcessResult> WithGitHubAsync(params string[] words)
    {
        UseGitHubVariables();
        return RunAsync(words);
    }

    private Task<ProcessResult> WithLiteralAsync(params string[] words)
    {
        Sandbox.UseRuleVariables(Endpoint);
        Sandbox.Environment["ANTHROPIC_IDENTITY_TOKEN"] = Sandbox.AddSecret(Endpoint.Issuer.Mint());
        return RunAsync(words);
    }

    private async Task<ProcessResult> WithCredentialAsync(params string[] words)
    {
        UseFederationVariables();
        (await Sandbox.RunAsync("get")).Succeeded();
        return await RunAsync(words);
    }

    private Task<ProcessResult> WithProfileAsync(params string[] words)
    {
        Sandbox.WriteProfile("ci", NewProfile());
        return RunAsync(words);
    }

    private async Task<ProcessResult> WithFailureAsync()
    {
        UseFederationVariables();
        Endpoint.Faults.Add(Fault.Status(403));
        (await Sandbox.RunAsync("get")).Failed("AB0503", 5);
        return await RunAsync("status");
    }

    private async Task<ProcessResult> WithDamagedEntryAsync()
    {
        UseFederationVariables();
        (await Sandbox.RunAsync("get")).Succeeded();
        await File.WriteAllTextAsync(Sandbox.EntryFile, "{");
        return await RunAsync("status");
    }

    private Task<ProcessResult> WithLoginAsync(string command, string? credentials = null)
    {
        Sandbox.WriteFile("config/anthropic/configs/default.json", $$"""
            {"version":"1.0","authentication":{"type":"user_oauth","client_id":"01234567-89ab-cdef-0123-456789abcdef"},"base_url":"{{Endpoint.Url}}","organization_id":"{{Endpoint.Rule.OrganizationId}}"}
            """);
        Sandbox.WriteFile("config/anthropic/credentials/default.json", credentials ?? $$"""
            {"version":"1.0","type":"oauth_token","access_token":"{{Sandbox.AddSecret("sk-ant-oat01-" + Guid.NewGuid().ToString("N"))}}","expires_at":{{DateTimeOffset.UtcNow.ToUnixTimeSeconds() + 3600}},"refresh_token":"{{Sandbox.AddSecret(Endpoint.RefreshTokens.Issue())}}"}
            """);
        return RunAsync(command);
    }

    private Task<ProcessResult> WithStaticKeyAsync()
    {
        UseFederationVariables();
        Sandbox.Environment["ANTHROPIC_API_KEY"] = Sandbox.AddSecret("sk-ant-api03-a-leftover-key-of-this-test");
        Sandbox.Environment.Remove("AOTBROKER_CACHE_DIR");
        Sandbox.Environment["XDG_RUNTIME_DIR"] = Sandbox.Root + "/none";
        return RunAsync("status");
    }

    private Task<ProcessResult> WithoutCacheAsync(string command)
    {
        UseFederationVariables();
        Sandbox.Environment["AOTBROKER_CACHE_DIR"] = Sandbox.WriteFile("file", "") + "/cache";
        return RunAsync(command);
    }

    private Task<ProcessResult> WithExpiredTokenAsync()
    {
        Sandbox.UseRuleVariables(Endpoint);
        Sandbox.Environment["ANTHROPIC_IDENTITY_TOKEN_FILE"] = NewIdentityFile(new TokenRequest { Lifetime = TimeSpan.FromMinutes(-10) });
        return RunAsync("identity");
    }

    private Task<ProcessResult> WithProfilesAsync()
    {
        Sandbox.WriteProfile("ci", NewProfile());
        Sandbox.WriteFile("config/anthropic/configs/ci.json", "{}");
        Sandbox.WriteFile("config/aotbroker/profiles/broken.json", "{");
        return RunAsync("profiles");
    }

    private async Task<ProcessResult> ClearVaultAsync()
    {
        using var vault = NewVault();
        await GetAsync();
        return await RunAsync("clear", "--profile", "default", "--revoke");
    }

    private Task<ProcessResult> SetUpAsync(params string[] words)
    {
        Sandbox.WriteProfile("token", new JsonObject { ["exchange"] = new JsonObject { ["type"] = "none" }, ["serves"] = new JsonObject { ["hosts"] = new JsonArray("app.example") } });
        return RunAsync(["setup", .. words, "--profile", "token"]);
    }

    private async Task<ProcessResult> SetUpTwiceAsync(string client)
    {
        Assert.Contains("\"state\":\"written\"", (await SetUpAsync(client)).OutputText, StringComparison.Ordinal);
        return await SetUpAsync(client);
    }

    private Task<ProcessResult> SetUpRefusedAsync()
    {
        Sandbox.WriteFile("home/.aws/config", "[profile keys]\ncredential_process = /usr/bin/theirs\n");
        Sandbox.WriteProfile("keys", new JsonObject { ["exchange"] = new JsonObject { ["type"] = "aws-sts", ["role_arn"] = "arn:aws:iam::123456789012:role/ci" } });
        return RunAsync("setup", "aws", "--profile", "keys");
    }

    private async Task<ProcessResult> LinkRefusedAsync()
    {
        var directory = Sandbox.MakeDirectory("bin");
        Sandbox.WriteFile("bin/git-credential-aotbroker", "theirs");
        Assert.Contains("\"refused\"", (await RunAsync("link", directory)).OutputText, StringComparison.Ordinal);
        return await RunAsync("link", directory);
    }

    private async Task<ProcessResult> KeepAsync()
    {
        UseFederationVariables();
        var keep = Sandbox.Start("keep", "--publish", Place, "--json", "--watch-pid", $"{Environment.ProcessId}");
        using CancellationTokenSource patience = new(BrokerProcess.Patience);
        while (!File.Exists(Path.Combine(Place, "active_config")))
        {
            await Task.Delay(10, patience.Token);
        }
        keep.Signal(Posix.SignalTerminate);
        return await keep.WaitAsync();
    }

    private Task<ProcessResult> KeepDetachedAsync()
    {
        UseFederationVariables();
        return RunAsync("keep", "--publish", Place, "--detach");
    }

    private Task<ProcessResult> GetTokenAsync()
    {
        UseFederationVariables();
        return Sandbox.RunAsync("get", "--format", "json");
    }

    private Task<ProcessResult> GetIdentityAsync()
    {
        UseProfile(new JsonObject { ["type"] = "none" });
        return GetAsync();
    }

    private async Task<ProcessResult> GetKeysAsync()
    {
        var (secret, token) = (NewSecret("s"), NewSecret("t"));
        using var sts = new RawServer(RawServer.Answer(200, $"""
            <AssumeRoleWithWebIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
              <AssumeRoleWithWebIdentityResult>
                <AssumedRoleUser><Arn>arn:aws:sts::123456789012:assumed-role/deploy/aotbroker</Arn></AssumedRoleUser>
                <Credentials>
                  <SessionToken>{token}</SessionToken>
                  <SecretAccessKey>{secret}</SecretAccessKey>
                  <Expiration>{DateTimeOffset.UtcNow.AddHours(1).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture)}</Expiration>
                  <AccessKeyId>ASIAIOSFODNN7EXAMPLE</AccessKeyId>
                </Credentials>
              </AssumeRoleWithWebIdentityResult>
            </AssumeRoleWithWebIdentityResponse>
            """));
        Sandbox.Environment["AWS_ENDPOINT_URL_STS"] = sts.Url;
        UseProfile(new JsonObject { ["type"] = "aws-sts", ["role_arn"] = "arn:aws:iam::123456789012:role/deploy", ["region"] = "eu-central-1" });
        return await GetAsync();
    }

    private async Task<ProcessResult> GetFieldsAsync()
    {
        using var vault = NewVault();
        return await GetAsync();
    }

    private async Task<ProcessResult> GetAsync()
    {
        var result = (await Sandbox.RunAsync("get", "--profile", "default", "--format", "json")).Succeeded();
        Sandbox.SecretFiles.Add(Sandbox.EntryFile); // The credential is there; nowhere else.
        return result;
    }

    private RawServer NewVault()
    {
        var (token, password) = (NewSecret("hvs."), NewSecret("p"));
        RawServer vault = new(request => request.Split(' ')[1] switch
        {
            "/v1/auth/jwt/login" => RawServer.Answer(200, $$$"""{"auth":{"client_token":"{{{token}}}","lease_duration":3600,"token_type":"service","num_uses":0}}"""),
            "/v1/database/creds/app" => RawServer.Answer(200, $$$"""{"lease_id":"database/creds/app/Zx81","lease_duration":1800,"data":{"username":"v-app-1","password":"{{{password}}}"}}"""),
            "/v1/auth/token/revoke-self" => "HTTP/1.1 204 No Content\r\n\r\n"u8.ToArray(),
            _ => RawServer.Answer(404, """{"errors":[]}"""),
        });
        Sandbox.Environment["VAULT_ADDR"] = vault.Url;
        UseProfile(new JsonObject { ["type"] = "vault", ["role"] = "app", ["path"] = "database/creds/app" });
        return vault;
    }

    private string NewSecret(string start) => Sandbox.AddSecret(start + Guid.NewGuid().ToString("N"));

    private void UseProfile(JsonObject exchange) => Sandbox.WriteProfile("default", new JsonObject
    {
        ["identity"] = new JsonObject { ["source"] = "file", ["path"] = NewIdentityFile() },
        ["exchange"] = exchange,
    });
}
