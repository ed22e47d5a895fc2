using AotBroker.Exchange;
using AotBroker.Flights;
using AotBroker.Schemas;

namespace AotBroker.Publishing;

/// <summary>When a published credential is renewed, so that no SDK that reads it ever tries to renew it.</summary>
/// <remarks>
/// SDKs try from 120 s before expiry (<see cref="Freshness"/>). A fleet that was started at the same time would
/// always renew at the same time: hence the jitter.
/// </remarks>
/// <param name="random">Gives numbers from 0 to 1.</param>
internal sealed class RefreshSchedule(Func<double> random)
{
    /// <summary>Seconds: an SDK's 120 and a minute in which the renewal may fail and be tried again.</summary>
    private const long Lead = 180;

    /// <summary>Seconds by which a renewal may be earlier.</summary>
    private const long LargestJitter = 60;

    /// <summary>Seconds after the first failure; each further failure doubles it.</summary>
    private const long FirstPause = 5;

    private const long LongestPause = 30;

    private long _expiresAt;
    private long _failures;
    private long _notBefore;

    /// <summary>The remaining life, in seconds, at which the credential is to be renewed.</summary>
    public long RenewBelow { get; private set; }

    /// <summary>A credential was published.</summary>
    public void Renewed(Credential credential)
    {
        long jitter = (long)(random() * LargestJitter);
        // A credential that lives for one minute cannot have two left: it is renewed after a third of its life.
        RenewBelow = Math.Min(Lead + jitter, credential.Lifetime / 3 * 2);
        _expiresAt = credential.ExpiresAt;
        _failures = 0;
        _notBefore = 0;
    }

    /// <summary>A renewal failed.</summary>
    public void Failed(long now)
    {
        long pause = Math.Min(FirstPause << (int)Math.Min(_failures, 8), LongestPause);
        _failures++;
        _notBefore = now + pause + (long)(random() * pause / 2);
    }

    /// <summary>Seconds until the next renewal; 0 if it is due.</summary>
    public long Until(long now) => Math.Max(0, Math.Max(_expiresAt - RenewBelow, _notBefore) - now);
}
