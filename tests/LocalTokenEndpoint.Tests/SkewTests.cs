using System.Net;

namespace LocalTokenEndpoint.Tests;

/// <summary>Thirty seconds, to the second, on a clock that stands still.</summary>
public class SkewTests
{
    [Theory]
    [InlineData(-1, true)]
    [InlineData(0, true)]
    [InlineData(29, true)]
    [InlineData(30, false)]
    public async Task An_assertion_is_accepted_until_thirty_seconds_after_its_end(int secondsAfterEnd, bool isAccepted)
    {
        var request = new TokenRequest
        {
            IssuedAtOffset = TimeSpan.FromMinutes(-5),
            ExpiresAtOffset = TimeSpan.FromSeconds(-secondsAfterEnd),
        };

        await AssertAccepted(request, isAccepted, Reasons.Expired);
    }

    [Theory]
    [InlineData(30, true)]
    [InlineData(31, false)]
    public async Task An_assertion_is_accepted_from_thirty_seconds_before_its_beginning(int secondsBefore, bool isAccepted)
    {
        var request = new TokenRequest { NotBeforeOffset = TimeSpan.FromSeconds(secondsBefore) };

        await AssertAccepted(request, isAccepted, Reasons.NotYetValid);
    }

    [Theory]
    [InlineData(30, true)]
    [InlineData(31, false)]
    public async Task An_assertion_may_have_been_issued_thirty_seconds_from_now(int secondsFromNow, bool isAccepted)
    {
        var request = new TokenRequest
        {
            IssuedAtOffset = TimeSpan.FromSeconds(secondsFromNow),
            NotBeforeOffset = TimeSpan.Zero,
        };

        await AssertAccepted(request, isAccepted, Reasons.NotYetValid);
    }

    [Theory]
    [InlineData(600, true)]
    [InlineData(601, false)]
    public async Task The_longest_life_is_a_setting_and_has_no_skew(int seconds, bool isAccepted)
    {
        var request = new TokenRequest { Lifetime = TimeSpan.FromSeconds(seconds) };

        await AssertAccepted(request, isAccepted, Reasons.LifetimeTooLong, TimeSpan.FromMinutes(10));
    }

    private static async Task AssertAccepted(
        TokenRequest request, bool isAccepted, string reasonOtherwise, TimeSpan? maximumLifetime = null)
    {
        await using var endpoint = await LocalEndpoint.StartAsync(new LocalEndpointOptions
        {
            Time = new FixedTime(),
            MaximumAssertionLifetime = maximumLifetime ?? TimeSpan.FromHours(1),
        });

        using var response = await endpoint.PresentAsync(endpoint.Issuer.Mint(request));

        Assert.Equal(isAccepted ? HttpStatusCode.OK : HttpStatusCode.Unauthorized, response.StatusCode);
        Assert.Equal(isAccepted ? null : reasonOtherwise, endpoint.OnlyTokenEvent().Reason);
    }
}
