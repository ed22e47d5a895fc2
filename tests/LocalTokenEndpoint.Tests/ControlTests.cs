using System.Net;
using System.Text;

namespace LocalTokenEndpoint.Tests;

/// <summary>What a script can do over HTTP.</summary>
public class ControlTests
{
    [Fact]
    public async Task Minted_tokens_are_as_ordered()
    {
        await using var endpoint = await LocalEndpoint.StartAsync();

        using var plain = await SendAsync(endpoint, HttpMethod.Post, EndpointPaths.Mint);
        const string order = """{"algorithm":"ES256","jwt_id":null,"claims":{"ref":"a"},"key_id":"unknown"}""";
        using var ordered = await SendAsync(endpoint, HttpMethod.Post, EndpointPaths.Mint, order);

        using var exchanged = await endpoint.PresentAsync(await TokenOf(plain));
        Assert.Equal(HttpStatusCode.OK, exchanged.StatusCode);
        var token = Assertion.Parse(await TokenOf(ordered))!;
        Assert.Equal("ES256", token.Algorithm);
        Assert.Null(token.JwtId);
        Assert.True(token.HasClaim("ref", "a"));
        Assert.Null(endpoint.Issuer.Keys.Find(token.KeyId!));
    }

    [Fact]
    public async Task Faults_are_added_and_cleared()
    {
        await using var endpoint = await LocalEndpoint.StartAsync();
        const string order = """{"kind":"status","status":429,"headers":{"Retry-After":"3"},"times":null,"spend_first":true}""";

        using var added = await SendAsync(endpoint, HttpMethod.Post, EndpointPaths.FaultList, order);
        using var first = await endpoint.PresentAsync();
        using var second = await endpoint.PresentAsync();
        using var cleared = await SendAsync(endpoint, HttpMethod.Delete, EndpointPaths.FaultList);
        using var third = await endpoint.PresentAsync();

        Assert.Equal([429, 429, 200], new[] { first, second, third }.Select(response => (int)response.StatusCode));
        Assert.Equal("3", Assert.Single(first.Headers.GetValues("Retry-After")));
        Assert.True(endpoint.Events.Snapshot()[0].Spent);
    }

    [Fact]
    public async Task Every_kind_of_fault_can_be_ordered_by_its_name()
    {
        await using var endpoint = await LocalEndpoint.StartAsync();

        foreach (var kind in Enum.GetValues<FaultKind>())
        {
            var order = $$"""{"target":"git_hub","kind":"{{FaultyAnswer.NameOf(kind)}}"}""";
            using var response = await SendAsync(endpoint, HttpMethod.Post, EndpointPaths.FaultList, order);
            Assert.Equal(HttpStatusCode.NoContent, response.StatusCode);
        }
    }

    [Fact]
    public async Task Held_answers_are_released()
    {
        await using var endpoint = await LocalEndpoint.StartAsync();
        using var added = await SendAsync(endpoint, HttpMethod.Post, EndpointPaths.FaultList, """{"kind":"hold"}""");
        var held = endpoint.PresentAsync();
        await endpoint.Events.WaitForAsync(one => one.Fault == "hold");

        using var released = await SendAsync(endpoint, HttpMethod.Post, EndpointPaths.ReleaseHeld);

        using var response = await held;
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Fact]
    public async Task Events_are_listed_newest_last_and_forgotten_on_demand()
    {
        await using var endpoint = await LocalEndpoint.StartAsync();
        var assertion = endpoint.Issuer.Mint();
        using var granted = await endpoint.PresentAsync(assertion);
        using var refused = await endpoint.PresentAsync(assertion);

        using var listed = await SendAsync(endpoint, HttpMethod.Get, EndpointPaths.Events);
        using var forgotten = await SendAsync(endpoint, HttpMethod.Delete, EndpointPaths.Events);

        var events = (await listed.ReadJsonAsync()).EnumerateArray().ToList();
        Assert.Equal(["granted", "refused"], events.Select(one => one.GetProperty("outcome").GetString()));
        Assert.Equal([1, 2], events.Select(one => one.GetProperty("sequence").GetInt64()));
        Assert.Equal("jti_reused", events[1].GetProperty("reason").GetString());
        Assert.DoesNotContain(assertion, events[0].GetRawText(), StringComparison.Ordinal);
        Assert.Empty(endpoint.Events.Snapshot());
    }

    [Theory]
    [InlineData(EndpointPaths.Mint, """{"lifetime":5}""")]
    [InlineData(EndpointPaths.Mint, """{"algorithm":"XS1"}""")]
    [InlineData(EndpointPaths.FaultList, """{"kind":"imagined"}""")]
    [InlineData(EndpointPaths.FaultList, "{")]
    public async Task A_script_s_slip_is_told_at_once(string path, string order)
    {
        await using var endpoint = await LocalEndpoint.StartAsync();

        using var response = await SendAsync(endpoint, HttpMethod.Post, path, order);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.NotEqual("", (await response.ReadJsonAsync()).GetProperty("error").GetString());
    }

    [Fact]
    public async Task Health_is_ok_and_what_nobody_knows_is_not_found_and_noted()
    {
        await using var endpoint = await LocalEndpoint.StartAsync();

        using var healthy = await SendAsync(endpoint, HttpMethod.Get, EndpointPaths.Health);
        using var unknown = await SendAsync(endpoint, HttpMethod.Get, "/v1/nothing");

        Assert.Equal("ok", (await healthy.ReadJsonAsync()).GetProperty("status").GetString());
        Assert.Equal("not_found_error", (await unknown.ReadErrorAsync()).Type);
        Assert.Equal("/v1/nothing", Assert.Single(endpoint.Events.Snapshot()).Path);
    }

    private static async Task<string> TokenOf(HttpResponseMessage response) =>
        (await response.ReadJsonAsync()).GetProperty("token").GetString()!;

    private static async Task<HttpResponseMessage> SendAsync(
        LocalEndpoint endpoint, HttpMethod method, string path, string? body = null)
    {
        using var request = new HttpRequestMessage(method, endpoint.HttpUrl + path);
        request.Content = body is null ? null : new StringContent(body, Encoding.UTF8, "application/json");
        return await Presenting.Client.SendAsync(request);
    }
}
