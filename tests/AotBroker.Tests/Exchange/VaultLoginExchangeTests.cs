using System.Text.Json;
using AotBroker.Clients;
using AotBroker.Clients.Plain;
using AotBroker.Errors;
using AotBroker.Exchange;
using AotBroker.Schemas;
using AotBroker.Settings;

namespace AotBroker.Tests;

/// <summary>Vault and OpenBao: the login, the secret, what becomes of the token, and what is taken back.</summary>
public sealed class VaultLoginExchangeTests : IDisposable
{
    private readonly string _token = "hvs." + Made.Name(90);
    private readonly string _password = Made.Name(20);
    private readonly ServiceMachine _machine;
    private readonly Dictionary<string, Queue<byte[]>> _answers = [];

    public VaultLoginExchangeTests()
    {
        _machine = new ServiceMachine(Answer);
        On("POST /v1/auth/jwt/login", Login());
        On("POST /v1/auth/token/revoke-self", "HTTP/1.1 204 No Content\r\n\r\n"u8.ToArray());
    }

    public void Dispose() => _machine.Dispose();

    private VaultExchange Settings => new() { Address = _machine.Service.Url, Role = "deploy" };

    private byte[]? Answer(string request)
    {
        Queue<byte[]>? queue = _answers.GetValueOrDefault(request.Split(" HTTP/")[0]);
        return queue is null ? RawServer.Answer(404, """{"errors":["no handler for route"]}""") : queue.Count > 1 ? queue.Dequeue() : queue.Peek();
    }

    private void On(string target, params byte[][] answers) => _answers[target] = new Queue<byte[]>(answers);

    private byte[] Login(long lease = 1200, string type = "service", int uses = 0) => RawServer.Answer(200, $$$"""
        {"request_id":"a","lease_id":"","renewable":false,"lease_duration":0,"data":null,"wrap_info":null,"warnings":null,
        "auth":{"client_token":"{{{_token}}}","accessor":"b","policies":["default"],"token_policies":["default"],"metadata":{"role":"deploy"},
        "lease_duration":{{{lease}}},"renewable":true,"entity_id":"c","token_type":"{{{type}}}","orphan":true,"mfa_requirement":null,"num_uses":{{{uses}}}}}
        """);

    private static byte[] Secret(string data, string leaseId = "", long lease = 0) => RawServer.Answer(200, $$"""{"request_id":"a","lease_id":"{{leaseId}}","renewable":true,"lease_duration":{{lease}},"data":{{data}},"auth":null}""");

    private static byte[] Errors(int status, string error) => RawServer.Answer(status, $$"""{"errors":["{{error}}"]}""");

    private string[] Targets => [.. _machine.Service.Requests.Select(static request => request.Split(" HTTP/")[0])];

    private Credential Granted(VaultExchange settings) => Assert.IsType<Credential>(_machine.Present(settings).Credential);

    private BrokerException Fails(string code, Presentation presentation, VaultExchange? settings = null, bool mayPass = false) =>
        ServiceMachine.Failed(_machine.Present(settings ?? Settings), code, presentation, mayPass);

    [Fact]
    public void The_login_is_this_to_the_letter()
    {
        Credential credential = Granted(Settings with { Namespace = "teams/ci" });

        string body = $$"""{"role":"deploy","jwt":"{{_machine.Identity.Reveal()}}"}""";
        Assert.Equal(
            HttpText.Request(_machine.Service, "POST /v1/auth/jwt/login", "Accept: application/json", "X-Vault-Request: true", "X-Vault-Namespace: teams/ci", "Content-Type: application/json", "Content-Length: " + body.Length) + body,
            HttpText.Sorted(Assert.Single(_machine.Service.Requests)));
        Assert.Equal((CredentialKind.Token, _token, 1200, true), (credential.Kind, credential.AccessToken!.Reveal(), credential.Lifetime, _machine.GaveToShare));
    }

    [Fact]
    public void A_mount_without_a_role_is_asked_for_its_default_one()
    {
        On("POST /v1/auth/ci/github/login", Login());

        Granted(Settings with { Mount = "ci/github", Role = null });

        Assert.EndsWith($$"""{"jwt":"{{_machine.Identity.Reveal()}}"}""", Assert.Single(_machine.Service.Requests), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("VAULT_ADDR", "VAULT_NAMESPACE")]
    [InlineData("BAO_ADDR", "BAO_NAMESPACE")]
    public void Gaps_are_filled_from_the_environment(string address, string name)
    {
        _machine.Machine.Variables[address] = _machine.Service.Url + "/";
        _machine.Machine.Variables[name] = "ns1";

        Granted(new VaultExchange { Role = "deploy" });

        Assert.Contains("\r\nX-Vault-Namespace: ns1\r\n", Assert.Single(_machine.Service.Requests), StringComparison.Ordinal);
    }

    [Fact]
    public void Everything_that_decides_what_is_minted_is_in_the_key()
    {
        VaultExchange settings = Settings with { Path = "a/b" };
        VaultExchange[] others =
        [
            settings with { Address = "https://a.example" }, settings with { Namespace = "x" }, settings with { Mount = "x" }, settings with { Role = "x" }, settings with { Role = null },
            settings with { Path = "x" }, settings with { Path = null }, settings with { Field = "x" }, settings with { Fields = ["x"] }, settings with { Fields = ["x", "y"] },
        ];

        Assert.Equal(others.Length + 1, others.Append(settings).Select(_machine.Key).Distinct().Count());
        Assert.Null(_machine.Of(settings).Audience);
    }

    [Fact]
    public void What_is_missing_or_contradicts_itself_is_told_before_anything_is_sent()
    {
        Assert.Contains("VAULT_ADDR", Expect.Error("AB0306", () => _machine.Present(new VaultExchange())).Hints[0], StringComparison.Ordinal);
        Expect.Error("AB0306", () => _machine.Present(Settings with { Field = "x" }));
        Expect.Error("AB0305", () => _machine.Present(Settings with { Path = "a", Field = "x", Fields = ["y"] }));
        _machine.Machine.Variables["VAULT_NAMESPACE"] = "a b";
        Expect.Error("AB0305", () => _machine.Present(Settings));
        Assert.Empty(_machine.Service.Requests);
    }

    [Fact]
    public void A_secret_with_a_lease_keeps_its_token_and_lives_no_longer_than_either()
    {
        // Vault revokes what a token leased together with the token.
        On("GET /v1/database/creds/app", Secret($$"""{"username":"v-jwt-app-1","password":"{{_password}}"}""", "database/creds/app/Zx81", 3600));

        Credential credential = Granted(Settings with { Path = "database/creds/app", Namespace = "teams/ci" });

        Assert.Equal(["POST /v1/auth/jwt/login", "GET /v1/database/creds/app"], Targets);
        Assert.Equal(
            HttpText.Request(_machine.Service, "GET /v1/database/creds/app", "Accept: application/json", "X-Vault-Request: true", "X-Vault-Namespace: teams/ci", "X-Vault-Token: " + _token),
            HttpText.Sorted(_machine.Service.Requests[1]));
        Assert.Equal((CredentialKind.Fields, 1200), (credential.Kind, credential.Lifetime));
        Assert.Equal([new("username", "v-jwt-app-1"), new("password", _password)], credential.Fields!.Select(static field => KeyValuePair.Create(field.Key, field.Value.Reveal())));
        Assert.Equal(("database/creds/app/Zx81", _token), (credential.LeaseId!.Reveal(), credential.RevocationToken!.Reveal()));

        On("GET /v1/database/creds/app", Secret("""{"password":"x"}""", "database/creds/app/Zx81", 600));
        Assert.Equal(600, Granted(Settings with { Path = "database/creds/app" }).Lifetime);
    }

    [Theory]
    [InlineData(1200, 1200)]
    [InlineData(2764800, 3600)]
    [InlineData(0, 3600)]
    public void A_secret_without_a_lease_gives_its_token_back_and_is_read_again_in_time(long login, long lifetime)
    {
        On("POST /v1/auth/jwt/login", Login(login));
        On("GET /v1/secret/data/ci", Secret($$$"""{"data":{"password":"{{{_password}}}"},"metadata":{"version":3,"destroyed":false}}"""));

        Credential credential = Granted(Settings with { Path = "secret/data/ci" });

        Assert.Equal(["POST /v1/auth/jwt/login", "GET /v1/secret/data/ci", "POST /v1/auth/token/revoke-self"], Targets);
        Assert.Contains("\r\nX-Vault-Token: " + _token + "\r\n", _machine.Service.Requests[2], StringComparison.Ordinal);
        Assert.Equal((lifetime, true), (credential.Lifetime, _machine.GaveToShare));
        Assert.Null(credential.RevocationToken);
        Assert.Equal(_password, Assert.Single(credential.Fields!).Value.Reveal());
    }

    [Fact]
    public void A_kv_of_version_1_says_how_often_it_is_to_be_read()
    {
        On("GET /v1/kv/ci", Secret("""{"data":"x","ttl":"5m"}""", lease: 300));

        Credential credential = Granted(Settings with { Path = "kv/ci" });

        Assert.Equal(300, credential.Lifetime);
        Assert.Equal(["data", "ttl"], credential.Fields!.Keys);
    }

    [Fact]
    public void A_token_that_cannot_be_given_back_is_no_reason_to_fail()
    {
        On("GET /v1/kv/ci", Secret("""{"a":"x"}"""));
        On("POST /v1/auth/token/revoke-self", Errors(500, "internal error"));

        Granted(Settings with { Path = "kv/ci" });

        On("POST /v1/auth/jwt/login", Login(type: "batch"));
        Granted(Settings with { Path = "kv/ci" });
        Assert.Single(Targets, "POST /v1/auth/token/revoke-self");
    }

    [Fact]
    public void One_field_is_a_token_and_several_are_what_was_asked_for()
    {
        On("GET /v1/kv/ci", Secret($$"""{"user":"u","port":5432,"tls":{"on":true},"password":"{{_password}}","none":null,"long":"a b"}"""));
        VaultExchange settings = Settings with { Path = "kv/ci" };

        Credential one = Granted(settings with { Field = "password" });
        Assert.Equal((CredentialKind.Token, _password), (one.Kind, one.AccessToken!.Reveal()));
        Assert.Equal(["user", "port", "tls"], Granted(settings with { Fields = ["tls", "user", "port"] }).Fields!.Keys);
        Assert.Equal("""{"on":true}""", Granted(settings with { Fields = ["tls"] }).Fields!["tls"].Reveal());
        Assert.Contains("no field missing", Fails("AB0507", Presentation.Refused, settings with { Field = "missing" }).Message, StringComparison.Ordinal);
        Fails("AB0507", Presentation.Refused, settings with { Fields = ["user", "none"] });
        Assert.Contains("fields instead", Fails("AB0507", Presentation.Refused, settings with { Field = "long" }).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_field_that_is_there_twice_has_its_last_value()
    {
        On("GET /v1/kv/ci", Secret("""{"a":"1","b":"2","a":"3"}"""));

        SchemaMap<Secret> fields = Granted(Settings with { Path = "kv/ci" }).Fields!;

        Assert.Equal(["a=3", "b=2"], fields.Select(static field => $"{field.Key}={field.Value.Reveal()}").Order(StringComparer.Ordinal));
    }

    [Fact]
    public void As_many_fields_as_an_answer_can_have_are_read_before_the_deadline()
    {
        // Each was compared with all others, which took half a minute, and the profile's lock was held meanwhile.
        const int Count = 80_000;
        On("GET /v1/kv/ci", Secret("{" + string.Join(',', Enumerable.Range(0, Count).Select(static i => $"\"f{i:x}\":1")) + "}"));

        Credential credential = Granted(Settings with { Path = "kv/ci" });

        Assert.Equal(Count, credential.Fields!.Count);
        using Machine machine = new();
        OutputCredential output = new(credential, "db", null, machine.Environment.Now) { IsAnthropic = false };
        Assert.Equal(Count, CredentialVariables.Of(output).Count);
        using JsonDocument json = JsonDocument.Parse(new JsonFormat().Write(output));
        Assert.Equal(Count, json.RootElement.GetProperty("fields").EnumerateObject().Count());
    }

    [Fact]
    public void A_token_of_few_uses_and_one_without_an_end_are_not_shared()
    {
        On("POST /v1/auth/jwt/login", Login(uses: 5));
        _ = Granted(Settings);
        Assert.False(_machine.GaveToShare);

        On("POST /v1/auth/jwt/login", Login(lease: 0));
        Credential endless = Granted(Settings);
        Assert.False(_machine.GaveToShare);
        Assert.False(endless.Expires);
    }

    [Theory]
    [InlineData(400, "error validating token: invalid audience (aud) claim: audience claim does not match any bound audience", "AB0501", false)]
    [InlineData(403, "permission denied", "AB0503", false)]
    [InlineData(404, "no handler for route", "AB0504", false)]
    public void A_login_that_is_refused_shows_what_to_compare(int status, string error, string code, bool mayPass)
    {
        On("POST /v1/auth/jwt/login", Errors(status, error));

        BrokerException failure = Fails(code, Presentation.Refused, mayPass: mayPass);

        Assert.Contains(error, failure.Message, StringComparison.Ordinal);
        Assert.Contains("namespace", failure.All(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(412, Presentation.Unjudged)]
    [InlineData(473, Presentation.Unjudged)]
    [InlineData(429, Presentation.Unjudged)]
    [InlineData(503, Presentation.Unknown)]
    public void A_node_that_cannot_answer_may_answer_later(int status, object presentation)
    {
        On("POST /v1/auth/jwt/login", Errors(status, "Vault is sealed"));

        Fails(status == 429 ? "AB0505" : "AB0604", (Presentation)presentation, mayPass: true);
    }

    [Theory]
    [InlineData(403, "1 error occurred:\\n\\t* permission denied\\n\\n", "AB0503")]
    [InlineData(404, "", "AB0504")]
    [InlineData(405, "unsupported operation", "AB0502")]
    [InlineData(400, "missing path", "AB0502")]
    public void A_secret_that_cannot_be_read_is_told_and_its_token_is_given_back(int status, string error, string code)
    {
        On("GET /v1/secret/ci", status == 404 ? RawServer.Answer(404, """{"errors":[]}""") : Errors(status, error));

        Fails(code, Presentation.Refused, Settings with { Path = "secret/ci" });

        Assert.Equal("POST /v1/auth/token/revoke-self", Targets[^1]);
    }

    [Fact]
    public void A_reading_that_fails_is_tried_again_under_the_same_login()
    {
        On("GET /v1/kv/ci", Errors(412, "required index state not present"), Errors(500, "x"), Secret("""{"a":"b"}"""));

        Granted(Settings with { Path = "kv/ci" });

        Assert.Equal(3, Targets.Count(static target => target == "GET /v1/kv/ci"));
        Assert.Single(Targets, "POST /v1/auth/jwt/login");
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("""{"auth":null,"data":null}""")]
    [InlineData("""{"auth":{"client_token":"","mfa_requirement":{}}}""")]
    [InlineData("""{"auth":{"client_token":"a b","lease_duration":60}}""")]
    [InlineData("""{"auth":{"client_token":"hvs.x","lease_duration":"long"}}""")]
    [InlineData("""{"auth":{"client_token":"hvs.x","lease_dura""")]
    public void A_login_that_gave_no_token_cannot_be_used(string body)
    {
        On("POST /v1/auth/jwt/login", RawServer.Answer(200, body));

        Fails("AB0507", Presentation.Refused);
    }

    [Theory]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"data":null,"metadata":{"version":3,"deletion_time":"2026-01-01T00:00:00Z"}}""")]
    [InlineData("""{"a":"\ud800"}""")]
    [InlineData("""{"\ud800data":"x"}""")]
    public void A_secret_without_fields_cannot_be_used(string data)
    {
        On("GET /v1/kv/ci", Secret(data));

        Fails("AB0507", Presentation.Refused, Settings with { Path = "kv/ci" });
        Assert.Equal("POST /v1/auth/token/revoke-self", Targets[^1]);
    }

    [Fact]
    public void A_token_is_taken_back()
    {
        Credential credential = Granted(Settings);

        Assert.Null(_machine.Revoke(Settings, credential));

        Assert.Equal(
            HttpText.Request(_machine.Service, "POST /v1/auth/token/revoke-self", "Accept: application/json", "X-Vault-Request: true", "X-Vault-Token: " + _token).Replace("\r\n\r\n", "", StringComparison.Ordinal),
            HttpText.Sorted(_machine.Service.Requests[^1]).Replace("\r\nContent-Length: 0", "", StringComparison.Ordinal).Replace("\r\n\r\n", "", StringComparison.Ordinal));
        On("POST /v1/auth/token/revoke-self", Errors(403, "permission denied"));
        Assert.Null(_machine.Revoke(Settings, credential)); // It was taken back before.
        On("POST /v1/auth/token/revoke-self", Errors(503, "Vault is sealed"));
        Expect.Error("AB0604", _machine.Revoke(Settings, credential));
    }

    [Fact]
    public void A_lease_goes_with_its_token_and_a_batch_tokens_by_its_id()
    {
        On("GET /v1/database/creds/app", Secret("""{"password":"x"}""", "database/creds/app/Zx81", 3600));
        VaultExchange settings = Settings with { Path = "database/creds/app" };
        Credential credential = Granted(settings);

        Assert.Null(_machine.Revoke(settings, credential));
        Assert.Equal("POST /v1/auth/token/revoke-self", Targets[^1]);

        On("POST /v1/auth/token/revoke-self", Errors(400, "batch tokens cannot be revoked"));
        On("POST /v1/sys/leases/revoke", "HTTP/1.1 204 No Content\r\n\r\n"u8.ToArray());
        Assert.Null(_machine.Revoke(settings, credential));
        Assert.EndsWith("""{"lease_id":"database/creds/app/Zx81"}""", _machine.Service.Requests[^1], StringComparison.Ordinal);

        On("POST /v1/sys/leases/revoke", Errors(400, "invalid lease"));
        Expect.Error("AB0510", _machine.Revoke(settings, credential));
    }

    [Fact]
    public void A_secret_without_a_lease_cannot_be_taken_back()
    {
        On("GET /v1/kv/ci", Secret("""{"a":"b"}"""));
        VaultExchange settings = Settings with { Path = "kv/ci" };

        Expect.Error("AB0510", _machine.Revoke(settings, Granted(settings)));
    }
}
