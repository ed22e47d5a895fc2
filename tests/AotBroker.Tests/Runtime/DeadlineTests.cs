using AotBroker.Runtime;

namespace AotBroker.Tests;

public sealed class DeadlineTests
{
    [Theory]
    [InlineData(0, true)]
    [InlineData(1979, false)]
    [InlineData(1981, true)]
    [InlineData(2000, true)]
    [InlineData(9000, true)]
    public void What_a_timer_cancels_a_little_early_is_cancelled_by_the_deadline(long elapsed, bool hasPassed)
    {
        StopWatchClock clock = new();
        Deadline deadline = Deadline.After(TimeSpan.FromMilliseconds(elapsed == 0 ? 0 : 2000), clock);

        clock.Milliseconds = elapsed;

        Assert.Equal(hasPassed, deadline.HasPassed);
        Assert.True(deadline.Remaining >= TimeSpan.Zero);
    }

    private sealed class StopWatchClock : TimeProvider
    {
        public long Milliseconds { get; set; }

        public override long TimestampFrequency => 1000;

        public override long GetTimestamp() => Milliseconds;
    }
}
