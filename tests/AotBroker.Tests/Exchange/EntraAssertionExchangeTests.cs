using AotBroker.Exchange;
using AotBroker.Schemas;
using AotBroker.Settings;

namespace AotBroker.Tests;

/// <summary>Microsoft Entra: what is sent, to the letter, and what each documented error means.</summary>
public sealed class EntraAssertionExchangeTests : IDisposable
{
    private const string Tenant = "9b1f0c7e-2d3a-4c5b-8e6f-7a8b9c0d1e2f";
    private const string Client = "6f5e4d3c-2b1a-4c5b-8e6f-7a8b9c0d1e2f";

    private readonly string _token = Made.Jwt("{}");
    private readonly ServiceMachine _machine;
    private byte[] _answer;

    public EntraAssertionExchangeTests()
    {
        _answer = RawServer.Answer(200, $$"""{"token_type":"Bearer","expires_in":3599,"ext_expires_in":3599,"access_token":"{{_token}}"}""", "x-ms-request-id: 2f0e2a3c-1d4b-4f6a-8b9c-0d1e2f3a4b5c");
        _machine = new ServiceMachine(_ => _answer);
    }

    public void Dispose() => _machine.Dispose();

    private EntraExchange Settings => new() { TenantId = Tenant, ClientId = Client, Scope = "https://management.azure.com/.default", AuthorityHost = _machine.Service.Url + "/" };

    [Fact]
    public void The_request_is_this_to_the_letter()
    {
        Credential credential = _machine.Present(Settings).Credential!;

        string body = $"client_id={Client}&scope=https%3A%2F%2Fmanagement.azure.com%2F.default"
            + $"&client_assertion_type=urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer&client_assertion={_machine.Identity.Reveal()}&grant_type=client_credentials";
        Assert.Equal(
            HttpText.Request(_machine.Service, $"POST /{Tenant}/oauth2/v2.0/token", "Accept: application/json", "Content-Type: application/x-www-form-urlencoded", "Content-Length: " + body.Length) + body,
            HttpText.Sorted(Assert.Single(_machine.Service.Requests)));
        Assert.Equal((_token, TestClock.StartSeconds + 3599, "2f0e2a3c-1d4b-4f6a-8b9c-0d1e2f3a4b5c"), (credential.AccessToken!.Reveal(), credential.ExpiresAt, credential.RequestId));
    }

    [Fact]
    public void Gaps_are_filled_from_the_environment_and_the_profile_wins()
    {
        _machine.Machine.Variables["AZURE_TENANT_ID"] = "contoso.onmicrosoft.com";
        _machine.Machine.Variables["AZURE_CLIENT_ID"] = "00000000-0000-4000-8000-000000000000";
        _machine.Machine.Variables["AZURE_AUTHORITY_HOST"] = _machine.Service.Url + "/";

        _machine.Present(new EntraExchange { Scope = "x/.default", ClientId = Client });

        string request = Assert.Single(_machine.Service.Requests);
        Assert.StartsWith("POST /contoso.onmicrosoft.com/oauth2/", request, StringComparison.Ordinal);
        Assert.Contains("client_id=" + Client, request, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, "api://AzureADTokenExchange")]
    [InlineData("https://login.microsoftonline.com/", "api://AzureADTokenExchange")]
    [InlineData("https://login.microsoftonline.us/", "api://AzureADTokenExchangeUSGov")]
    [InlineData("https://login.chinacloudapi.cn", "api://AzureADTokenExchangeChina")]
    public void Each_cloud_has_its_audience(string? host, string audience) => Assert.Equal(audience, _machine.Of(new EntraExchange { Scope = "x", AuthorityHost = host }).Audience);

    [Fact]
    public void Everything_that_decides_what_is_minted_is_in_the_key()
    {
        EntraExchange settings = Settings;
        EntraExchange[] others = [settings with { TenantId = "a" }, settings with { ClientId = Tenant }, settings with { Scope = "x" }, settings with { AuthorityHost = "https://a.example" }];

        Assert.Equal(others.Length + 1, others.Append(settings).Select(_machine.Key).Distinct().Count());
    }

    [Fact]
    public void What_is_missing_or_has_not_its_form_is_told_before_anything_is_sent()
    {
        Assert.Contains("AZURE_TENANT_ID", Expect.Error("AB0306", () => _machine.Present(Settings with { TenantId = null })).Hints[0], StringComparison.Ordinal);
        Assert.Contains("AZURE_CLIENT_ID", Expect.Error("AB0306", () => _machine.Present(Settings with { ClientId = null })).Hints[0], StringComparison.Ordinal);
        _machine.Machine.Variables["AZURE_TENANT_ID"] = "../x";
        Expect.Error("AB0305", () => _machine.Present(Settings with { TenantId = null }));
        _machine.Machine.Variables["AZURE_CLIENT_ID"] = "my app";
        Expect.Error("AB0305", () => _machine.Present(Settings with { ClientId = null }));
        Assert.Empty(_machine.Service.Requests);
    }

    [Theory]
    [InlineData(401, "invalid_client", "AADSTS700213: No matching federated identity record found for presented assertion subject", "AB0501")]
    [InlineData(400, "unauthorized_client", "AADSTS700016: Application was not found in the directory", "AB0503")]
    [InlineData(400, "invalid_request", "AADSTS90002: Tenant not found.", "AB0502")]
    [InlineData(400, "invalid_scope", "AADSTS70011: The provided value for scope is not valid.", "AB0502")]
    [InlineData(400, "invalid_resource", "AADSTS500011: The resource principal was not found", "AB0502")]
    public void Refusals_are_final(int status, string code, string description, string expected)
    {
        _answer = RawServer.Answer(status, $$"""{"error":"{{code}}","error_description":"{{description}}\r\nTrace ID: x","error_codes":[1],"error_uri":"https://login.microsoftonline.com/error?code=1"}""");

        Assert.Contains($"{code}: {description}", ServiceMachine.Failed(_machine.Present(Settings), expected, Presentation.Refused).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_busy_service_is_asked_again_with_the_same_assertion()
    {
        _answer = RawServer.Answer(400, """{"error":"temporarily_unavailable","error_description":"AADSTS90033"}""");

        ServiceMachine.Failed(_machine.Present(Settings), "AB0604", Presentation.Unjudged, mayPass: true);
    }

    [Theory]
    [InlineData(429, "AB0505", Presentation.Unjudged)]
    [InlineData(500, "AB0604", Presentation.Unknown)]
    [InlineData(504, "AB0604", Presentation.Unknown)]
    public void Throttling_and_failures_of_the_server_may_pass(int status, string code, object presentation)
    {
        _answer = RawServer.Answer(status, "<html>");

        ServiceMachine.Failed(_machine.Present(Settings), code, (Presentation)presentation, mayPass: true);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("""{"token_type":"Bearer","expires_in":3599}""")]
    [InlineData("""{"token_type":"Bearer","access_token":"x"}""")]
    [InlineData("""{"token_type":"pop","expires_in":3599,"access_token":"x"}""")]
    [InlineData("""{"token_type":"Bearer","expires_in":3599,"access_token":"x""")]
    public void An_answer_that_holds_no_token_cannot_be_used(string body)
    {
        _answer = RawServer.Answer(200, body);

        ServiceMachine.Failed(_machine.Present(Settings), "AB0507", Presentation.Refused);
    }

    [Fact]
    public void It_cannot_be_taken_back() => Expect.Error("AB0510", _machine.Revoke(Settings, Made.Credential()));
}
