using System.Text;
using System.Text.Json;
using AotBroker.Clients;
using AotBroker.Clients.Keyring;
using AotBroker.Exchange;
using AotBroker.Runtime;
using AotBroker.Schemas;
using AotBroker.Settings;

namespace AotBroker.Tests;

/// <summary>Each format that a client's protocol prescribes, to the last octet.</summary>
public sealed class ClientFormatTests : IDisposable
{
    private const long Now = TestClock.StartSeconds;

    private readonly Machine _machine = new();
    private readonly string _token = Made.Jwt("{}");
    private readonly string _secret = Made.Name(40) + "/+=";
    private readonly string _session = Made.Name(300) + "+/==";

    public void Dispose() => _machine.Dispose();

    private OutputCredential Token(long life = 600) => Output(new Credential { AccessToken = new Secret(_token), IssuedAt = Now, ExpiresAt = life == Credential.Never ? life : Now + life });

    private OutputCredential Aws(string? account = null) => Output(new Credential
    {
        Aws = new AwsKeys { AccessKeyId = "ASIAIOSFODNN7EXAMPLE", SecretAccessKey = new Secret(_secret), SessionToken = new Secret(_session), AccountId = account },
        IssuedAt = Now,
        ExpiresAt = Now + 3600,
    });

    private OutputCredential Fields(params (string Name, string Value)[] fields) => Output(new Credential
    {
        Fields = new SchemaMap<Secret>(fields.Select(static field => KeyValuePair.Create(field.Name, new Secret(field.Value)))),
        IssuedAt = Now,
        ExpiresAt = Now + 3600,
    });

    private OutputCredential Output(Credential credential) => new(credential, "db-1", null, Now)
    {
        Environment = _machine.Environment,
        IsAnthropic = false,
    };

    private static string Written(string format, OutputCredential output) => Encoding.UTF8.GetString(Formats.Write(format, output));

    [Theory]
    [InlineData(null, "")]
    [InlineData("123456789012", ",\"AccountId\":\"123456789012\"")]
    public void Aws_is_what_a_credential_process_prints(string? account, string last) => Assert.Equal(
        $$"""{"Version":1,"AccessKeyId":"ASIAIOSFODNN7EXAMPLE","SecretAccessKey":"{{_secret}}","SessionToken":"{{_session}}","Expiration":"{{Times.Utc(Now + 3600)}}"{{last}}}""" + "\n",
        Written("aws", Aws(account)));

    [Fact]
    public void Json_takes_every_kind()
    {
        Assert.Equal(
            $$"""{"access_key_id":"ASIAIOSFODNN7EXAMPLE","secret_access_key":"{{_secret}}","session_token":"{{_session}}","account_id":"1","expires_at":{{Now + 3600}},"expires_in":3600,"profile":"db-1"}""" + "\n",
            Written("json", Aws("1")));
        Assert.Equal(
            $$"""{"fields":{"username":"app \"1\"","password":"ä\\\u000a"},"expires_at":{{Now + 3600}},"expires_in":3600,"profile":"db-1"}""" + "\n",
            Written("json", Fields(("username", "app \"1\""), ("password", "ä\\\n"))));
    }

    [Theory]
    [InlineData("git", "ssh_command", "GIT_SSH_COMMAND")]
    [InlineData("https", "proxy", "HTTPS_PROXY")]
    [InlineData("_java", "options", "_JAVA_OPTIONS")]
    [InlineData("ssl", "cert_file", "SSL_CERT_FILE")]
    [InlineData("Node", "options", "NODE_OPTIONS")]
    [InlineData("dotnet", "startup-hooks", "DOTNET_STARTUP_HOOKS")]
    [InlineData("aws", "config_file", "AWS_CONFIG_FILE")]
    public void A_field_cannot_become_a_variable_that_programs_obey_unless_the_profile_says_so(string profile, string field, string variable)
    {
        OutputCredential output = Fields((field, "x")) with { Profile = profile };

        Expect.Error("AB0305", () => Formats.Write("env", output));
        Assert.Equal(variable, CredentialVariables.Of(output with { VariableNames = new SchemaMap<string>([KeyValuePair.Create(field, variable)]) })[0].Name);
    }

    [Theory]
    [InlineData("LD_PRELOAD")]
    [InlineData("DYLD_INSERT_LIBRARIES")]
    public void No_secret_is_told_to_the_loader_which_would_print_it(string variable) => Expect.Error("AB0305", () => Formats.Write(
        "env",
        Token() with { VariableNames = new SchemaMap<string>([KeyValuePair.Create("token", variable)]) }));

    [Theory]
    [InlineData(null, true)]
    [InlineData("GATEWAY_TOKEN", false)]
    public void An_address_goes_with_the_usual_variable_alone(string? variable, bool hasAddress)
    {
        OutputCredential output = Token() with
        {
            IsAnthropic = true,
            BaseUrl = "https://gateway.example",
            VariableNames = variable is null ? null : new SchemaMap<string>([KeyValuePair.Create("token", variable)]),
        };

        Assert.Equal(hasAddress, CredentialVariables.Of(output).Exists(static one => one.Name == "ANTHROPIC_BASE_URL"));
    }

    [Fact]
    public void Two_fields_cannot_become_one_variable() => Expect.Error("AB0305", () => Formats.Write("env", Fields(("a-b", "x"), ("a_b", "y"))));

    [Theory]
    [InlineData(null, "client.authentication.k8s.io/v1")]
    [InlineData("""{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1","spec":{"interactive":false}}""", "client.authentication.k8s.io/v1")]
    [InlineData("""{"spec":{"apiVersion":"other","interactive":true,"cluster":{"server":"https://1.2.3.4"}},"apiVersion":"client.authentication.k8s.io/v1beta1"}""", "client.authentication.k8s.io/v1beta1")]
    public void Kubernetes_is_an_ExecCredential_of_the_version_asked_for_that_ends_early(string? info, string version)
    {
        _machine.Variables["KUBERNETES_EXEC_INFO"] = info;

        Assert.Equal(
            $$$"""{"kind":"ExecCredential","apiVersion":"{{{version}}}","status":{"token":"{{{_token}}}","expirationTimestamp":"{{{Times.Utc(Now + 540)}}}"}}""" + "\n",
            Written("kubernetes", Token()));
    }

    [Theory]
    [InlineData("""{"apiVersion":"client.authentication.k8s.io/v1alpha1"}""", "v1alpha1")]
    [InlineData("""{"apiVersion":1}""", "names no apiVersion")]
    [InlineData("{}", "names no apiVersion")]
    [InlineData("[]", "holds no JSON")]
    [InlineData("{", "holds no JSON")]
    [InlineData("\ud800", "holds no JSON")]
    public void Kubernetes_in_a_version_that_is_not_known_is_an_error(string info, string message)
    {
        _machine.Variables["KUBERNETES_EXEC_INFO"] = info;

        Assert.Contains(message, Expect.Error("AB0305", () => Written("kubernetes", Token())).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(600, 540)]
    [InlineData(60, 30)]
    [InlineData(1, 1)]
    [InlineData(Credential.Never, null)]
    public void Who_allows_itself_no_margin_is_told_an_earlier_end_that_is_not_past(long life, int? told) =>
        Assert.Equal(told is { } seconds ? Now + seconds : null, Token(life).EarlyExpiry);

    [Theory]
    [InlineData(null, "urn:ietf:params:oauth:token-type:id_token")]
    [InlineData("urn:ietf:params:oauth:token-type:id_token", "urn:ietf:params:oauth:token-type:id_token")]
    [InlineData("urn:ietf:params:oauth:token-type:jwt", "urn:ietf:params:oauth:token-type:jwt")]
    public void Google_is_an_executable_response_of_the_type_asked_for(string? asked, string type)
    {
        _machine.Variables["GOOGLE_EXTERNAL_ACCOUNT_TOKEN_TYPE"] = asked;

        Assert.Equal(
            $$"""{"version":1,"success":true,"token_type":"{{type}}","id_token":"{{_token}}","expiration_time":{{Now + 540}}}""" + "\n",
            Written("google", Token()));
    }

    [Fact]
    public void Google_takes_no_saml_and_no_token_that_is_no_jwt()
    {
        Expect.Error("AB0201", () => Written("google", Output(Made.Credential())));
        _machine.Variables["GOOGLE_EXTERNAL_ACCOUNT_TOKEN_TYPE"] = "urn:ietf:params:oauth:token-type:saml2";
        Expect.Error("AB0305", () => Written("google", Token()));
    }

    [Fact]
    public void Docker_names_the_server_and_the_user() => Assert.Equal(
        $$"""{"ServerURL":"ghcr.io","Username":"bot","Secret":"{{_token}}"}""" + "\n",
        Written("docker", Token() with { Hosts = ["ghcr.io", "other"], UserName = "bot" }));

    [Fact]
    public void A_secret_with_a_user_name_and_a_password_is_what_basic_authentication_needs()
    {
        OutputCredential secret = Fields(("password", _secret), ("username", "app"), ("other", "x"));

        Assert.Equal($"username=app\npassword={_secret}\npassword_expiry_utc={Now + 3540}\n", Written("git", secret));
        Assert.Equal(_secret + "\n", Written("keyring", secret));
        Assert.Equal($"app\n{_secret}\n", Encoding.UTF8.GetString(KeyringFormat.WriteWithUser(secret)));
        Assert.Contains($"\"Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes("app:" + _secret))}\"", Written("bazel", secret), StringComparison.Ordinal);
        Assert.Contains("has no field \"username\"", Expect.Error("AB0201", () => Written("docker", Fields(("password", "x")))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Git_is_lines() => Assert.Equal($"username=token\npassword={_token}\npassword_expiry_utc={Now + 540}\n", Written("git", Token()));

    [Theory]
    [InlineData("a\nhost=evil.example")]
    [InlineData("a\r")]
    [InlineData("a\0")]
    public void Git_is_told_no_second_line(string password) =>
        Assert.DoesNotContain(password, Expect.Error("AB0305", () => Written("git", Fields(("username", "a"), ("password", password)))).All(), StringComparison.Ordinal);

    [Fact]
    public void Cargo_is_an_answer_to_get()
    {
        Assert.Equal($$$"""{"Ok":{"kind":"get","token":"{{{_token}}}","cache":"expires","expiration":{{{Now + 540}}},"operation_independent":true}}""" + "\n", Written("cargo", Token()));
        Assert.Equal($$$"""{"Ok":{"kind":"get","token":"{{{_token}}}","cache":"session","operation_independent":true}}""" + "\n", Written("cargo", Token(Credential.Never)));
    }

    [Fact]
    public void Terraform_is_a_token_and_bazel_a_header()
    {
        Assert.Equal($$"""{"token":"{{_token}}"}""" + "\n", Written("terraform", Token()));
        Assert.Equal($$$"""{"headers":{"Authorization":["Bearer {{{_token}}}"]},"expires":"{{{Times.Utc(Now + 540)}}}"}""" + "\n", Written("bazel", Token()));
        Assert.Equal(
            $$$"""{"headers":{"Authorization":["Basic {{{Convert.ToBase64String(Encoding.UTF8.GetBytes("me:" + _token))}}}"]}}""" + "\n",
            Written("bazel", Token(Credential.Never) with { Scheme = ServedPlacesScheme.Basic, UserName = "me" }));
    }

    [Fact]
    public void Goauth_is_a_set_for_every_prefix_that_can_be_told()
    {
        Assert.Equal(
            $"https://a.example\nhttps://b.example/go/\n\nAuthorization: Bearer {_token}\n\n",
            Written("goauth", Token() with { Hosts = ["a.example", "*.c.example", "https://*.c.example", "http://d.example", "https://b.example/go/"] }));
        Expect.Error("AB0306", () => Written("goauth", Token() with { Hosts = ["*.c.example"] }));
    }

    [Fact]
    public void Env_names_the_variables_of_each_kind()
    {
        Assert.Equal($"AWS_ACCESS_KEY_ID=ASIAIOSFODNN7EXAMPLE\nAWS_SECRET_ACCESS_KEY={_secret}\nAWS_SESSION_TOKEN={_session}\n", Written("env", Aws()));
        Assert.Equal($"DB_1_TOKEN={_token}\n", Written("env", Token()));
        Assert.Equal("DB_1_PATH=/x\n", Written("env", Fields(("path", "/x"))));
        Assert.Equal("_7_A_B=c\n", Written("env", Fields(("a.b", "c")) with { Profile = "7" }));
    }

    [Fact]
    public void Env_names_the_variables_as_the_profile_does()
    {
        SchemaMap<string> names = new([KeyValuePair.Create("token", "GH_TOKEN"), KeyValuePair.Create("password", "PGPASSWORD")]);

        Assert.Equal($"GH_TOKEN={_token}\n", Written("env", Token() with { VariableNames = names }));
        Assert.Equal("PGPASSWORD=a\nDB_1_HOST=b\n", Written("env", Fields(("password", "a"), ("host", "b")) with { VariableNames = names }));
    }

    [Fact]
    public void Github_env_masks_every_secret_and_appends_between_delimiters()
    {
        string file = _machine.Home.Write("env", "BEFORE=1\n");
        _machine.Variables["GITHUB_ENV"] = file;
        OutputCredential secret = Fields(("key", "50%\r\nEVIL<<EOF\n::warning::x"), ("b", "c"));

        Assert.Equal("::add-mask::50%25%0D%0AEVIL<<EOF%0A::warning::x\n::add-mask::c\n", Written("github-env", secret));
        Assert.Equal("BEFORE=1\n", File.ReadAllText(file)); // Nothing is there before the runner knows what to mask.
        Formats.Finish("github-env", secret);

        string[] parts = File.ReadAllText(file).Split("ghadelimiter_");
        Assert.Equal(5, parts.Length);
        Assert.Equal("BEFORE=1\nDB_1_KEY<<", parts[0]);
        Assert.Equal(parts[1][..32] + "\n50%\r\nEVIL<<EOF\n::warning::x\n", parts[1]);
        Assert.Equal(parts[1][..32] + "\nDB_1_B<<", parts[2]);
        Assert.Equal(parts[3][..32] + "\nc\n", parts[3]);
        Assert.NotEqual(parts[1][..32], parts[3][..32]);

        // The runner warns of each mask of nothing.
        Assert.Equal("::add-mask::c\n", Written("github-env", Fields(("a", ""), ("b", "c"), ("d", " \n"))));
    }

    [Fact]
    public void Github_env_without_its_file_prints_nothing()
    {
        Expect.Error("AB0305", () => Written("github-env", Token()));
        _machine.Variables["GITHUB_ENV"] = _machine.Home["missing"];
        Expect.Error("AB0706", () => Formats.Finish("github-env", Token()));
    }

    [Theory]
    [InlineData("token")]
    [InlineData("header")]
    [InlineData("anthropic")]
    [InlineData("kubernetes")]
    [InlineData("google")]
    [InlineData("docker")]
    [InlineData("git")]
    [InlineData("cargo")]
    [InlineData("terraform")]
    [InlineData("bazel")]
    [InlineData("goauth")]
    [InlineData("keyring")]
    public void What_does_not_suit_aws_keys_is_an_error_that_names_what_does(string format)
    {
        var error = Expect.Error("AB0201", () => Written(format, Aws()));

        Assert.Equal($"the credential of profile \"db-1\" is a set of AWS keys, which the format \"{format}\" cannot carry", error.Message);
        Assert.Equal(["the formats that can: json, env, aws, github-env"], error.Hints);
    }

    [Fact]
    public void What_does_not_suit_other_kinds_is_an_error_too()
    {
        Expect.Error("AB0201", () => Written("aws", Token()));
        Expect.Error("AB0201", () => Written("aws", Fields(("a", "b"))));
        Expect.Error("AB0201", () => Written("token", Fields(("a", "b"))));
    }

    [Fact]
    public void Every_kind_has_a_default_that_suits_it()
    {
        Assert.All(Enum.GetValues<CredentialKind>(), static kind => Assert.True(CredentialFormats.DefaultFor(kind).Carries(kind)));
        Assert.Equal("token", CredentialFormats.Choose(null, CredentialKind.Token, "ci").Name);
        Assert.Equal("aws", CredentialFormats.Choose(null, CredentialKind.AwsKeys, "ci").Name);
        Assert.Equal("json", CredentialFormats.Choose(null, CredentialKind.Fields, "ci").Name);
    }

    [Fact]
    public void Whatever_characters_a_secret_has_json_stays_valid_and_holds_it()
    {
        string every = string.Concat(Enumerable.Range(0, 0x300).Select(static c => (char)c)) + "\ud83d\ude00\u2028";

        using JsonDocument json = JsonDocument.Parse(Formats.Write("json", Fields((every, every))));

        Assert.Equal(every, json.RootElement.GetProperty("fields").GetProperty(every).GetString());
    }
}
