using System.Net;

namespace LocalTokenEndpoint.Tests;

/// <summary>Faults that keep a client waiting. The tests wait for events, never for time.</summary>
public class SlowFaultTests
{
    [Fact]
    public async Task An_assertion_is_spent_before_its_answer_is_held_back()
    {
        await using var endpoint = await LocalEndpoint.StartAsync();
        endpoint.Faults.Add(Fault.Hold());
        var assertion = endpoint.Issuer.Mint();

        var held = endpoint.PresentAsync(assertion);
        await endpoint.Events.WaitForAsync(one => one.Fault == "hold");
        using var replay = await endpoint.PresentAsync(assertion);
        Assert.False(held.IsCompleted);
        endpoint.Faults.ReleaseHeld();
        using var response = await held;

        Assert.Equal(HttpStatusCode.Unauthorized, replay.StatusCode);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(Outcomes.Granted, endpoint.Events.Snapshot()[0].Outcome);
    }

    [Fact]
    public async Task A_failure_may_be_held_back_too()
    {
        await using var endpoint = await LocalEndpoint.StartAsync();
        endpoint.Faults.Add(Fault.Status(503) with { IsHeld = true });

        var held = endpoint.PresentAsync();
        await endpoint.Events.WaitForAsync(one => one.Fault == "status");
        using var next = await endpoint.PresentAsync();
        Assert.False(held.IsCompleted);
        endpoint.Faults.ReleaseHeld();
        using var response = await held;

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.ServiceUnavailable), (next.StatusCode, response.StatusCode));
    }

    [Fact]
    public async Task A_delay_is_told_and_the_answer_is_the_true_one()
    {
        await using var endpoint = await LocalEndpoint.StartAsync(
            new LocalEndpointOptions { AnswerDelay = TimeSpan.FromMilliseconds(2) });
        endpoint.Faults.Add(Fault.Delay(TimeSpan.FromMilliseconds(1)));

        using var delayed = await endpoint.PresentAsync();
        using var always = await endpoint.PresentAsync();

        Assert.Equal(HttpStatusCode.OK, delayed.StatusCode);
        Assert.Equal([3, 2], endpoint.Events.Snapshot().Select(one => one.DelayMilliseconds));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_request_that_hangs_is_seen_and_ends_with_the_endpoint(bool spendFirst)
    {
        var endpoint = await LocalEndpoint.StartAsync();
        Task<HttpResponseMessage> hanging;
        await using (endpoint)
        {
            endpoint.Faults.Add(Fault.Hang() with { SpendFirst = spendFirst });
            hanging = endpoint.PresentAsync();

            var one = await endpoint.Events.WaitForAsync(one => one.Fault == "hang");

            Assert.Equal((Outcomes.Fault, spendFirst), (one.Outcome, one.Spent));
            Assert.False(hanging.IsCompleted);
        }

        await Assert.ThrowsAsync<HttpRequestException>(() => hanging);
    }

    [Theory]
    [InlineData(FaultKind.Drip, 20)]
    [InlineData(FaultKind.Endless, 4 * 1024 * 1024)]
    public async Task An_answer_without_end_goes_on_until_the_client_has_had_enough(FaultKind kind, int enough)
    {
        await using var endpoint = await LocalEndpoint.StartAsync();
        endpoint.Faults.Add(new FaultOrder { Kind = kind }.ToFault());
        using var request = endpoint.TokenRequest(endpoint.FederationBody(endpoint.Issuer.Mint()));

        using var response = await Presenting.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        await using var body = await response.Content.ReadAsStreamAsync();
        var buffer = new byte[65536];
        var total = 0;
        while (total < enough)
        {
            var count = await body.ReadAsync(buffer);
            Assert.NotEqual(0, count);
            total += count;
        }

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal((Outcomes.Fault, true), (endpoint.OnlyTokenEvent().Outcome, endpoint.OnlyTokenEvent().Spent));
    }

    [Fact]
    public async Task A_client_that_gives_up_leaves_its_event_and_no_trouble()
    {
        await using var endpoint = await LocalEndpoint.StartAsync();
        endpoint.Faults.Add(Fault.Hold());
        using var patience = new CancellationTokenSource();
        using var request = endpoint.TokenRequest(endpoint.FederationBody(endpoint.Issuer.Mint()));
        var leaving = Presenting.Client.SendAsync(request, patience.Token);
        await endpoint.Events.WaitForAsync(one => one.Fault == "hold");

        await patience.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => leaving);
        endpoint.Faults.ReleaseHeld();
        using var next = await endpoint.PresentAsync();
        Assert.Equal(HttpStatusCode.OK, next.StatusCode);
    }
}
