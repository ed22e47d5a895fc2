using AotBroker.Exchange;
using AotBroker.Http;
using AotBroker.Logins;
using AotBroker.Profiles;
using AotBroker.Runtime;
using AotBroker.Schemas;
using AotBroker.Settings;

namespace AotBroker.Tests;

/// <summary>What is sent to refresh a login, to the letter.</summary>
public sealed class RefreshRequestTests : IDisposable
{
    private readonly Machine _machine = new();
    private readonly PinnedHttp _http = new();
    private readonly RawServer _server = new(RawServer.Answer(200, $$"""{"access_token":"{{Made.AccessToken()}}","expires_in":"600","refresh_token":"sk-ant-ort01-next"}"""));

    public void Dispose()
    {
        _server.Dispose();
        _http.Dispose();
        _machine.Dispose();
    }

    [Fact]
    public void The_beta_of_the_federation_is_not_named_and_the_scope_is_not_sent()
    {
        LoginProfile login = new()
        {
            Name = "ci",
            File = "/configs/ci.json",
            SelectedBy = "a test",
            IdentityOrigin = "a test",
            CredentialsFile = "/credentials/ci.json",
            ClientId = "a \"client\"",
            Address = new Setting(_server.Url + "/gateway", "a test"),
            OrganizationId = Setting.Unset,
            WorkspaceId = new Setting("wrkspc_01", "a test"),
        };

        ExchangeResult result = new AnthropicRefreshExchange(login, _http, _machine.Environment).Present(new Secret("sk-ant-ort01-old"), _machine.Deadline());

        Assert.Equal(600, result.Credential!.Lifetime);
        Assert.Equal("sk-ant-ort01-next", result.RefreshToken!.Reveal());
        string[] request = Assert.Single(_server.Requests).Split("\r\n\r\n");
        Assert.Equal("""{"grant_type":"refresh_token","refresh_token":"sk-ant-ort01-old","client_id":"a \u0022client\u0022"}""", request[1]);
        string[] head = request[0].Split("\r\n");
        Assert.Equal("POST /gateway/v1/oauth/token HTTP/1.1", head[0]);
        Assert.Contains("anthropic-beta: oauth-2025-04-20", head);
        Assert.Contains("Content-Type: application/json", head);
        Assert.Contains("User-Agent: aotbroker/0.1.0", head);
    }
}
