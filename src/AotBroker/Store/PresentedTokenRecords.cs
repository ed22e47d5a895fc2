using AotBroker.Errors;
using AotBroker.Exchange;
using AotBroker.Identity;
using AotBroker.Profiles;
using AotBroker.Schemas;

namespace AotBroker.Store;

/// <summary>
/// Which identity tokens were presented to which endpoint (invariant 1). The intent is written before the request leaves,
/// so that a process which is killed in between leaves word that the token may be spent.
/// </summary>
/// <remarks>
/// One file for all profiles: two that share a token must not both present it. Its lock is held to read and write, never
/// during an exchange; whether the process of a pending record still lives is told by the lock of its entry.
/// </remarks>
internal sealed class PresentedTokenRecords(CacheDirectory directory, ProcessEnvironment environment)
{
    private const int LargestFile = 4 * 1024 * 1024;

    /// <summary>For how long a token's record is kept past its expiry, in seconds: a clock may be wrong.</summary>
    private const long KeptPastExpiry = 3600;

    /// <summary>For how long a token without <c>exp</c> is remembered.</summary>
    private const long KeptWithoutExpiry = 7 * 86400;

    private string FilePath => directory.File("presented.json");

    /// <summary>What the records say of a token that is about to be presented.</summary>
    internal enum Verdict
    {
        /// <summary>Nobody has presented it; the intent is recorded.</summary>
        First,

        /// <summary>It was presented once, and how that ended is not known; this second time is recorded, and the last.</summary>
        Second,

        /// <summary>It was presented, and must not be again.</summary>
        Spent,

        /// <summary>Another process presents it at this moment, for another profile.</summary>
        InFlight,
    }

    /// <param name="Verdict">Whether it may be presented.</param>
    /// <param name="Earlier">The earlier presentation; null for <see cref="Verdict.First"/>.</param>
    internal readonly record struct Claim(Verdict Verdict, PresentedToken? Earlier);

    /// <summary>Asks whether the token may be presented and, where it may, records that it is going to be.</summary>
    /// <param name="identity">The token.</param>
    /// <param name="endpoint">Where it is to be presented.</param>
    /// <param name="key">The entry it is for, whose lock the caller holds.</param>
    /// <param name="profile">The profile's name.</param>
    /// <param name="deadline">For the records' lock.</param>
    public Claim TryClaim(IdentityToken identity, string endpoint, CacheKey key, string profile, Deadline deadline)
    {
        using FlightLock guard = Guard(deadline);
        List<PresentedToken> tokens = Read();
        int index = tokens.FindIndex(token => token.Digest == identity.Digest && token.Endpoint == endpoint);
        PresentedToken? earlier = index < 0 ? null : tokens[index];
        Verdict verdict = Judge(earlier, key);
        if (verdict is Verdict.Spent or Verdict.InFlight)
        {
            return new Claim(verdict, earlier);
        }
        if (index >= 0)
        {
            tokens.RemoveAt(index);
        }
        tokens.Add(new PresentedToken
        {
            Digest = identity.Digest,
            Endpoint = endpoint,
            Entry = key.FileStem,
            Profile = profile,
            PresentedAt = environment.Now,
            ExpiresAt = Math.Max(0, identity.ExpiresAt ?? environment.Now + KeptWithoutExpiry),
            ProcessId = Environment.ProcessId,
            Attempts = (earlier?.Attempts ?? 0) + 1,
            Outcome = PresentedTokenOutcome.Pending,
        });
        Write(tokens);
        return new Claim(verdict, earlier);
    }

    private Verdict Judge(PresentedToken? earlier, CacheKey key)
    {
        const int MostAttempts = 2;
        if (earlier is null)
        {
            return Verdict.First;
        }
        if (earlier.Outcome == PresentedTokenOutcome.Pending && earlier.Entry != key.FileStem && IsInFlight(earlier))
        {
            return Verdict.InFlight;
        }
        // Pending, and nobody holds the entry's lock (or we do): its process died between the request and the answer.
        bool isUnknown = earlier.Outcome is PresentedTokenOutcome.Pending or PresentedTokenOutcome.Unknown;
        return isUnknown && earlier.Attempts < MostAttempts ? Verdict.Second : Verdict.Spent;
    }

    private bool IsInFlight(PresentedToken token)
    {
        // The name comes from a file, and becomes a path.
        if (!ProfileName.IsValid(token.Entry))
        {
            return false;
        }
        using FlightLock flight = FlightLock.Open(directory.File(token.Entry + ".lock"));
        return flight.IsLed();
    }

    /// <summary>Records how a presentation ended.</summary>
    public void Conclude(IdentityToken identity, string endpoint, ExchangeResult result, Deadline deadline)
    {
        using FlightLock guard = Guard(deadline);
        List<PresentedToken> tokens = Read();
        int index = tokens.FindIndex(token => token.Digest == identity.Digest && token.Endpoint == endpoint);
        if (index < 0)
        {
            return;
        }
        PresentedToken token = tokens[index];
        if (result.Presentation == Presentation.NotSent)
        {
            // As if it had never been tried.
            if (token.Attempts == 1)
            {
                tokens.RemoveAt(index);
            }
            else
            {
                tokens[index] = token with { Attempts = token.Attempts - 1, Outcome = PresentedTokenOutcome.Unknown };
            }
        }
        else
        {
            tokens[index] = token with { Outcome = Outcome(result.Presentation), Status = result.Status, RequestId = result.RequestId };
        }
        Write(tokens);
    }

    private static PresentedTokenOutcome Outcome(Presentation presentation) => presentation switch
    {
        Presentation.Granted => PresentedTokenOutcome.Granted,
        Presentation.Refused => PresentedTokenOutcome.Refused,
        _ => PresentedTokenOutcome.Unknown,
    };

    private FlightLock Guard(Deadline deadline)
    {
        FlightLock guard = FlightLock.Open(directory.File("presented.lock"));
        try
        {
            guard.Lead(deadline);
            return guard;
        }
        catch
        {
            guard.Dispose();
            throw;
        }
    }

    private List<PresentedToken> Read()
    {
        PrivateFile.ReadResult file = PrivateFile.Read(FilePath, LargestFile);
        return file.Status == ReadStatus.Read && PresentedTokens.TryRead(file.Content, out PresentedTokens? presented, out _)
            ? [.. presented.Tokens]
            : [];
    }

    private void Write(List<PresentedToken> tokens)
    {
        long now = environment.Now;
        SchemaList<PresentedToken> kept = [.. tokens.FindAll(token => token.ExpiresAt + KeptPastExpiry > now)];
        PrivateFile.Replace(FilePath, new PresentedTokens { Tokens = kept }.ToUtf8Json());
    }

    /// <summary>Everything that is recorded, for `status`.</summary>
    public IReadOnlyList<PresentedToken> All() => Read();
}
