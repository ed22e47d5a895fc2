using AotBroker.Exchange;
using AotBroker.Flights;
using AotBroker.Schemas;

namespace AotBroker.Tests;

/// <summary>Advisory from 120 s, mandatory from 30 s before expiry, as Anthropic's SDKs do; unless the caller asks for more.</summary>
public sealed class FreshnessTests
{
    private const long Now = TestClock.StartSeconds;

    /// <summary>A credential with so much of its life left.</summary>
    private static Credential With(long remaining, long lifetime = 3600) => Made.Credential(Now + remaining - lifetime, lifetime);

    [Theory]
    [InlineData(3600, 3600, true)]
    [InlineData(121, 3600, true)]
    [InlineData(120, 3600, false)]
    [InlineData(31, 3600, false)]
    [InlineData(-1, 3600, false)]
    [InlineData(60, 60, true)]
    [InlineData(31, 60, true)]
    [InlineData(30, 60, false)]
    [InlineData(121, 240, true)]
    [InlineData(120, 240, false)]
    public void It_is_served_without_renewal_above_120_seconds_or_half_a_short_life(long remaining, long lifetime, bool isAccepted) =>
        Assert.Equal(isAccepted, new Freshness().Accepts(With(remaining, lifetime), Now));

    [Theory]
    [InlineData(120, 3600, true)]
    [InlineData(31, 3600, true)]
    [InlineData(30, 3600, false)]
    [InlineData(0, 3600, false)]
    [InlineData(16, 60, true)]
    [InlineData(15, 60, false)]
    public void It_is_served_when_it_cannot_be_renewed_above_30_seconds_or_a_quarter_of_a_short_life(long remaining, long lifetime, bool isTolerated) =>
        Assert.Equal(isTolerated, new Freshness().Tolerates(With(remaining, lifetime), Now));

    [Theory]
    [InlineData(901, true)]
    [InlineData(900, false)]
    [InlineData(121, false)]
    public void A_caller_may_ask_for_a_longer_remaining_life(long remaining, bool isAccepted) =>
        Assert.Equal(isAccepted, new Freshness { MinimumLife = 900 }.Accepts(With(remaining), Now));

    [Theory]
    [InlineData(0, 1, true)]
    [InlineData(0, 0, false)]
    [InlineData(10, 11, true)]
    [InlineData(10, 10, false)]
    public void A_caller_may_ask_for_a_shorter_remaining_life(long minimum, long remaining, bool isAccepted) =>
        Assert.Equal(isAccepted, new Freshness { MinimumLife = minimum }.Accepts(With(remaining), Now));

    [Theory]
    [InlineData(3600, 1801, true)]
    [InlineData(3600, 1800, false)]
    [InlineData(long.MaxValue, 1801, true)]
    public void What_is_asked_beyond_any_granted_life_is_half_of_that_life(long minimum, long remaining, bool isAccepted)
    {
        Freshness freshness = new() { MinimumLife = minimum };

        Assert.Equal(isAccepted, freshness.Accepts(With(remaining), Now));
        Assert.True(freshness.AsksTooMuchOf(With(remaining)));
    }

    [Fact]
    public void What_can_be_met_is_not_too_much()
    {
        Assert.False(new Freshness { MinimumLife = 3599 }.AsksTooMuchOf(With(100)));
        Assert.False(new Freshness().AsksTooMuchOf(With(100)));
    }

    [Fact]
    public void Whoever_asks_for_a_minimum_does_not_get_the_old_one_instead() =>
        Assert.False(new Freshness { MinimumLife = 60 }.Tolerates(With(3000), Now));

    [Fact]
    public void Force_takes_nothing_that_is_there()
    {
        Freshness force = new() { Force = true };

        Assert.False(force.Accepts(With(3600), Now));
        Assert.False(force.Tolerates(With(3600), Now));
    }

    [Fact]
    public void Force_takes_what_was_minted_while_it_waited_but_not_the_one_that_was_refused()
    {
        Credential refused = With(3600);
        Freshness force = new Freshness { Force = true }.Since(Now, refused);

        Assert.False(force.Accepts(refused, Now));
        Assert.True(force.Accepts(Made.Credential(Now), Now));
    }

    [Theory]
    [InlineData(120)]
    [InlineData(1)]
    public void What_was_minted_while_the_caller_waited_is_served_however_short_it_lives(long lifetime)
    {
        Freshness waiting = new Freshness { MinimumLife = 900 }.Since(Now, null);

        Assert.True(waiting.Accepts(Made.Credential(Now, lifetime), Now));
        Assert.False(waiting.Accepts(Made.Credential(Now - 101, 1000), Now));
        Assert.False(waiting.Accepts(Made.Credential(Now, lifetime), Now + lifetime));
    }

    [Fact]
    public void What_is_accepted_at_one_instant_was_accepted_at_every_earlier_one()
    {
        const int Seed = 20300103;
        Random random = new(Seed);
        for (int i = 0; i < 5000; i++)
        {
            Freshness freshness = new() { MinimumLife = random.Next(3) == 0 ? null : random.Next(0, 8000) };
            Credential credential = With(random.Next(1, 4000), random.Next(60, 7200));
            long later = random.Next(0, 4000);
            Assert.True(!freshness.Accepts(credential, Now + later) || freshness.Accepts(credential, Now), $"seed {Seed}, round {i}");
            Assert.True(!freshness.Tolerates(credential, Now + later) || freshness.Tolerates(credential, Now), $"seed {Seed}, round {i}");
            Assert.False(freshness.Accepts(credential, credential.ExpiresAt), $"seed {Seed}, round {i}");
            Assert.False(freshness.Tolerates(credential, credential.ExpiresAt), $"seed {Seed}, round {i}");
        }
    }
}
