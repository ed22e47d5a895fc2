using AotBroker.Exchange;
using AotBroker.Identity;
using AotBroker.Settings;

namespace AotBroker.Tests;

/// <summary>The services whose token exchange is known: each one's request, to the letter.</summary>
public sealed class TokenExchangePresetTests
{
    private const string Grant = "urn:ietf:params:oauth:grant-type:token-exchange";
    private const string AnAnswer = """{"access_token":"@TOKEN@","token_type":"Bearer","expires_in":600}""";

    private static (string Request, IExchange Exchange, string Identity) Send(string settings, params (string Name, string Value)[] variables)
    {
        using ExchangeMachine machine = new(ExchangeMachine.Granting(AnAnswer).Answer);
        foreach ((string name, string value) in variables)
        {
            machine.Machine.Variables[name] = value.Replace("@URL@", machine.Server.Url, StringComparison.Ordinal);
        }
        IdentityToken identity = Made.IdentityToken();
        Assert.NotNull(machine.Present(settings, identity).Credential);
        return (Assert.Single(machine.Requests), machine.Profile(settings).Exchange, identity.Reveal());
    }

    private static string Form(params (string Name, string Value)[] fields) => string.Join('&', fields.Select(static field => $"{field.Name}={Uri.EscapeDataString(field.Value)}"));

    private static string BodyOf(string request) => request.Split("\r\n\r\n")[1];

    [Fact]
    public void Docker_Hub()
    {
        const string Settings = """{"type":"token-exchange","preset":"docker-hub","url":"@URL@/oauth/token"}""";
        string connection = Guid.NewGuid().ToString();

        (string request, IExchange exchange, string identity) = Send(Settings, ("DOCKERHUB_OIDC_CONNECTIONID", connection));
        (string longer, _, _) = Send(Settings, ("DOCKERHUB_OIDC_CONNECTIONID", connection), ("DOCKERHUB_OIDC_EXPIREIN", "3600"));

        Assert.StartsWith("POST /oauth/token HTTP/1.1\r\n", request, StringComparison.Ordinal);
        Assert.Equal(
            Form(("grant_type", Grant), ("subject_token", identity), ("subject_token_type", "urn:ietf:params:oauth:token-type:id_token"), ("connection_id", connection), ("expires_in", "300")),
            BodyOf(request));
        Assert.EndsWith("&expires_in=3600", longer, StringComparison.Ordinal);
        Assert.Equal("https://identity.docker.com", exchange.Audience);
        Assert.Contains("index.docker.io", exchange.Hosts);
    }

    [Fact]
    public void JFrog()
    {
        (string request, IExchange exchange, string identity) = Send(
            """{"type":"token-exchange","preset":"jfrog","fields":{"provider_name":"github","project_key":"p"}}""", ("JF_URL", "@URL@/"));

        Assert.StartsWith("POST /access/api/v1/oidc/token HTTP/1.1\r\n", request, StringComparison.Ordinal);
        Assert.Contains("\r\nContent-Type: application/json\r\n", request, StringComparison.Ordinal);
        Assert.Equal(
            $$"""{"grant_type":"{{Grant}}","subject_token":"{{identity}}","subject_token_type":"urn:ietf:params:oauth:token-type:id_token","provider_name":"github","project_key":"p"}""",
            BodyOf(request));
        Assert.Equal([new Uri(exchange.Endpoint).Authority], exchange.Hosts); // Another port is another service.
    }

    [Fact]
    public void Databricks()
    {
        (string request, _, string identity) = Send(
            """{"type":"token-exchange","preset":"databricks"}""", ("DATABRICKS_HOST", "@URL@"), ("DATABRICKS_CLIENT_ID", "5b7c3f0a"));
        (string account, _, _) = Send("""{"type":"token-exchange","preset":"databricks","url":"@URL@/oidc/accounts/1/v1/token","scope":"sql"}""");

        Assert.StartsWith("POST /oidc/v1/token HTTP/1.1\r\n", request, StringComparison.Ordinal);
        Assert.Equal(
            Form(("grant_type", Grant), ("subject_token", identity), ("subject_token_type", "urn:ietf:params:oauth:token-type:jwt"), ("scope", "all-apis"), ("client_id", "5b7c3f0a")),
            BodyOf(request));
        Assert.StartsWith("POST /oidc/accounts/1/v1/token HTTP/1.1\r\n", account, StringComparison.Ordinal);
        Assert.EndsWith("&scope=sql", account, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("dbc-1.cloud.databricks.com")]
    [InlineData("DBC-1.Cloud.Databricks.com")]
    [InlineData("dbc-1.cloud.databricks.com/")]
    [InlineData(" https://dbc-1.cloud.databricks.com\n")]
    [InlineData("HTTPS://dbc-1.cloud.databricks.com//")]
    [InlineData("https://dbc-1.cloud.databricks.com/?o=1234567890")]
    [InlineData("https://dbc-1.cloud.databricks.com?o=1234567890")]
    [InlineData("https://dbc-1.cloud.databricks.com/?o=1/token")]
    [InlineData("https://dbc-1.cloud.databricks.com/?o=1#job/2/run/3")]
    [InlineData("https://dbc-1.cloud.databricks.com/browse/folders/1?o=2")]
    [InlineData("https://dbc-1.cloud.databricks.com/explore/data#x")]
    [InlineData("dbc-1.cloud.databricks.com#notebook/1")]
    public void A_Databricks_host_may_be_written_as_a_browser_has_it(string host)
    {
        using ExchangeMachine machine = new(RawServer.Answer(500, ""));
        machine.Machine.Variables["DATABRICKS_HOST"] = host;

        IExchange exchange = machine.Profile("""{"type":"token-exchange","preset":"databricks"}""").Exchange;

        exchange.Check();
        Assert.Equal("https://dbc-1.cloud.databricks.com/oidc/v1/token", exchange.Endpoint);
        Assert.Equal(["dbc-1.cloud.databricks.com"], exchange.Hosts);
    }

    [Theory]
    [InlineData("example.jfrog.io", "https://example.jfrog.io/access/api/v1/oidc/token")]
    [InlineData("https://Example.jfrog.io/ui/login/", "https://example.jfrog.io/access/api/v1/oidc/token")]
    [InlineData("https://example.jfrog.io/artifactory/api/npm/x", "https://example.jfrog.io/access/api/v1/oidc/token")]
    [InlineData("https://tools.example:8443/jfrog/artifactory?a=b", "https://tools.example:8443/jfrog/access/api/v1/oidc/token")]
    [InlineData("https://tools.example/jfrog/", "https://tools.example/jfrog/access/api/v1/oidc/token")]
    [InlineData("https://tools.example/uix", "https://tools.example/uix/access/api/v1/oidc/token")]
    [InlineData("https://tools.example/access/api/v1/oidc/token?x=1", "https://tools.example/access/api/v1/oidc/token?x=1")]
    public void A_platform_of_JFrogs_may_be_written_as_a_browser_has_it(string url, string endpoint)
    {
        using ExchangeMachine machine = new(RawServer.Answer(500, ""));
        machine.Machine.Variables["JF_URL"] = url;

        Assert.Equal(endpoint, machine.Profile("""{"type":"token-exchange","preset":"jfrog","fields":{"provider_name":"x"}}""").Exchange.Endpoint);
    }

    [Theory]
    [InlineData("""{"errors":[{"code":"BAD_REQUEST","message":"no public key for this issuer"}]}""", "BAD_REQUEST: no public key for this issuer")]
    [InlineData("""{"errors":[{"status":401,"message":"no mapping"}]}""", "no mapping")]
    [InlineData("""{"errors":["first","second"]}""", "first: second")]
    [InlineData("""{"error_code":"INVALID_PARAMETER_VALUE","message":"no such policy","details":[]}""", "INVALID_PARAMETER_VALUE: no such policy")]
    [InlineData("""{"error":{"message":"bad mapping","type":"invalid_request_error"}}""", "invalid_request_error: bad mapping")]
    [InlineData("""{"error":"invalid_request","error_description":"no such thing"}""", "invalid_request: no such thing")]
    [InlineData("""{"type":"about:blank","title":"Bad Request","status":400,"detail":"no such audience"}""", "Bad Request: no such audience")]
    [InlineData("""{"message":"no such rule"}""", "no such rule")]
    public void Each_services_reason_is_shown(string body, string told)
    {
        using ExchangeMachine machine = new(RawServer.Answer(400, body));

        Assert.Contains("(HTTP 400): " + told, machine.Present("""{"type":"token-exchange","url":"@URL@/t"}""").Error!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_reason_never_repeats_the_token()
    {
        IdentityToken identity = Made.IdentityToken();
        using ExchangeMachine machine = new(RawServer.Answer(400, "{\"errors\":[{\"code\":\"" + identity.Reveal() + "\",\"message\":\"of " + identity.Reveal() + "\"}]}"));

        // Invariant 5.
        Assert.DoesNotContain(identity.Reveal(), machine.Present("""{"type":"token-exchange","url":"@URL@/t"}""", identity).Error!.All(), StringComparison.Ordinal);
    }

    [Fact]
    public void OpenAI()
    {
        (string request, IExchange exchange, string identity) = Send(
            """{"type":"token-exchange","preset":"openai","url":"@URL@/oauth/token","fields":{"identity_provider_id":"idp_1","service_account_id":"sa_1"}}""");

        Assert.Contains("\r\nContent-Type: application/json\r\n", request, StringComparison.Ordinal);
        Assert.Equal(
            $$"""{"grant_type":"{{Grant}}","subject_token":"{{identity}}","subject_token_type":"urn:ietf:params:oauth:token-type:jwt","identity_provider_id":"idp_1","service_account_id":"sa_1"}""",
            BodyOf(request));
        Assert.Equal(["api.openai.com"], exchange.Hosts);
    }

    [Fact]
    public void The_addresses_of_services_that_have_one_are_these()
    {
        using ExchangeMachine machine = new(RawServer.Answer(500, ""));

        Assert.Equal("https://identity.docker.com/oauth/token", machine.Profile("""{"type":"token-exchange","preset":"docker-hub","fields":{"connection_id":"x"}}""").Exchange.Endpoint);
        Assert.Equal("https://auth.openai.com/oauth/token", machine.Profile("""{"type":"token-exchange","preset":"openai","fields":{"identity_provider_id":"x","service_account_id":"y"}}""").Exchange.Endpoint);
    }
}
