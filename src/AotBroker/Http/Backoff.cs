using System.Security.Cryptography;
using AotBroker.Runtime;

namespace AotBroker.Http;

/// <summary>How long to wait before the next attempt: as the server says, otherwise doubling from a quarter of a second, with jitter.</summary>
internal static class Backoff
{
    /// <summary>Waits.</summary>
    /// <param name="attempt">The attempt that failed, from 1.</param>
    /// <returns>False, at once, if the wait would not end before the deadline.</returns>
    public static bool Pause(int attempt, TimeSpan? retryAfter, Deadline deadline)
    {
        // Jitter, so that machines which failed together do not come back together.
        double jitter = 1 + (RandomNumberGenerator.GetInt32(500) / 1000.0);
        TimeSpan own = TimeSpan.FromMilliseconds(250 * Math.Pow(2, attempt - 1) * jitter);
        TimeSpan wait = retryAfter > own ? retryAfter.Value : own;
        if (wait >= deadline.Remaining)
        {
            return false;
        }
        Thread.Sleep(wait);
        return true;
    }
}
