using AotBroker.Files;
using AotBroker.Schemas;

namespace AotBroker.Flights;

/// <summary>What the records say of a token that is about to be presented.</summary>
internal enum Verdict
{
    /// <summary>No process has presented it; the intent is recorded.</summary>
    First,

    /// <summary>
    /// It was presented once, or may have been, and how that ended is not known; this second time is recorded, and the
    /// last.
    /// </summary>
    Second,

    /// <summary>It was presented, and must not be again.</summary>
    Spent,

    /// <summary>Another process presents it at this moment.</summary>
    InFlight,
}

/// <summary>The right to present a token, or why there is none. The record's lock is held until it is disposed of.</summary>
/// <param name="path">The record's path.</param>
/// <param name="intent">What is recorded of this process.</param>
/// <param name="verdict">Whether the token may be presented.</param>
/// <param name="earlier">The earlier presentation; null where nothing is known of it.</param>
/// <param name="gate">The record's lock; null where it is not held.</param>
internal sealed class Reservation(string path, PresentedToken intent, Verdict verdict, PresentedToken? earlier, FlightLock? gate) : IDisposable
{
    public string Path => path;

    public PresentedToken Intent => intent;

    public Verdict Verdict => verdict;

    public PresentedToken? Earlier => earlier;

    /// <summary>Why the intent could not be recorded; null where it was.</summary>
    public string? Unrecorded { get; init; }

    public void Dispose() => gate?.Dispose();
}

/// <summary>What the cache can do here.</summary>
/// <param name="CanWrite">Files can be made.</param>
/// <param name="HasLocks">Locks keep other processes out.</param>
internal readonly record struct CacheAbility(bool CanWrite, bool HasLocks);
