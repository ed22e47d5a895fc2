namespace AotBroker;

/// <summary>The instant by which the caller wants an answer. It counts on a clock that nobody can set.</summary>
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

    public bool HasPassed => Remaining == TimeSpan.Zero;

    /// <summary>The earlier of this deadline and one after the given time.</summary>
    public TimeSpan AtMost(TimeSpan limit) => Remaining < limit ? Remaining : limit;
}
