using System.Security.Cryptography;
using System.Text.Json.Nodes;
using AotBroker.Tests;

namespace AotBroker.EndToEnd.Tests;

/// <summary>`exec --with`: one command, several credentials, each where its clients look for it.</summary>
public sealed class ExecWithTests : BrokerTest, IDisposable
{
    private const string Provider = "//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/ci/providers/local";

    private readonly string _secret;
    private readonly string _session;
    private readonly RawServer _sts;
    private readonly RawServer _vault;
    private long _lease = 1800;
    private int _passwords;

    public ExecWithTests()
    {
        _secret = Sandbox.AddSecret("s" + RandomNumberGenerator.GetHexString(40, lowercase: true));
        _session = Sandbox.AddSecret("t" + RandomNumberGenerator.GetHexString(80, lowercase: true));
        _sts = new RawServer(RawServer.Answer(200, $"""
            <AssumeRoleWithWebIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
              <AssumeRoleWithWebIdentityResult>
                <AssumedRoleUser><Arn>arn:aws:sts::123456789012:assumed-role/deploy/aotbroker</Arn></AssumedRoleUser>
                <Credentials>
                  <AccessKeyId>ASIAIOSFODNN7EXAMPLE</AccessKeyId>
                  <SecretAccessKey>{_secret}</SecretAccessKey>
                  <SessionToken>{_session}</SessionToken>
                  <Expiration>{DateTimeOffset.UtcNow.AddHours(1):yyyy-MM-dd'T'HH:mm:ss'Z'}</Expiration>
                </Credentials>
              </AssumeRoleWithWebIdentityResult>
            </AssumeRoleWithWebIdentityResponse>
            """));
        string token = Sandbox.AddSecret("hvs." + RandomNumberGenerator.GetHexString(90, lowercase: true));
        _vault = new RawServer(request => request.Split(' ')[1] switch
        {
            "/v1/auth/jwt/login" => RawServer.Answer(200, $$$"""{"auth":{"client_token":"{{{token}}}","lease_duration":3600,"token_type":"service","num_uses":0}}"""),
            "/v1/database/creds/app" => RawServer.Answer(200, $$$"""{"lease_id":"database/creds/app/Zx81","lease_duration":{{{_lease}}},"data":{"username":"v-app-1","password":"{{{NewPassword()}}}"}}"""),
            "/v1/kv/hostile" => RawServer.Answer(200, $$$"""{"data":{"../../outside":"{{{NewPassword()}}}","PATH":"/evil"}}"""),
            _ => RawServer.Answer(404, """{"errors":[]}"""),
        });
    }

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        Sandbox.WriteProfile("ci", NewProfile());
        WriteProfile("cloud", new JsonObject { ["type"] = "aws-sts", ["role_arn"] = "arn:aws:iam::123456789012:role/deploy", ["region"] = "eu-central-1", ["endpoint"] = _sts.Url });
        WriteProfile("db", Vault("database/creds/app"));
        WriteProfile("hostile", Vault("kv/hostile"));
        WriteProfile("id", new JsonObject { ["type"] = "none" });
        WriteProfile("google", new JsonObject { ["type"] = "google-sts", ["audience"] = Provider });
    }

    public override async Task DisposeAsync()
    {
        // In the cache are the credentials, and nowhere else.
        Sandbox.SecretFiles.UnionWith(Sandbox.EntryFiles);
        await base.DisposeAsync();
    }

    public void Dispose()
    {
        _sts.Dispose();
        _vault.Dispose();
    }

    private string NewPassword() => Sandbox.AddSecret($"p{++_passwords}-{RandomNumberGenerator.GetHexString(40, lowercase: true)}");

    private JsonObject Vault(string path) => new() { ["type"] = "vault", ["address"] = _vault.Url, ["role"] = "app", ["path"] = path };

    private void WriteProfile(string name, JsonObject exchange, JsonObject? identity = null) => Sandbox.WriteProfile(name, new JsonObject
    {
        ["identity"] = identity ?? new JsonObject { ["source"] = "file", ["path"] = Sandbox.WriteIdentity(Endpoint.Issuer.Mint(), $"identity/{name}") },
        ["exchange"] = exchange,
    });

    private Task<ProcessResult> ExecAsync(string with, string script) =>
        Sandbox.RunAsync(["exec", .. with.Split(' ', StringSplitOptions.RemoveEmptyEntries).SelectMany(one => new[] { "--with", one }), "--", "/bin/sh", "-c", script]);

    private static int Count(RawServer service, string target) => service.Requests.Count(request => request.StartsWith(target + " ", StringComparison.Ordinal));

    [Fact]
    public async Task Ten_commands_at_once_get_each_credential_by_one_exchange()
    {
        const string Script = """
            grep -h access_token "$ANTHROPIC_CONFIG_DIR/credentials/$ANTHROPIC_PROFILE.json"
            sh -c "$(sed -n 's/^credential_process = //p' "$AWS_CONFIG_FILE")"
            echo "$DB_USERNAME $DB_PASSWORD"
            echo "$AWS_PROFILE ${AOTBROKER_PROFILE-none}"
            """;
        var results = await Sandbox.RunTogetherAsync(10, _ => new Launch("exec", "--with", "ci", "--with", "cloud", "--with=db", "--", "/bin/sh", "-c", Script));

        string[] lines = Assert.Single(results.Select(result => result.Succeeded().OutputText).Distinct()).Split('\n');
        Assert.NotNull(Endpoint.Grants.Find(lines[0].Split('"')[3]));
        Assert.Equal(_secret, JsonNode.Parse(lines[1])!["SecretAccessKey"]!.GetValue<string>());
        Assert.StartsWith("v-app-1 p1-", lines[2], StringComparison.Ordinal);
        Assert.Equal("cloud none", lines[3]);
        Assert.Equal((1, 1, 1), (Endpoint.Events.Presentations, Count(_sts, "POST /"), Count(_vault, "POST /v1/auth/jwt/login")));
        Assert.Empty(Published);
    }

    [Fact]
    public async Task Aws_gets_a_private_configuration_and_no_static_keys()
    {
        Sandbox.Environment["AWS_ACCESS_KEY_ID"] = "AKIAIOSFODNN7EXAMPLE";
        Sandbox.Environment["AWS_DEFAULT_PROFILE"] = "other";

        var result = await ExecAsync("cloud", "cat \"$AWS_CONFIG_FILE\" \"$AWS_SHARED_CREDENTIALS_FILE\"; stat -c %a \"$AWS_CONFIG_FILE\"; env | grep -c -e AWS_ACCESS_KEY_ID -e AWS_DEFAULT_PROFILE");

        Assert.Equal(1, result.ExitCode); // None of the two is left.
        Assert.Equal($"[profile cloud]\ncredential_process = {PublishedBinary.Path} get --profile cloud --format aws\nregion = eu-central-1\n600\n0\n", result.OutputText);
        result.Says("warning[AB0801]: AWS_ACCESS_KEY_ID is set");
    }

    [Fact]
    public async Task Two_profiles_of_Awss_share_one_configuration_and_the_first_is_the_default()
    {
        WriteProfile("second", new JsonObject { ["type"] = "aws-sts", ["role_arn"] = "arn:aws:iam::123456789012:role/second", ["endpoint"] = _sts.Url });
        Sandbox.Environment["AWS_ACCESS_KEY_ID"] = "AKIAIOSFODNN7EXAMPLE";

        var result = await ExecAsync("cloud second", "grep '^.profile' \"$AWS_CONFIG_FILE\"; echo $AWS_PROFILE ${AWS_ACCESS_KEY_ID-none}");

        Assert.Equal("[profile cloud]\n[profile second]\ncloud none\n", result.SucceededWith("AB0801").OutputText);
    }

    [Fact]
    public async Task Aws_keys_may_be_variables()
    {
        var result = await ExecAsync("cloud:env", "echo $AWS_ACCESS_KEY_ID $AWS_SECRET_ACCESS_KEY $AWS_SESSION_TOKEN ${AWS_CONFIG_FILE-none} ${AOTBROKER_EXEC_DIR-none} $AOTBROKER_PROFILE");

        Assert.Equal($"ASIAIOSFODNN7EXAMPLE {_secret} {_session} none none cloud", result.Succeeded().Line);
    }

    [Fact]
    public async Task The_broker_inside_finds_the_profiles_wherever_it_is_called()
    {
        Sandbox.Environment["AOTBROKER_CONFIG_DIR"] = "config/aotbroker";

        var result = await Sandbox.RunScriptAsync($"cd '{Sandbox.Root}' && \"$1\" exec --with cloud --with db:json -- sh -c 'cd / && \"$1\" get --profile cloud && \"$1\" get --profile db' sh \"$1\"\n");

        Assert.Contains(_secret, result.Succeeded().OutputText, StringComparison.Ordinal);
        Assert.Equal((1, 1), (Count(_sts, "POST /"), Count(_vault, "POST /v1/auth/jwt/login")));
    }

    [Theory]
    [InlineData(null, "home/.kube/config")]
    [InlineData("/one:/two", "/one:/two")]
    public async Task Kubernetes_gets_a_user_before_the_files_that_are_there(string? before, string after)
    {
        if (before is not null)
        {
            Sandbox.Environment["KUBECONFIG"] = before;
        }

        string[] lines = (await ExecAsync("id:kubernetes", "echo \"$KUBECONFIG\"; cat \"${KUBECONFIG%%:*}\"")).Succeeded().OutputText.Split('\n');

        Assert.EndsWith(":" + (before ?? Path.Combine(Sandbox.Root, after)), lines[0], StringComparison.Ordinal);
        Assert.Equal(["apiVersion: v1", "kind: Config", "users:", "- name: \"id\""], lines[1..5]);
        Assert.Contains($"      command: \"{PublishedBinary.Path}\"", lines);
    }

    [Fact]
    public async Task Google_gets_an_external_account_whose_program_gives_the_identity()
    {
        var result = await ExecAsync("google", """
            cat "$GOOGLE_APPLICATION_CREDENTIALS"
            $(sed 's/.*"command":"\([^"]*\)".*/\1/' "$GOOGLE_APPLICATION_CREDENTIALS")
            echo "$GOOGLE_EXTERNAL_ACCOUNT_ALLOW_EXECUTABLES"
            """);

        string[] lines = result.Succeeded().OutputText.Split('\n');
        Assert.Equal(Provider, JsonNode.Parse(lines[0])!["audience"]!.GetValue<string>());
        Assert.Equal(await File.ReadAllTextAsync(Path.Combine(Sandbox.Root, "identity/google")), JsonNode.Parse(lines[1])!["id_token"]!.GetValue<string>());
        Assert.Equal("1", lines[2]);
    }

    [Fact]
    public async Task What_Googles_clients_prefer_to_a_file_is_taken_away_and_told()
    {
        Sandbox.Environment["CLOUDSDK_AUTH_ACCESS_TOKEN"] = Sandbox.AddSecret("ya29." + RandomNumberGenerator.GetHexString(60, lowercase: true));

        const string Script = "echo ${CLOUDSDK_AUTH_ACCESS_TOKEN:+is set}; [ \"$CLOUDSDK_AUTH_CREDENTIAL_FILE_OVERRIDE\" = \"$GOOGLE_APPLICATION_CREDENTIALS\" ]";
        var without = await ExecAsync("google", Script);
        var with = await Sandbox.RunAsync("exec", "--with", "google", "--keep-static-keys", "--", "/bin/sh", "-c", Script);

        Assert.Equal("", without.SucceededWith("AB0801").Says("CLOUDSDK_AUTH_ACCESS_TOKEN is set").Line);
        Assert.Equal("is set", with.SucceededWith("AB0802").Line);
    }

    [Fact]
    public async Task A_secret_in_files_is_renewed_while_the_command_runs()
    {
        _lease = 6; // Renewed when 4 seconds are left, with an identity token that is minted each time.
        Sandbox.UseGitHubVariables(Endpoint);
        WriteProfile("db", Vault("database/creds/app"), new JsonObject { ["source"] = "github-actions", ["audience"] = Endpoint.Url });
        var result = await ExecAsync("db:file db:json", """
            stat -c %a "$DB_PASSWORD_FILE" "$DB_FILE"
            first=$(cat "$DB_PASSWORD_FILE"); whole=$(cat "$DB_FILE")
            while [ "$(cat "$DB_PASSWORD_FILE")" = "$first" ] || [ "$(cat "$DB_FILE")" = "$whole" ]; do sleep 0.05; done
            cat "$DB_USERNAME_FILE"
            """);

        Assert.Equal("600\n600\nv-app-1", result.Succeeded().OutputText);
        Assert.True(_passwords >= 2);
        Assert.Empty(Published);
    }

    [Fact]
    public async Task A_field_that_a_server_named_is_neither_a_path_nor_anybody_elses_variable()
    {
        var result = await ExecAsync("hostile:file hostile:env", "cd \"$AOTBROKER_EXEC_DIR\" && find . -type f -path './secrets/*' | sort; echo \"$PATH\"");

        Assert.Equal($"./secrets/hostile/HOSTILE_PATH\n./secrets/hostile/HOSTILE_______OUTSIDE\n{Sandbox.Environment["PATH"]}\n", result.Succeeded().OutputText);
    }

    [Fact]
    public async Task A_profile_of_another_service_may_be_the_only_one()
    {
        var result = await Sandbox.RunAsync("exec", "--profile", "db", "--", "/bin/sh", "-c", "echo $DB_USERNAME; [ -z \"$ANTHROPIC_CONFIG_DIR$AOTBROKER_EXEC_DIR\" ]");

        Assert.Equal("v-app-1", result.Succeeded().Line);
        Assert.Empty(Published);
    }

    [Theory]
    [InlineData("ci:aws", "can", "env, file, json, anthropic, kubernetes")]
    [InlineData("cloud:google", "can", "env, json, aws")]
    [InlineData("db:carrier-pigeon", "the ways are", "env, file, json, anthropic, aws, google, kubernetes")]
    [InlineData("google google:env google:google:x", "there is no such way", "")]
    [InlineData("ci other:anthropic", "\"ci\" and \"other\" cannot both be handed over as \"anthropic\"", "PROFILE:env")]
    [InlineData("ci:env other:env", "ci and other both need ANTHROPIC_AUTH_TOKEN", "variables")]
    [InlineData("ci other:env", "ci and other both need ANTHROPIC_BASE_URL", "variables")]
    [InlineData("cloud otherCloud:env", "otherCloud and cloud both need AWS_ACCESS_KEY_ID", "variables")]
    public async Task What_cannot_be_handed_over_is_told_and_the_command_is_not_run(string with, string problem, string hint)
    {
        Sandbox.WriteProfile("other", NewProfile(new JsonObject { ["source"] = "file", ["path"] = NewIdentityFile(name: "identity/other") }));
        WriteProfile("otherCloud", new JsonObject { ["type"] = "aws-sts", ["role_arn"] = "arn:aws:iam::123456789012:role/other", ["endpoint"] = _sts.Url });

        var result = await ExecAsync(with, "echo run all the same");

        result.Failed("AB0201", 2).Says(problem).Says(hint);
        Assert.Equal("", result.OutputText);
        Assert.Empty(Published);
    }

    [Fact]
    public async Task What_a_variable_says_does_not_become_lines_of_a_clients_file()
    {
        WriteProfile("regional", new JsonObject { ["type"] = "aws-sts", ["role_arn"] = "arn:aws:iam::123456789012:role/deploy", ["endpoint"] = _sts.Url });
        (await Sandbox.RunAsync("get", "--profile", "regional")).Succeeded();
        Sandbox.Environment["AWS_REGION"] = "x\ncredential_process = /tmp/other";

        (await ExecAsync("regional", "cat \"$AWS_CONFIG_FILE\"")).Failed("AB0305", 3);
        (await Sandbox.RunAsync("setup", "aws", "--profile", "regional")).Failed("AB0305", 3);
    }

    [Fact]
    public async Task Google_is_not_told_of_an_address_that_the_broker_itself_refuses()
    {
        WriteProfile("plain", new JsonObject { ["type"] = "google-sts", ["audience"] = Provider, ["endpoint"] = "http://sts.example" });

        (await ExecAsync("plain", "echo run all the same")).Failed("AB0310", 3);
        (await Sandbox.RunAsync("setup", "google", "--profile", "plain")).Failed("AB0310", 3);
    }

    [Fact]
    public async Task Names_keep_their_meaning_inside_another_exec_and_in_another_directory()
    {
        Sandbox.Environment["AOTBROKER_CONFIG_DIR"] = "config/aotbroker";
        var mint = Sandbox.WriteFile("mint", $"#!/bin/sh\ncat '{Sandbox.WriteIdentity(Endpoint.Issuer.Mint(), "identity/minted")}'\n", UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        WriteProfile("minted", new JsonObject { ["type"] = "aws-sts", ["role_arn"] = "arn:aws:iam::123456789012:role/deploy", ["endpoint"] = _sts.Url, ["single_use"] = true }, new JsonObject { ["source"] = "command", ["command"] = new JsonArray("./mint") });
        // What a repository could bring along.
        Sandbox.WriteFile("repository/mint", "#!/bin/sh\necho run >>\"$TMPDIR/evil\"\n", UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        Sandbox.WriteFile("repository/config/aotbroker/profiles/minted.json", """{"identity":{"source":"command","command":["./mint"]},"exchange":{"type":"none"}}""");

        var result = await Sandbox.RunScriptAsync($"cd '{Sandbox.Root}' && \"$1\" exec --with minted -- \"$1\" exec --with id:kubernetes -- sh -c 'cd repository && \"$1\" get --profile minted --format aws --force-refresh' sh \"$1\"\n");

        Assert.False(File.Exists(Path.Combine(Sandbox.Temporary, "evil")));
        Assert.NotEqual("", mint);
        Assert.Contains("AB0408", result.ErrorText, StringComparison.Ordinal); // It is the same identity, and was presented.
    }

    [Fact]
    public async Task A_companion_removes_nothing_but_what_exec_made()
    {
        var kept = Sandbox.MakeDirectory("kept");

        (await Sandbox.RunAsync("companion", "stay", "999999", kept)).Failed("AB0201", 2);

        Assert.True(Directory.Exists(kept));
    }

    [Fact]
    public async Task A_profile_that_is_not_there_is_told_before_anything_is_exchanged()
    {
        (await ExecAsync("ci nobody", "echo run all the same")).Failed("AB0302", 3);

        Assert.Equal(0, Endpoint.Events.Presentations);
    }

    [Fact]
    public async Task Keep_publishes_for_Anthropics_sdks_alone() =>
        (await Sandbox.RunAsync("keep", "--profile", "db", "--publish", Path.Combine(Sandbox.Root, "out"))).Failed("AB0201", 2).Says("exec --with");

    private string[] Published => Directory.Exists(Path.Combine(Sandbox.Cache, "exec")) ? Directory.GetDirectories(Path.Combine(Sandbox.Cache, "exec")) : [];
}
