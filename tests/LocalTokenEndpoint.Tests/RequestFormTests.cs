using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;

namespace LocalTokenEndpoint.Tests;

/// <summary>A malformed request is told so, and spends nothing.</summary>
public class RequestFormTests
{
    public static TheoryData<string> Wrong_bodies => [.. s_bodies.Keys];

    private static readonly Dictionary<string, Action<JsonObject>> s_bodies = new()
    {
        ["grant_type: field required"] = body => body.Remove("grant_type"),
        ["grant_type: not supported"] = body => body["grant_type"] = "client_credentials",
        ["assertion: field required"] = body => body.Remove("assertion"),
        ["assertion: must be a string"] = body => body["assertion"] = 1,
        ["federation_rule_id: field required"] = body => body.Remove("federation_rule_id"),
        ["federation_rule_id: must be a tagged"] = body => body["federation_rule_id"] = "rule_1",
        ["organization_id: field required"] = body => body.Remove("organization_id"),
        ["organization_id: must be a UUID"] = body => body["organization_id"] = "org_1",
        ["service_account_id: must be a tagged"] = body => body["service_account_id"] = "fdrl_1",
        ["workspace_id: must be a tagged"] = body => body["workspace_id"] = "wrkspc_",
        ["workspace_id: must not be empty"] = body => body["workspace_id"] = "",
        ["service_account_id: must be a string"] = body => body["service_account_id"] = null,
        ["scope: extra inputs are not permitted"] = body => body["scope"] = "user:inference",
    };

    [Theory]
    [MemberData(nameof(Wrong_bodies))]
    public async Task A_body_that_is_not_exactly_the_grant_s_is_an_invalid_request(string message)
    {
        await using var endpoint = await LocalEndpoint.StartAsync();

        using var response = await endpoint.PresentAsync(change: s_bodies[message]);

        await AssertInvalidAsync(endpoint, response, message);
    }

    [Theory]
    [InlineData("not json", "body: is not valid JSON")]
    [InlineData("[]", "body: must be a JSON object")]
    [InlineData("""{"grant_type":"a","grant_type":"b"}""", "body: is not valid JSON")]
    public async Task A_body_that_is_not_one_object_is_an_invalid_request(string text, string message)
    {
        await using var endpoint = await LocalEndpoint.StartAsync();
        using var request = endpoint.TokenRequest([]);
        request.Content = new StringContent(text, Encoding.UTF8, "application/json");

        using var response = await Presenting.Client.SendAsync(request);

        await AssertInvalidAsync(endpoint, response, message);
    }

    [Theory]
    [InlineData("oauth-2025-04-20", "oidc-federation-2026-04-01 is required")]
    [InlineData("oidc-federation-2026-04-01", "oauth-2025-04-20 is required")]
    [InlineData(Presenting.Betas + ",another-2026-01-01", "unexpected value another-2026-01-01")]
    public async Task The_two_betas_and_no_other_are_required(string betas, string message)
    {
        await using var endpoint = await LocalEndpoint.StartAsync();
        using var request = endpoint.TokenRequest(endpoint.FederationBody(endpoint.Issuer.Mint()), betas);

        using var response = await Presenting.Client.SendAsync(request);

        await AssertInvalidAsync(endpoint, response, message);
    }

    [Fact]
    public async Task The_betas_may_stand_in_two_lines_and_the_type_may_name_its_charset()
    {
        await using var endpoint = await LocalEndpoint.StartAsync();
        using var request = endpoint.TokenRequest(endpoint.FederationBody(endpoint.Issuer.Mint()));
        request.Headers.Remove("anthropic-beta");
        request.Headers.Add("anthropic-beta", ["oidc-federation-2026-04-01", "oauth-2025-04-20"]);

        using var response = await Presenting.Client.SendAsync(request);

        Assert.Equal("utf-8", request.Content!.Headers.ContentType!.CharSet);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Fact]
    public async Task A_form_is_not_json()
    {
        await using var endpoint = await LocalEndpoint.StartAsync();
        using var request = endpoint.TokenRequest(endpoint.FederationBody(endpoint.Issuer.Mint()));
        request.Content!.Headers.ContentType = new MediaTypeHeaderValue("application/x-www-form-urlencoded");

        using var response = await Presenting.Client.SendAsync(request);

        await AssertInvalidAsync(endpoint, response, "Content-Type");
    }

    [Fact]
    public async Task A_client_need_not_say_who_it_is()
    {
        // The official C# SDK does not.
        await using var endpoint = await LocalEndpoint.StartAsync();
        using var request = endpoint.TokenRequest(endpoint.FederationBody(endpoint.Issuer.Mint()));
        request.Headers.UserAgent.Clear();

        using var response = await Presenting.Client.SendAsync(request);

        Assert.True(response.IsSuccessStatusCode);
        Assert.Null(Assert.Single(endpoint.Events.Snapshot()).UserAgent);
    }

    [Fact]
    public async Task Other_methods_are_not_allowed()
    {
        await using var endpoint = await LocalEndpoint.StartAsync();

        using var response = await Presenting.Client.GetAsync(new Uri(endpoint.HttpUrl + EndpointPaths.Token));

        Assert.Equal(HttpStatusCode.MethodNotAllowed, response.StatusCode);
        Assert.Equal("POST", Assert.Single(response.Content.Headers.Allow));
        Assert.Equal(Reasons.MethodNotAllowed, endpoint.OnlyTokenEvent().Reason);
    }

    [Fact]
    public async Task A_request_beyond_all_measure_is_not_read()
    {
        await using var endpoint = await LocalEndpoint.StartAsync();

        using var response = await endpoint.PresentAsync(new string('x', 100_000));

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, response.StatusCode);
        Assert.Equal(Reasons.RequestTooLarge, endpoint.OnlyTokenEvent().Reason);
    }

    private static async Task AssertInvalidAsync(LocalEndpoint endpoint, HttpResponseMessage response, string message)
    {
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        var error = await response.ReadErrorAsync();
        Assert.Equal("invalid_request_error", error.Type);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        var one = endpoint.OnlyTokenEvent();
        Assert.Equal((Reasons.InvalidRequest, false), (one.Reason, one.Spent));
        Assert.Equal(0, endpoint.Grants.Count);
    }
}
