using System.Text;
using AotBroker.Exchange;
using AotBroker.Http;
using AotBroker.Identity;
using AotBroker.Runtime;
using AotBroker.Settings;

namespace AotBroker.Tests;

/// <summary>What is sent to Anthropic's token endpoint, to the letter.</summary>
public sealed class ExchangeRequestTests : IDisposable
{
    private readonly Machine _machine = new();
    private readonly PinnedHttp _http = new();
    private readonly string _accessToken = Made.AccessToken();
    private readonly RawServer _server;

    public ExchangeRequestTests() => _server = new RawServer(RawServer.Answer(200, $$"""{"access_token":"{{_accessToken}}","token_type":"Bearer","expires_in":600}"""));

    public void Dispose()
    {
        _server.Dispose();
        _http.Dispose();
        _machine.Dispose();
    }

    private string Send(AnthropicFederation federation, IdentityToken identity)
    {
        ExchangeResult result = new AnthropicFederationExchange(federation, _machine.Environment).Check().Present(identity, _http, _machine.Deadline());
        Assert.Equal(_accessToken, result.Credential!.AccessToken!.Reveal());
        return Assert.Single(_server.Requests);
    }

    [Fact]
    public void The_head_is_this_to_the_letter()
    {
        string request = Send(Made.Federation(_server.Url), Made.IdentityToken());

        string[] head = request.Split("\r\n\r\n")[0].Split("\r\n");
        Assert.Equal("POST /v1/oauth/token HTTP/1.1", head[0]);
        string length = "Content-Length: " + Encoding.UTF8.GetByteCount(request.Split("\r\n\r\n")[1]);
        string[] expected =
        [
            $"Host: 127.0.0.1:{_server.Port}",
            "User-Agent: aotbroker/0.1.0",
            "anthropic-beta: oauth-2025-04-20,oidc-federation-2026-04-01",
            "Accept: application/json",
            "Connection: close",
            "Content-Type: application/json",
            length,
        ];
        Assert.Equal(expected.Order(StringComparer.Ordinal), head[1..].Order(StringComparer.Ordinal));
    }

    [Fact]
    public void The_body_has_its_members_in_the_order_of_the_sdks()
    {
        IdentityToken identity = Made.IdentityToken();
        AnthropicFederation federation = Made.Federation(_server.Url) with
        {
            ServiceAccountId = new Setting("svac_01", "a test"),
            WorkspaceId = new Setting("default", "a test"),
        };

        string body = Send(federation, identity).Split("\r\n\r\n")[1];

        Assert.Equal(
            $$"""{"grant_type":"urn:ietf:params:oauth:grant-type:jwt-bearer","assertion":"{{identity.Reveal()}}","federation_rule_id":"{{federation.FederationRuleId.Value}}","""
            + $$"""
            "organization_id":"{{federation.OrganizationId.Value}}","service_account_id":"svac_01","workspace_id":"default"}
            """,
            body);
    }

    [Fact]
    public void What_is_not_set_is_left_out_of_the_body()
    {
        IdentityToken identity = Made.IdentityToken();
        AnthropicFederation federation = Made.Federation(_server.Url);

        string body = Send(federation, identity).Split("\r\n\r\n")[1];

        Assert.Equal(
            $$"""{"grant_type":"urn:ietf:params:oauth:grant-type:jwt-bearer","assertion":"{{identity.Reveal()}}","federation_rule_id":"{{federation.FederationRuleId.Value}}","""
            + $$"""
            "organization_id":"{{federation.OrganizationId.Value}}"}
            """,
            body);
    }

    [Fact]
    public void The_path_of_the_base_address_is_kept()
    {
        string request = Send(Made.Federation(_server.Url + "/proxy/anthropic"), Made.IdentityToken());

        Assert.StartsWith("POST /proxy/anthropic/v1/oauth/token HTTP/1.1\r\n", request, StringComparison.Ordinal);
    }

    [Fact]
    public void The_largest_assertion_is_sent_whole()
    {
        string jwt = Made.Jwt("{}");
        string token = jwt + new string('a', (16 * 1024) - jwt.Length);

        string request = Send(Made.Federation(_server.Url), IdentityToken.Parse(token, "a test"));

        Assert.Contains($"\"{token}\"", request, StringComparison.Ordinal);
    }
}
