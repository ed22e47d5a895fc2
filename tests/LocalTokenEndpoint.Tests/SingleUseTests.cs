using System.Globalization;
using System.Net;

namespace LocalTokenEndpoint.Tests;

public class SingleUseTests
{
    [Fact]
    public async Task The_second_presentation_is_refused()
    {
        await using var endpoint = await LocalEndpoint.StartAsync();
        var assertion = endpoint.Issuer.Mint();
        using var first = await endpoint.PresentAsync(assertion);

        using var second = await endpoint.PresentAsync(assertion);

        Assert.Equal(HttpStatusCode.OK, first.StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, second.StatusCode);
        Assert.Equal("Authentication failed", (await second.ReadErrorAsync()).Message);
        Assert.Equal(Reasons.JtiReused, endpoint.Events.At(EndpointPaths.Token)[1].Reason);
        Assert.Equal((2, 1), (endpoint.Events.Presentations, endpoint.Events.GrantedExchanges));
    }

    [Fact]
    public async Task Of_many_presentations_at_once_exactly_one_wins()
    {
        await using var endpoint = await LocalEndpoint.StartAsync();
        for (var round = 0; round < 5; round++)
        {
            endpoint.Events.Clear();
            var assertion = endpoint.Issuer.Mint(new TokenRequest { Algorithm = SigningAlgorithm.ES256 });

            var responses = await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => endpoint.PresentAsync(assertion)));

            Assert.Single(responses, response => response.StatusCode == HttpStatusCode.OK);
            Assert.Equal(99, endpoint.Events.Snapshot().Count(one => one.Reason == Reasons.JtiReused));
            Assert.Equal(1, endpoint.Events.GrantedExchanges);
        }
    }

    /// <summary>Over HTTP the window between a look and a leap is too small to be hit; side by side in a loop it is not.</summary>
    [Fact]
    public async Task Of_many_threads_at_once_exactly_one_spends()
    {
        const int threads = 4;
        const int rounds = 50_000;
        var spent = new SpentTokens();
        var wins = new int[rounds];
        using var start = new Barrier(threads);

        await Task.WhenAll(Enumerable.Range(0, threads).Select(_ => Task.Factory.StartNew(
            SpendAll, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)));

        Assert.All(wins, count => Assert.Equal(1, count));

        void SpendAll()
        {
            start.SignalAndWait();
            for (var round = 0; round < rounds; round++)
            {
                if (spent.TrySpend("issuer", round.ToString(CultureInfo.InvariantCulture)))
                {
                    Interlocked.Increment(ref wins[round]);
                }
            }
        }
    }

    [Fact]
    public async Task Another_token_with_the_same_identifier_is_a_replay_too()
    {
        await using var endpoint = await LocalEndpoint.StartAsync();
        using var first = await endpoint.PresentAsync(endpoint.Issuer.Mint(new TokenRequest { JwtId = "same" }));

        var again = new TokenRequest { JwtId = "same", Algorithm = SigningAlgorithm.ES256 };
        using var second = await endpoint.PresentAsync(endpoint.Issuer.Mint(again));

        Assert.Equal(HttpStatusCode.Unauthorized, second.StatusCode);
    }

    [Fact]
    public async Task A_token_without_identifier_may_be_presented_again()
    {
        await using var endpoint = await LocalEndpoint.StartAsync();
        var assertion = endpoint.Issuer.Mint(new TokenRequest { JwtId = null });
        using var first = await endpoint.PresentAsync(assertion);

        using var second = await endpoint.PresentAsync(assertion);

        Assert.Equal(HttpStatusCode.OK, second.StatusCode);
    }

    [Fact]
    public async Task A_rule_may_leave_the_check_out()
    {
        await using var endpoint = await LocalEndpoint.StartAsync();
        endpoint.Rules.Change(rule => rule with { CheckJti = false });
        var assertion = endpoint.Issuer.Mint();
        using var first = await endpoint.PresentAsync(assertion);

        using var second = await endpoint.PresentAsync(assertion);

        Assert.Equal(HttpStatusCode.OK, second.StatusCode);
    }
}
