using AotBroker.Errors;
using AotBroker.Http;
using AotBroker.Identity;
using AotBroker.Runtime;
using AotBroker.Schemas;
using AotBroker.Settings;

namespace AotBroker.Tests;

/// <summary>Azure's services for managed identities, of machines and of apps: what is asked, to the letter, and what is made of each answer.</summary>
public sealed class AzureIdentityTests : IDisposable
{
    private const string Audience = "api://my app";
    private const string Client = "8f2b1c3d-4e5f-4a6b-9c7d-0e1f2a3b4c5d";

    private readonly Machine _machine = new();
    private readonly PinnedHttp _http = new();
    private readonly string _secret = Made.Name(32);

    public void Dispose()
    {
        _http.Dispose();
        _machine.Dispose();
    }

    private static IdentitySettings Source(string name, string? client = null, string? audience = null) => name == "azure-imds"
        ? new AzureImdsIdentity { ClientId = client, Audience = audience }
        : new AzureAppServiceIdentity { ClientId = client, Audience = audience };

    private SourceTokens Provider(IdentitySettings source, RawServer server, string? audience = Audience)
    {
        _machine.Variables["AZURE_POD_IDENTITY_AUTHORITY_HOST"] = server.Url + "/";
        _machine.Variables["IDENTITY_ENDPOINT"] = server.Url + "/msi/token";
        _machine.Variables["IDENTITY_HEADER"] = _secret;
        return Sources.Tokens(source, audience, _machine.Environment, _http);
    }

    private IdentityToken Get(string name, RawServer server, double seconds = 30) => Provider(Source(name), server).GetToken(_machine.Deadline(seconds));

    private BrokerException Error(string code, string name, RawServer server, double seconds = 30)
    {
        var error = Expect.Error(code, () => Get(name, server, seconds));
        Assert.DoesNotContain(_secret, error.All(), StringComparison.Ordinal);
        return error;
    }

    private static byte[] Token(string token) => RawServer.Answer(200, $$"""{"access_token":"{{token}}","expires_on":"1700003600","resource":"x","token_type":"Bearer"}""");

    [Theory]
    [InlineData("azure-imds", null, "/metadata/identity/oauth2/token?api-version=2018-02-01&resource=api%3A%2F%2Fmy%20app")]
    [InlineData("azure-imds", Client, "/metadata/identity/oauth2/token?api-version=2018-02-01&resource=api%3A%2F%2Fmy%20app&client_id=" + Client)]
    [InlineData("azure-app-service", null, "/msi/token?api-version=2019-08-01&resource=api%3A%2F%2Fmy%20app")]
    [InlineData("azure-app-service", Client, "/msi/token?api-version=2019-08-01&resource=api%3A%2F%2Fmy%20app&client_id=" + Client)]
    public void The_request_is_this_to_the_letter(string name, string? client, string target)
    {
        string token = Made.Jwt("{}");
        using RawServer server = new(Token(token));
        SourceTokens provider = Provider(Source(name, client), server);

        Assert.Equal(token, provider.GetToken(_machine.Deadline()).Reveal());

        string header = name == "azure-imds" ? "Metadata: true" : "X-IDENTITY-HEADER: " + _secret;
        Assert.Equal(HttpText.Request(server, "GET " + target, header), HttpText.Sorted(Assert.Single(server.Requests)));
        Assert.Equal(TokenSupply.Cached, provider.Supply);
    }

    [Theory]
    [InlineData("azure-imds")]
    [InlineData("azure-app-service")]
    public void The_profiles_audience_wins_and_without_any_nothing_is_asked(string name)
    {
        using RawServer server = new(Token(Made.Jwt("{}")));

        Provider(Source(name, audience: "api://other"), server).GetToken(_machine.Deadline());
        Assert.Contains("resource=api%3A%2F%2Fother", Assert.Single(server.Requests), StringComparison.Ordinal);

        Assert.Contains(name, Expect.Error("AB0411", () => Provider(Source(name), server, audience: null).GetToken(_machine.Deadline())).Message, StringComparison.Ordinal);
        Assert.Single(server.Requests);
    }

    [Theory]
    [InlineData("azure-imds", 404)]
    [InlineData("azure-imds", 410)]
    [InlineData("azure-imds", 429)]
    [InlineData("azure-imds", 500)]
    [InlineData("azure-app-service", 429)]
    [InlineData("azure-app-service", 503)]
    public void A_failure_that_may_pass_is_tried_again(string name, int status)
    {
        string token = Made.Jwt("{}");
        int asked = 0;
        using RawServer server = new(_ => asked++ == 0 ? RawServer.Answer(status, "{}") : Token(token));

        Assert.Equal(token, Get(name, server).Reveal());

        Assert.Equal(2, server.Requests.Count);
    }

    [Fact]
    public void A_service_that_is_being_updated_is_asked_more_than_three_times()
    {
        string token = Made.Jwt("{}");
        int asked = 0;
        using RawServer server = new(_ => asked++ < 3 ? RawServer.Answer(410, "{}") : Token(token));

        Assert.Equal(token, Get("azure-imds", server).Reveal());
    }

    [Fact]
    public void It_is_not_tried_again_where_the_wait_would_end_after_the_deadline()
    {
        using RawServer server = new(RawServer.Answer(410, "{}", "Retry-After: 70"));

        Assert.Contains("410", Error("AB0409", "azure-imds", server).Message, StringComparison.Ordinal);

        Assert.Single(server.Requests);
    }

    [Theory]
    [InlineData("azure-imds", "invalid_request", "Identity not found", "client_id")]
    [InlineData("azure-app-service", "invalid_request", "Identity not found", "assign a managed identity")]
    [InlineData("azure-imds", "invalid_resource", "AADSTS500011: The resource principal was not found in the tenant.", "identity.audience")]
    public void A_refusal_is_final_told_in_Azures_words_and_says_what_to_do(string name, string code, string words, string hint)
    {
        using RawServer server = new(RawServer.Answer(400, $$"""{"error":"{{code}}","error_description":"{{words}}"}"""));

        var error = Error("AB0409", name, server);

        Assert.Contains($"400: {code}: {words}", error.Message, StringComparison.Ordinal);
        Assert.Contains(hint, error.All(), StringComparison.Ordinal);
        Assert.Single(server.Requests);
    }

    [Theory]
    [InlineData("{}", "AB0409")]
    [InlineData("<html>Log in</html>", "AB0409")]
    [InlineData("""{"access_token":7}""", "AB0409")]
    [InlineData("""{"access_token":""}""", "AB0403")]
    [InlineData("""{"access_token":"EwAAA opaque"}""", "AB0405")]
    public void An_answer_without_a_token_is_an_error(string body, string code)
    {
        using RawServer server = new(RawServer.Answer(200, body));

        Error(code, "azure-imds", server);
        Error(code, "azure-app-service", server);
    }

    [Theory]
    [InlineData("azure-imds")]
    [InlineData("azure-app-service")]
    public void A_service_that_hangs_is_waited_for_until_the_deadline(string name)
    {
        using RawServer server = RawServer.Silent();

        Assert.Contains("cannot be reached", Error("AB0409", name, server, seconds: 0.3).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("azure-imds", "AZURE_POD_IDENTITY_AUTHORITY_HOST")]
    [InlineData("azure-app-service", "IDENTITY_ENDPOINT")]
    public void Neither_secret_nor_request_goes_to_a_plain_address_elsewhere(string name, string variable)
    {
        using RawServer server = new(Token(Made.Jwt("{}")));
        SourceTokens provider = Provider(Source(name), server);
        _machine.Variables[variable] = "http://metadata.example";

        Assert.Contains(variable, Expect.Error("AB0310", () => provider.GetToken(_machine.Deadline())).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_the_variable_the_service_is_at_its_address() =>
        Assert.Equal("http://169.254.169.254/x", AzureImdsSource.Address("/x", _machine.Environment).Uri.AbsoluteUri);

    [Theory]
    [InlineData("IDENTITY_ENDPOINT")]
    [InlineData("IDENTITY_HEADER")]
    public void Of_an_apps_half_set_variables_the_missing_one_is_named(string missing)
    {
        using RawServer server = new(Token(Made.Jwt("{}")));
        SourceTokens provider = Provider(Source("azure-app-service"), server);
        _machine.Variables[missing] = "";

        Assert.EndsWith($"but {missing} is not", Expect.Error("AB0410", () => IdentitySources.Detect(new DetectionContext(_machine.Environment, null))).Message, StringComparison.Ordinal);
        Assert.Contains($"{missing} is not set", Expect.Error("AB0410", () => provider.GetToken(_machine.Deadline())).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_header_that_could_not_be_sent_is_refused()
    {
        using RawServer server = new(Token(Made.Jwt("{}")));
        SourceTokens provider = Provider(Source("azure-app-service"), server);
        _machine.Variables["IDENTITY_HEADER"] = _secret + "\r\nX-Injected: yes";

        Assert.DoesNotContain(_secret, Expect.Error("AB0305", () => provider.GetToken(_machine.Deadline())).All(), StringComparison.Ordinal);
        Assert.Empty(server.Requests);
    }

    [Theory]
    [InlineData("IMDS_ENDPOINT")]
    [InlineData("IDENTITY_SERVER_THUMBPRINT")]
    public void The_endpoints_of_Arc_and_Service_Fabric_are_passed_over_and_told(string variable)
    {
        _machine.Variables["IDENTITY_ENDPOINT"] = "http://127.0.0.1:40342/metadata/identity/oauth2/token";
        _machine.Variables[variable] = "http://127.0.0.1:40342";
        List<SkippedSource> passed = [];

        Assert.Null(IdentitySources.Detect(new DetectionContext(_machine.Environment, null, passed)));

        Assert.Contains(passed, static one => one.Source == "azure-app-service" && one.Reason.Contains("Arc", StringComparison.Ordinal));
    }

    [Fact]
    public void An_app_is_found_by_its_variables_with_the_audience_that_is_asked_for()
    {
        _machine.Variables["IDENTITY_ENDPOINT"] = "http://localhost:42356/msi/token";
        _machine.Variables["IDENTITY_HEADER"] = _secret;

        FoundIdentity found = IdentitySources.Detect(new DetectionContext(_machine.Environment, Audience))!;

        Assert.Equal((Audience, "IDENTITY_ENDPOINT"), (Assert.IsType<AzureAppServiceIdentity>(found.Source).Audience, found.Origin));
    }

    [Fact]
    public void What_names_the_machine_or_the_app_decides_whose_token_it_is_and_no_secret_does()
    {
        _machine.Variables["IDENTITY_HEADER"] = _secret;
        _machine.Variables["WEBSITE_SITE_NAME"] = "agents";
        _machine.Variables["AZURE_POD_IDENTITY_AUTHORITY_HOST"] = "http://127.0.0.1:1";
        KeyText machine = new();
        KeyText app = new();

        Sources.AddToKey(machine, Source("azure-imds", Client), Audience, _machine.Environment);
        Sources.AddToKey(app, Source("azure-app-service", Client), Audience, _machine.Environment);

        Assert.Equal($"identity=azure-imds|host=test-host|audience={Audience}|client_id={Client}|authority=http://127.0.0.1:1|", machine.ToString());
        Assert.Equal($"identity=azure-app-service|host=test-host|audience={Audience}|client_id={Client}|site=agents|", app.ToString());
    }
}
