namespace AotBroker.Runtime;

/// <summary>The instant by which the caller wants an answer. It uses a clock that cannot be set.</summary>
internal readonly record struct Deadline
{
    private readonly TimeProvider _clock;
    private readonly long _start;

    private Deadline(TimeProvider clock, TimeSpan length)
    {
        _clock = clock;
        _start = clock.GetTimestamp();
        Length = length;
    }

    /// <summary>How much time there was at the start.</summary>
    public TimeSpan Length { get; }

    public static Deadline After(TimeSpan length, TimeProvider clock) => new(clock, length);

    /// <summary>What is left, never negative.</summary>
    public TimeSpan Remaining
    {
        get
        {
            TimeSpan left = Length - _clock.GetElapsedTime(_start);
            return left > TimeSpan.Zero ? left : TimeSpan.Zero;
        }
    }

    /// <summary>
    /// Whether too little time is left for anything. The limit is not zero: a timer cancels work at the deadline, and
    /// timers use the kernel's coarse clock, so they may fire some milliseconds early.
    /// </summary>
    public bool HasPassed => Remaining < TimeSpan.FromMilliseconds(20);

    /// <summary>The earlier of this deadline and one after the given time.</summary>
    public TimeSpan AtMost(TimeSpan limit) => Remaining < limit ? Remaining : limit;
}
