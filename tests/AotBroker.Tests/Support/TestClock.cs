namespace AotBroker.Tests;

/// <summary>
/// A time of day that stands still unless a test moves it, so that edges are exact. What measures durations (deadlines,
/// timers) runs on the system's clock: it is only ever a bound.
/// </summary>
internal sealed class TestClock : TimeProvider
{
    public const long StartSeconds = 1893456000; // 2030-01-01T00:00:00Z

    private long _seconds = StartSeconds;

    /// <summary>Unix seconds.</summary>
    public long Now
    {
        get => Interlocked.Read(ref _seconds);
        set => Interlocked.Exchange(ref _seconds, value);
    }

    public void Advance(long seconds) => Interlocked.Add(ref _seconds, seconds);

    public override DateTimeOffset GetUtcNow() => DateTimeOffset.FromUnixTimeSeconds(Now);
}
