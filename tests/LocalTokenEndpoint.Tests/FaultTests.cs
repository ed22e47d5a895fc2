using System.Net;

namespace LocalTokenEndpoint.Tests;

/// <summary>Faults that end in an answer, or in the connection's end.</summary>
public class FaultTests
{
    [Fact]
    public async Task A_status_comes_as_often_as_asked_and_spends_nothing()
    {
        await using var endpoint = await LocalEndpoint.StartAsync();
        var headers = new Dictionary<string, string> { ["Retry-After"] = "7" };
        endpoint.Faults.Add(Fault.Status(503, headers: headers), times: 2);
        var assertion = endpoint.Issuer.Mint();

        using var first = await endpoint.PresentAsync(assertion);
        using var second = await endpoint.PresentAsync(assertion);
        using var third = await endpoint.PresentAsync(assertion);

        Assert.Equal(
            [HttpStatusCode.ServiceUnavailable, HttpStatusCode.ServiceUnavailable, HttpStatusCode.OK],
            new[] { first, second, third }.Select(response => response.StatusCode));
        Assert.Equal("7", Assert.Single(first.Headers.GetValues("Retry-After")));
        Assert.Equal("api_error", (await first.ReadErrorAsync()).Type);
        var one = endpoint.Events.Snapshot()[0];
        Assert.Equal((Outcomes.Fault, "status", "status", false), (one.Outcome, one.Reason, one.Fault, one.Spent));
        Assert.Equal(TokenDigest.Of(assertion), one.AssertionDigest);
        Assert.Equal(503, one.Status);
    }

    [Fact]
    public async Task A_status_may_come_after_the_assertion_was_spent()
    {
        await using var endpoint = await LocalEndpoint.StartAsync();
        endpoint.Faults.Add(Fault.Status(500, "a body of its own") with { SpendFirst = true });
        var assertion = endpoint.Issuer.Mint();

        using var first = await endpoint.PresentAsync(assertion);
        using var second = await endpoint.PresentAsync(assertion);

        Assert.Equal("a body of its own", await first.Content.ReadAsStringAsync());
        Assert.Equal((Outcomes.Fault, true), (endpoint.Events.Snapshot()[0].Outcome, endpoint.Events.Snapshot()[0].Spent));
        Assert.Equal(Reasons.JtiReused, endpoint.Events.Snapshot()[1].Reason);
        Assert.Equal(0, endpoint.Events.GrantedExchanges);
    }

    [Fact]
    public async Task A_fault_lasts_until_it_is_cleared_and_may_choose_its_requests()
    {
        await using var endpoint = await LocalEndpoint.StartAsync();
        endpoint.Faults.Add(Fault.Status(500), times: null, when: request => request.Number % 2 == 1);

        var statuses = new List<HttpStatusCode>();
        for (var count = 0; count < 5; count++)
        {
            if (count == 4)
            {
                endpoint.Faults.Clear();
            }

            using var response = await endpoint.PresentAsync();
            statuses.Add(response.StatusCode);
        }

        Assert.Equal([500, 200, 500, 200, 200], statuses.Select(status => (int)status));
    }

    [Fact]
    public async Task A_connection_cut_before_reading_spends_nothing()
    {
        await using var endpoint = await LocalEndpoint.StartAsync();
        endpoint.Faults.Add(Fault.DropBeforeReading());
        var assertion = endpoint.Issuer.Mint();

        await Assert.ThrowsAsync<HttpRequestException>(() => endpoint.PresentAsync(assertion));
        using var response = await endpoint.PresentAsync(assertion);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        var one = endpoint.Events.Snapshot()[0];
        Assert.Equal((Outcomes.Fault, "drop_before_reading", false), (one.Outcome, one.Reason, one.Spent));
        Assert.Null(one.Status);
    }

    [Fact]
    public async Task A_connection_cut_after_spending_leaves_the_client_without_its_token()
    {
        await using var endpoint = await LocalEndpoint.StartAsync();
        endpoint.Faults.Add(Fault.DropAfterSpending());
        var assertion = endpoint.Issuer.Mint();

        await Assert.ThrowsAsync<HttpRequestException>(() => endpoint.PresentAsync(assertion));
        using var response = await endpoint.PresentAsync(assertion);

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        var one = endpoint.Events.Snapshot()[0];
        Assert.Equal((Outcomes.Fault, "drop_after_spending", true), (one.Outcome, one.Reason, one.Spent));
        Assert.Null(one.Status);
        Assert.Equal(Reasons.JtiReused, endpoint.Events.Snapshot()[1].Reason);
    }

    [Fact]
    public async Task A_redirect_leads_to_where_followers_are_seen()
    {
        await using var endpoint = await LocalEndpoint.StartAsync();
        endpoint.Faults.Add(Fault.Redirect());
        using var follower = new HttpClient();
        using var request = endpoint.TokenRequest(endpoint.FederationBody(endpoint.Issuer.Mint()));

        using var response = await follower.SendAsync(request);

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        Assert.Equal(307, endpoint.Events.Snapshot()[0].Status);
        Assert.Equal(Reasons.UnknownPath, Assert.Single(endpoint.Events.At(EndpointPaths.RedirectTarget)).Reason);
    }

    public static TheoryData<FaultKind> Spoiled_answers =>
    [
        FaultKind.NotJson,
        FaultKind.HtmlBody,
        FaultKind.NullBody,
        FaultKind.OmitExpiresIn,
        FaultKind.WrongTokenType,
        FaultKind.OversizedAnswer,
    ];

    [Theory]
    [MemberData(nameof(Spoiled_answers))]
    public async Task An_answer_that_is_spoiled_was_a_grant(FaultKind kind)
    {
        await using var endpoint = await LocalEndpoint.StartAsync();
        endpoint.Faults.Add(new FaultOrder { Kind = kind }.ToFault());

        using var response = await endpoint.PresentAsync();
        var body = await response.Content.ReadAsStringAsync();

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        var one = endpoint.OnlyTokenEvent();
        Assert.Equal((Outcomes.Fault, true), (one.Outcome, one.Spent));
        Assert.True(kind switch
        {
            FaultKind.NotJson => body == "this is not JSON",
            FaultKind.HtmlBody => response.Content.Headers.ContentType!.MediaType == "text/html"
                && body.StartsWith("<!doctype", StringComparison.Ordinal),
            FaultKind.NullBody => body == "null",
            FaultKind.OmitExpiresIn => !body.Contains("expires_in", StringComparison.Ordinal),
            FaultKind.WrongTokenType => body.Contains("\"token_type\":\"DPoP\"", StringComparison.Ordinal),
            _ => body.Length > 2 * 1024 * 1024 && body.StartsWith("{\"access_token\":", StringComparison.Ordinal),
        });
    }

    [Fact]
    public async Task A_shorter_life_can_be_told_than_is_granted()
    {
        await using var endpoint = await LocalEndpoint.StartAsync(new LocalEndpointOptions { Time = new FixedTime() });
        endpoint.Faults.Add(Fault.ExpiresIn(9));

        using var response = await endpoint.PresentAsync();

        Assert.Equal(9, (await response.ReadJsonAsync()).GetProperty("expires_in").GetInt32());
        var one = endpoint.OnlyTokenEvent();
        Assert.Equal((Outcomes.Granted, "expires_in"), (one.Outcome, one.Fault));
    }

    [Fact]
    public async Task An_expiry_in_quotation_marks_is_still_a_grant()
    {
        await using var endpoint = await LocalEndpoint.StartAsync(new LocalEndpointOptions { Time = new FixedTime() });
        endpoint.Faults.Add(Fault.ExpiresInAsString());

        using var response = await endpoint.PresentAsync();

        Assert.Equal("600", (await response.ReadJsonAsync()).GetProperty("expires_in").GetString());
        var one = endpoint.OnlyTokenEvent();
        Assert.Equal((Outcomes.Granted, "expires_in_as_string"), (one.Outcome, one.Fault));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_refusal_may_repeat_the_assertion(bool inMessage)
    {
        await using var endpoint = await LocalEndpoint.StartAsync();
        endpoint.Faults.Add(Fault.EchoAssertionInBody(inMessage));
        var assertion = endpoint.Issuer.Mint();

        using var response = await endpoint.PresentAsync(assertion);

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        Assert.Contains(assertion, await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(inMessage, (await response.ReadErrorAsync()).Message.Contains(assertion, StringComparison.Ordinal));
        Assert.False(endpoint.OnlyTokenEvent().Spent);
    }

    [Fact]
    public async Task A_fault_does_not_hide_a_true_refusal()
    {
        await using var endpoint = await LocalEndpoint.StartAsync();
        endpoint.Faults.Add(Fault.NotJson());

        using var response = await endpoint.PresentAsync(endpoint.Issuer.Mint(new TokenRequest { TamperSignature = true }));

        Assert.Equal("this is not JSON", await response.Content.ReadAsStringAsync());
        var one = endpoint.OnlyTokenEvent();
        Assert.Equal((Outcomes.Refused, Reasons.BadSignature, "not_json"), (one.Outcome, one.Reason, one.Fault));
    }
}
