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
    private const int MostAttempts = 2;

    /// <summary>For how long a token's record is kept past its expiry, in seconds: a clock may be wrong by a day.</summary>
    private const long KeptPastExpiry = 86400;

    /// <summary>For how long a token without <c>exp</c> is remembered.</summary>
    private const long KeptWithoutExpiry = 7 * 86400;

    private string FilePath => directory.File("presented.json");

    /// <summary>What the records say of a token that is about to be presented.</summary>
    internal enum Verdict
    {
        /// <summary>Nobody has presented it; the intent is recorded.</summary>
        First,

        /// <summary>
        /// It was presented once, or may have been, and how that ended is not known; this second time is recorded, and the
        /// last.
        /// </summary>
        Second,

        /// <summary>It was presented, and must not be again.</summary>
        Spent,

        /// <summary>Another process presents it at this moment, for another profile.</summary>
        InFlight,
    }

    /// <param name="Verdict">Whether it may be presented.</param>
    /// <param name="Earlier">The earlier presentation; null where there is none on record.</param>
    /// <param name="Unrecorded">Why the intent could not be recorded; null where it was.</param>
    internal readonly record struct Claim(Verdict Verdict, PresentedToken? Earlier, string? Unrecorded = null);

    /// <param name="Tokens">What could be read.</param>
    /// <param name="Doubt">Why there may have been more; null where the file was read, or is not there.</param>
    /// <param name="IsDamaged">The file can be put aside: it is there, and not to be believed.</param>
    /// <param name="LostAt">When an earlier file was put aside, in Unix seconds; null where none was.</param>
    private readonly record struct Records(List<PresentedToken> Tokens, string? Doubt, bool IsDamaged, long? LostAt = null)
    {
        /// <summary>Whether a token that is not on record may have been presented all the same.</summary>
        public bool MayLack(IdentityToken token) => Doubt is not null || (LostAt is { } lostAt && !(token.IssuedAt > lostAt));
    }

    /// <summary>Asks whether the token may be presented and, where it may, records that it is going to be.</summary>
    /// <param name="identity">The token.</param>
    /// <param name="endpoint">Where it is to be presented, in one spelling.</param>
    /// <param name="key">The entry it is for, whose lock the caller holds.</param>
    /// <param name="profile">The profile's name.</param>
    /// <param name="deadline">For the records' lock.</param>
    /// <param name="granted">The digest of the token that gave the entry which is in the cache, if there is one.</param>
    /// <param name="isWritable">False where the cache can be read at most; then what it says is heeded all the same.</param>
    public Claim TryClaim(IdentityToken identity, string endpoint, CacheKey key, string profile, Deadline deadline, string? granted = null, bool isWritable = true)
    {
        string? unrecorded = isWritable ? null : "the cache cannot be written";
        using FlightLock? guard = isWritable ? TryGuard(deadline, ref unrecorded) : null;
        Records records = Read();
        int index = IndexOf(records.Tokens, identity, endpoint);
        PresentedToken? earlier = index < 0 ? null : records.Tokens[index];
        Verdict verdict = Judge(ref earlier, key, granted, records.MayLack(identity));
        if (verdict is Verdict.Spent or Verdict.InFlight)
        {
            return new Claim(verdict, earlier);
        }
        if (unrecorded is null)
        {
            long attempts = verdict == Verdict.First ? 1 : (earlier?.Attempts ?? 1) + 1;
            unrecorded = Record(records, index, Intent(identity, endpoint, key, profile, attempts));
        }
        return new Claim(verdict, earlier, unrecorded);
    }

    private PresentedToken Intent(IdentityToken identity, string endpoint, CacheKey key, string profile, long attempts) => new()
    {
        Digest = identity.Digest,
        Endpoint = endpoint,
        Entry = key.FileStem,
        Profile = profile,
        PresentedAt = environment.Now,
        ExpiresAt = Math.Max(0, identity.ExpiresAt ?? environment.Now + KeptWithoutExpiry),
        ProcessId = Environment.ProcessId,
        Attempts = attempts,
        Outcome = PresentedTokenOutcome.Pending,
    };

    private string? Record(Records records, int index, PresentedToken intent)
    {
        if (records is { Doubt: { } doubt, IsDamaged: false })
        {
            return doubt; // It could not be read this time; to write over it would forget what it holds.
        }
        if (index >= 0)
        {
            records.Tokens.RemoveAt(index);
        }
        records.Tokens.Add(intent);
        try
        {
            if (records.IsDamaged)
            {
                _ = Interop.Libc.Rename(FilePath, FilePath + ".damaged");
            }
            Write(records.Tokens, records.IsDamaged ? environment.Now : records.LostAt);
            return null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return error.Message;
        }
    }

    private Verdict Judge(ref PresentedToken? earlier, CacheKey key, string? granted, bool isDoubtful)
    {
        if (earlier is null)
        {
            return isDoubtful ? Verdict.Second : Verdict.First;
        }
        if (earlier.Outcome == PresentedTokenOutcome.Pending && earlier.Digest == granted)
        {
            // Its process was killed after the credential was stored, and before that was recorded.
            earlier = earlier with { Outcome = PresentedTokenOutcome.Granted };
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
        try
        {
            using FlightLock flight = FlightLock.Open(directory.File(token.Entry + ".lock"));
            return flight.IsLed();
        }
        catch (IOException)
        {
            return false; // Nobody can tell, so how it ended is not known.
        }
    }

    /// <summary>Records how a presentation ended; also where the intent could not be recorded, or is gone with the cache.</summary>
    /// <exception cref="IOException">It could not be written; the intent stands.</exception>
    public void Conclude(IdentityToken identity, string endpoint, CacheKey key, string profile, ExchangeResult result, Deadline deadline)
    {
        string? unguarded = null;
        using FlightLock? guard = TryGuard(deadline, ref unguarded);
        Records records = Read();
        if (guard is null || records.Doubt is not null)
        {
            throw new IOException(unguarded ?? records.Doubt);
        }
        int index = IndexOf(records.Tokens, identity, endpoint);
        if (index < 0)
        {
            index = records.Tokens.Count;
            records.Tokens.Add(Intent(identity, endpoint, key, profile, attempts: 1));
        }
        PresentedToken token = records.Tokens[index];
        if (result.Presentation is not (Presentation.NotSent or Presentation.Unjudged))
        {
            records.Tokens[index] = token with { Outcome = Outcome(result.Presentation), Status = result.Status, RequestId = result.RequestId };
        }
        else if (token.Attempts > 1)
        {
            records.Tokens[index] = token with { Attempts = token.Attempts - 1, Outcome = PresentedTokenOutcome.Unknown };
        }
        else
        {
            records.Tokens.RemoveAt(index); // As if it had never been tried.
        }
        Write(records.Tokens, records.LostAt);
    }

    /// <summary>Begins new records in the place of some that are gone: every token that is older is doubted.</summary>
    /// <exception cref="IOException">That could not be written.</exception>
    public void Doubt(Deadline deadline)
    {
        string? unguarded = null;
        using FlightLock? guard = TryGuard(deadline, ref unguarded);
        if (guard is null)
        {
            throw new IOException(unguarded);
        }
        if (!File.Exists(FilePath))
        {
            Write([], environment.Now);
        }
    }

    private static PresentedTokenOutcome Outcome(Presentation presentation) => presentation switch
    {
        Presentation.Granted => PresentedTokenOutcome.Granted,
        Presentation.Refused => PresentedTokenOutcome.Refused,
        _ => PresentedTokenOutcome.Unknown,
    };

    private static int IndexOf(List<PresentedToken> tokens, IdentityToken identity, string endpoint) =>
        tokens.FindIndex(token => token.Digest == identity.Digest && token.Endpoint == endpoint);

    private FlightLock? TryGuard(Deadline deadline, ref string? problem)
    {
        FlightLock? guard = null;
        try
        {
            guard = FlightLock.Open(directory.File("presented.lock"));
            guard.Lead(deadline);
            return guard;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            guard?.Dispose();
            problem = error.Message;
            return null;
        }
        catch
        {
            guard?.Dispose();
            throw;
        }
    }

    private Records Read()
    {
        PrivateFile.ReadResult file = PrivateFile.Read(FilePath, LargestFile);
        if (file.Status == ReadStatus.Missing)
        {
            return new Records([], null, false);
        }
        if (file.Status != ReadStatus.Read)
        {
            return new Records([], $"{FilePath} could not be read: {file.Reason}", file.Status == ReadStatus.Untrusted);
        }
        return PresentedTokens.TryRead(file.Content, out PresentedTokens? presented, out _)
            ? new Records([.. presented.Tokens], null, false, presented.LostAt)
            : new Records([], $"{FilePath} is damaged", true);
    }

    /// <summary>All that can be read of the records.</summary>
    public IReadOnlyList<PresentedToken> All() => Read().Tokens;

    private void Write(List<PresentedToken> tokens, long? lostAt)
    {
        long now = environment.Now;
        lostAt = lostAt + KeptWithoutExpiry > now ? lostAt : null;
        SchemaList<PresentedToken> kept = [.. tokens.FindAll(token => token.ExpiresAt + KeptPastExpiry > now)];
        PrivateFile.Replace(FilePath, new PresentedTokens { LostAt = lostAt, Tokens = kept }.ToUtf8Json());
        PrivateFile.SyncDirectory(directory.Path);
    }
}
