using System.Security.Cryptography;
using AotBroker.Errors;
using AotBroker.Exchange;
using AotBroker.Identity;
using AotBroker.Runtime;
using AotBroker.Schemas;

namespace AotBroker.Flights;

/// <summary>
/// Waiting for a token that the platform has not written yet. No lock is held meanwhile, so that a process that comes with another
/// token is not kept waiting; what others bring ends it.
/// </summary>
/// <param name="source">Asked for the token as it is.</param>
/// <param name="landed">What is in the cache, if it is fresh enough; null where nothing is.</param>
/// <param name="deadline">When the caller stops waiting.</param>
/// <param name="environment">For the time of day.</param>
internal sealed class RotationWait(IIdentityTokenProvider source, Func<Credential?> landed, Deadline deadline, ProcessEnvironment environment)
{
    /// <summary>How often files are looked at, which costs nothing.</summary>
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(1);

    /// <summary>The longest pause between two questions to a service.</summary>
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);

    private readonly long _until = environment.Now + (long)Math.Ceiling(deadline.Length.TotalSeconds);

    public bool IsOver => deadline.HasPassed;

    /// <summary>The token as it is; null where there is none that can be read.</summary>
    public IdentityToken? TryGetToken()
    {
        try
        {
            return source.GetToken(deadline);
        }
        catch (BrokerException)
        {
            return null; // A file that is being replaced, a service that is busy: there is time.
        }
    }

    /// <summary>What is waited for, and until when.</summary>
    public string Describe(IdentityToken? spent)
    {
        string expected = spent is not null && source.RotatesAt(spent) is { } at && at > environment.Now ? $", which is expected at {Times.Utc(at)}" : "";
        return $"waiting for another identity token from {source.Description}{expected}; giving up at {Times.Utc(_until)}";
    }

    /// <summary>Returns when there is another token than this one, when another process has brought a credential, or when time is over.</summary>
    /// <returns>The credential that another process brought; else null.</returns>
    public Credential? ForOtherThan(IdentityToken? spent)
    {
        TimeSpan pause = Look;
        TimeSpan untilAsked = FirstQuestion(spent);
        while (!deadline.HasPassed)
        {
            TimeSpan step = deadline.AtMost(Look < untilAsked ? Look : untilAsked);
            Thread.Sleep(step);
            untilAsked -= step;
            if (landed() is { } credential)
            {
                return credential;
            }
            if (untilAsked > TimeSpan.Zero)
            {
                continue;
            }
            if (TryGetToken() is { } token && token.Digest != spent?.Digest)
            {
                return null;
            }
            untilAsked = source.IsFile ? Look : Jittered(pause);
            pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
        }
        return null;
    }

    /// <summary>A file is looked at all the time; a service is left alone until it has something new.</summary>
    private TimeSpan FirstQuestion(IdentityToken? spent) =>
        !source.IsFile && spent is not null && source.RotatesAt(spent) is { } at && at > environment.Now
            ? TimeSpan.FromSeconds(Math.Min(at - environment.Now, 86400)) + Jittered(Look)
            : Jittered(Look);

    /// <summary>Processes that wait together do not ask together.</summary>
    private static TimeSpan Jittered(TimeSpan pause) => pause * (0.75 + (RandomNumberGenerator.GetInt32(500) / 1000.0));
}
