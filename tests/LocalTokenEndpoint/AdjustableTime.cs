namespace LocalTokenEndpoint;

/// <summary>
/// The endpoint's clock: another clock, moved by an offset that a test may change at any moment.
/// Only the time of day moves; timers and delays run on the inner clock, or a test that jumps an hour ahead would hang.
/// </summary>
public sealed class AdjustableTime(TimeProvider inner) : TimeProvider
{
    private long _offsetTicks;

    /// <summary>How far ahead of the inner clock this one is; negative when behind.</summary>
    public TimeSpan Offset
    {
        get => TimeSpan.FromTicks(Interlocked.Read(ref _offsetTicks));
        set => Interlocked.Exchange(ref _offsetTicks, value.Ticks);
    }

    public void Advance(TimeSpan by) => Interlocked.Add(ref _offsetTicks, by.Ticks);

    public override DateTimeOffset GetUtcNow() => inner.GetUtcNow() + Offset;

    public override TimeZoneInfo LocalTimeZone => inner.LocalTimeZone;

    public override long TimestampFrequency => inner.TimestampFrequency;

    public override long GetTimestamp() => inner.GetTimestamp();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        inner.CreateTimer(callback, state, dueTime, period);
}
