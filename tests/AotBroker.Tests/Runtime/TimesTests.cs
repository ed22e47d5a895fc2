using AotBroker.Runtime;

namespace AotBroker.Tests;

/// <summary>Instants and durations in words.</summary>
public sealed class TimesTests
{
    [Theory]
    [InlineData(0, "0 s")]
    [InlineData(59, "59 s")]
    [InlineData(60, "1 min")]
    [InlineData(61, "1 min 1 s")]
    [InlineData(3599, "59 min 59 s")]
    [InlineData(3600, "1 h")]
    [InlineData(3660, "1 h 1 min")]
    [InlineData(86400, "1 d")]
    [InlineData(90000, "1 d 1 h")]
    [InlineData(-61, "1 min 1 s")]
    public void A_duration_has_its_two_largest_units(long seconds, string expected) => Assert.Equal(expected, Times.Duration(seconds));

    [Theory]
    [InlineData(100, 142, "42 s ago")]
    [InlineData(142, 100, "in 42 s")]
    [InlineData(100, 100, "0 s ago")]
    public void An_instant_is_told_from_now(long then, long now, string expected) => Assert.Equal(expected, Times.Ago(then, now));

    [Theory]
    [InlineData(0, "1970-01-01T00:00:00Z")]
    [InlineData(1893456000, "2030-01-01T00:00:00Z")]
    [InlineData(253402300799, "9999-12-31T23:59:59Z")]
    [InlineData(253402300800, "second 253402300800")]
    [InlineData(-1, "second -1")]
    public void An_instant_is_told_in_utc_or_as_a_number(long seconds, string expected) => Assert.Equal(expected, Times.Utc(seconds));

    [Fact]
    public void The_ends_of_time_are_told_too()
    {
        Assert.NotEmpty(Times.Duration(long.MaxValue));
        Assert.NotEmpty(Times.Duration(long.MinValue + 1));
    }
}
