using System.Globalization;
using System.Text;
using AotBroker.Exchange;
using AotBroker.Files;
using AotBroker.Identity;
using AotBroker.Interop;
using AotBroker.Runtime;
using AotBroker.Schemas;
using AotBroker.Settings;

namespace AotBroker.Flights;

/// <summary>
/// Which identity tokens were presented to which endpoint (invariant 1): a file for each, made before the request leaves. That it
/// is there is what counts, and only one process can have made it: this needs no lock, and an empty file needs no space.
/// </summary>
/// <remarks>
/// The process that presents the token holds the file's lock, so that a process which died is distinguished from one that waits for an
/// answer. What became of it replaces the file. A second file, made in the same way, says that the one further attempt which a
/// token has was made too.
/// </remarks>
internal sealed class PresentedTokenRecords(CacheDirectory directory, ProcessEnvironment environment)
{
    private const string Prefix = "presented-";
    private const string Ending = ".json";
    private const string SecondEnding = ".again";
    private const int LargestFile = 16 * 1024;

    /// <summary>For how long a token's record is kept past its expiry, in seconds: a clock may be wrong by a day.</summary>
    private const long KeptPastExpiry = 86400;

    /// <summary>For how long a token without <c>exp</c> is remembered, and a record that does not tell.</summary>
    private const long KeptWithoutExpiry = 7 * 86400;

    /// <summary>What a file is called while it is written.</summary>
    private const string DraftEnding = ".tmp";

    /// <summary>
    /// Where locks do nothing: for how long a process may be about to present a token, in seconds. No draft is that long in the
    /// making.
    /// </summary>
    private const long LongestPresentation = 120;

    /// <summary>Says since when records may be missing, because the cache was removed.</summary>
    private string LossPath => directory.File("presented.lost");

    /// <summary>Asks whether the token may be presented and, where it may, reserves that for this process.</summary>
    /// <param name="identity">The token.</param>
    /// <param name="endpoint">Where it is to be presented, in one spelling.</param>
    /// <param name="stem">The entry it is for.</param>
    /// <param name="profile">The profile's name.</param>
    /// <param name="granted">The digest of the token that gave the entry which is in the cache, if there is one.</param>
    /// <param name="cache">What the cache can do.</param>
    public Reservation TryReserve(IdentityToken identity, string endpoint, string stem, string profile, string? granted, CacheAbility cache)
    {
        string path = PathOf(identity, endpoint);
        PresentedToken intent = Intent(identity, endpoint, stem, profile);
        while (true)
        {
            string? problem = cache.CanWrite ? null : "the cache cannot be written";
            if (cache.CanWrite && TryMake(path, intent, out FlightLock? mine, out problem))
            {
                bool isDoubtful = MayLack(identity);
                // What is older than the loss of the records has had its first attempt, as far as is known.
                _ = isDoubtful ? TryMarkSecond(path, intent) : null;
                return new Reservation(path, intent, isDoubtful ? Verdict.Second : Verdict.First, null, mine);
            }
            if (problem is not null && !Exists(path))
            {
                return new Reservation(path, intent, Verdict.First, null, null) { Unrecorded = problem };
            }
            if (Judge(path, intent, granted, cache) is { } reservation)
            {
                return reservation;
            }
        }
    }

    /// <summary>What is on record of a token, without a change: where it must not be presented any more, or is being.</summary>
    public PresentedToken? Find(IdentityToken identity, string endpoint, out bool isSpent)
    {
        string path = PathOf(identity, endpoint);
        Details details = Read(path);
        isSpent = details.IsSpent || details.Token?.Outcome is PresentedTokenOutcome.Granted or PresentedTokenOutcome.Refused || Exists(path + SecondEnding);
        return details.Token;
    }

    /// <returns>Null where the record changed meanwhile, and is to be looked at again.</returns>
    private Reservation? Judge(string path, PresentedToken intent, string? granted, CacheAbility cache)
    {
        FlightLock? gate = null;
        bool isHeld = false;
        try
        {
            gate = FlightLock.OpenExisting(path);
            isHeld = cache.HasLocks && !gate.TryLead();
            if (!isHeld && cache.HasLocks && gate.IsGone)
            {
                gate.Dispose();
                return null;
            }
        }
        catch (Exception error) when (FlightCache.IsFileSystem(error))
        {
            // A link, a directory, another user's file: it is there, and so the token may have been presented.
            gate?.Dispose();
            gate = null;
            if (!Exists(path))
            {
                return null;
            }
        }
        Details details = Read(path);
        PresentedToken? earlier = details.Token;
        bool isGranted = intent.Digest == granted;
        if (isGranted && earlier is { Outcome: PresentedTokenOutcome.Pending })
        {
            // Its process was killed after the credential was stored, and before that was recorded.
            earlier = earlier with { Outcome = PresentedTokenOutcome.Granted };
        }
        bool isOver = isGranted || details.IsSpent || earlier?.Outcome is PresentedTokenOutcome.Granted or PresentedTokenOutcome.Refused;
        bool mayBeUnderWay = !cache.HasLocks && earlier?.Outcome is null or PresentedTokenOutcome.Pending && environment.Now - (earlier?.PresentedAt ?? details.WrittenAt) < LongestPresentation;
        if (isHeld || (mayBeUnderWay && !isOver && !Exists(path + SecondEnding)))
        {
            gate?.Dispose();
            return new Reservation(path, intent, Verdict.InFlight, earlier, null);
        }
        if (isOver || !cache.CanWrite || TryMarkSecond(path, intent) is not null)
        {
            gate?.Dispose();
            return new Reservation(path, intent, Verdict.Spent, earlier, null);
        }
        return new Reservation(path, intent, Verdict.Second, earlier, gate);
    }

    /// <summary>
    /// Makes a record, unless there is one. It appears with its content, and locked: a process that finds it is never led
    /// to think that the one which made it has died.
    /// </summary>
    /// <param name="path">The record's path.</param>
    /// <param name="intent">Its content, left out where there is no space for it.</param>
    /// <param name="mine">The record's lock; null if there is none.</param>
    /// <param name="problem">Why none could be made, unless another process has made it.</param>
    private static bool TryMake(string path, PresentedToken intent, out FlightLock? mine, out string? problem)
    {
        string draft = string.Create(CultureInfo.InvariantCulture, $"{path}.{Environment.ProcessId}-{Environment.CurrentManagedThreadId}{DraftEnding}");
        mine = null;
        problem = null;
        try
        {
            PrivateFile.MakeNew(draft, intent.ToUtf8Json());
            mine = TryLock(draft);
            int error = Libc.Link(draft, path);
            if (error is not (0 or Libc.ErrorExists))
            {
                // A file system without hard links: between the two steps the record is not locked.
                mine?.Dispose();
                mine = null;
                int descriptor = Libc.CreatePrivateFile(path);
                error = descriptor < 0 ? -descriptor : 0;
                if (descriptor >= 0)
                {
                    Libc.Close(descriptor);
                    mine = TryLock(path);
                }
            }
            if (error == 0)
            {
                PrivateFile.SyncDirectory(Path.GetDirectoryName(path)!);
                return true;
            }
            problem = error == Libc.ErrorExists ? null : $"{path}: {Libc.Describe(error)}";
        }
        catch (Exception error) when (FlightCache.IsFileSystem(error))
        {
            problem = error.Message;
        }
        finally
        {
            _ = Libc.Unlink(draft);
        }
        mine?.Dispose();
        mine = null;
        return false;
    }

    private static FlightLock? TryLock(string path)
    {
        FlightLock? gate = null;
        try
        {
            gate = FlightLock.OpenExisting(path);
            if (gate.TryLead())
            {
                return gate;
            }
        }
        catch (IOException)
        {
            // The file system has no locks, or the file was removed: that it was there is what counts.
        }
        gate?.Dispose();
        return null;
    }

    /// <summary>Takes the one further attempt that a token has.</summary>
    /// <returns>Null; or why it cannot be taken.</returns>
    private static string? TryMarkSecond(string path, PresentedToken intent)
    {
        bool isMade = TryMake(path + SecondEnding, intent, out FlightLock? gate, out string? problem);
        gate?.Dispose();
        return isMade ? null : problem ?? "it was taken";
    }

    /// <summary>Records how a presentation ended; also where the intent could not be recorded, or is gone with the cache.</summary>
    /// <exception cref="IOException">It could not be written; that the token was presented stands.</exception>
    public void Conclude(Reservation reservation, ExchangeResult result)
    {
        string path = reservation.Path;
        bool isSecond = reservation.Verdict == Verdict.Second;
        if (result.Presentation is Presentation.NotSent or Presentation.Unjudged)
        {
            // As if it had never been tried.
            _ = Libc.Unlink(isSecond ? path + SecondEnding : path);
            return;
        }
        PresentedTokenOutcome outcome = result.Presentation switch
        {
            Presentation.Granted => PresentedTokenOutcome.Granted,
            Presentation.Refused => PresentedTokenOutcome.Refused,
            _ => PresentedTokenOutcome.Unknown,
        };
        try
        {
            PrivateFile.Replace(path, (reservation.Intent with { Outcome = outcome, Status = result.Status, RequestId = result.RequestId }).ToUtf8Json());
            PrivateFile.SyncDirectory(directory.Path);
        }
        catch (Exception error) when (FlightCache.IsFileSystem(error) && outcome != PresentedTokenOutcome.Unknown)
        {
            // No space for the words: an empty file says as much.
            if (TryMarkSecond(path, reservation.Intent) is { } problem && !Exists(path + SecondEnding))
            {
                throw new IOException(problem, error);
            }
        }
    }

    /// <summary>The records are gone with the cache: every token that is older is doubted.</summary>
    /// <exception cref="IOException">That could not be written.</exception>
    public void MarkIncomplete() => PrivateFile.Replace(LossPath, Encoding.ASCII.GetBytes(environment.Now.ToString(CultureInfo.InvariantCulture)));

    private bool MayLack(IdentityToken identity)
    {
        FileContent loss = PrivateFile.Read(LossPath, LargestFile);
        if (loss.Status != ReadStatus.Read)
        {
            return loss.Status != ReadStatus.Missing;
        }
        long lostAt = long.TryParse(loss.Content, NumberStyles.None, CultureInfo.InvariantCulture, out long told) ? told : loss.ModifiedAt;
        return lostAt + KeptWithoutExpiry > environment.Now && !(identity.IssuedAt > lostAt);
    }

    private string PathOf(IdentityToken identity, string endpoint) =>
        directory.File($"{Prefix}{identity.Digest}-{KeyText.Fingerprint(endpoint)}{Ending}");

    private PresentedToken Intent(IdentityToken identity, string endpoint, string stem, string profile) => new()
    {
        Digest = identity.Digest,
        Endpoint = endpoint,
        Entry = stem,
        Profile = profile,
        PresentedAt = environment.Now,
        ExpiresAt = Math.Max(0, identity.ExpiresAt ?? environment.Now + KeptWithoutExpiry),
        ProcessId = Environment.ProcessId,
        Outcome = PresentedTokenOutcome.Pending,
    };

    /// <summary>Whether anything has this name.</summary>
    private static bool Exists(string path) => PrivateFile.Read(path, 0).Status != ReadStatus.Missing;

    /// <param name="Token">What could be read; null where the file is empty, damaged, or not to be trusted.</param>
    /// <param name="IsSpent">A newer version wrote it, in words that this one does not know.</param>
    /// <param name="WrittenAt">When the file was written, in Unix seconds.</param>
    private readonly record struct Details(PresentedToken? Token, bool IsSpent, long WrittenAt);

    private static Details Read(string path)
    {
        FileContent file = PrivateFile.Read(path, LargestFile);
        if (file.Status != ReadStatus.Read || file.Length == 0)
        {
            return new Details(null, false, file.ModifiedAt);
        }
        bool isRead = PresentedToken.TryRead(file.Content, out PresentedToken? token, out SchemaProblems problems);
        return new Details(token, !isRead && NewerVersion.Wrote(problems), file.ModifiedAt);
    }

    /// <summary>All that can be read of the records.</summary>
    public IReadOnlyList<PresentedToken> All()
    {
        List<PresentedToken> tokens = [];
        foreach (string path in Files(Ending))
        {
            if (Read(path).Token is { } token)
            {
                tokens.Add(token);
            }
        }
        return tokens;
    }

    /// <summary>Removes what is of no use any more, and what killed processes were writing. What a newer version wrote stays.</summary>
    public void Sweep()
    {
        foreach (string draft in Files(DraftEnding))
        {
            if (IsOlder(PrivateFile.Read(draft, LargestFile).ModifiedAt, LongestPresentation))
            {
                _ = Libc.Unlink(draft);
            }
        }
        foreach (string path in Files(Ending))
        {
            Details details = Read(path);
            bool isOver = details.Token is { } token ? environment.Now >= token.ExpiresAt + KeptPastExpiry : IsOlder(details.WrittenAt, KeptWithoutExpiry);
            if (isOver && !details.IsSpent)
            {
                _ = Libc.Unlink(path + SecondEnding); // First: without the record it would not be found.
                _ = Libc.Unlink(path);
            }
        }
    }

    /// <summary>Not where the age of a file is not known.</summary>
    private bool IsOlder(long writtenAt, long seconds) => writtenAt > 0 && environment.Now - writtenAt >= seconds;

    private string[] Files(string ending)
    {
        try
        {
            return Directory.GetFiles(directory.Path, $"{Prefix}*{ending}");
        }
        catch (Exception error) when (FlightCache.IsFileSystem(error))
        {
            return [];
        }
    }
}
