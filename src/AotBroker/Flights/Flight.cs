using AotBroker.Errors;
using AotBroker.Exchange;
using AotBroker.Files;
using AotBroker.Http;
using AotBroker.Identity;
using AotBroker.Profiles;
using AotBroker.Reporting;
using AotBroker.Runtime;
using AotBroker.Schemas;
using Microsoft.Extensions.Logging;

namespace AotBroker.Flights;

/// <summary>
/// The exchange that one process makes for all, step by step: what is remembered, the identity, the intent, the request,
/// the outcome. The caller holds the key's lock, where there are locks.
/// </summary>
internal sealed class Flight : IFlight
{
    private const int MostAttempts = 3;

    /// <summary>Where locks do nothing: how often a presentation that is under way is looked at.</summary>
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(100);

    private readonly FederatedProfile _profile;
    private readonly ICheckedExchange _exchange;
    private readonly FlightContext _context;
    private readonly SourceTokens _provider;
    private readonly FlightCache _cache;
    private readonly CacheEntries _entries;
    private readonly Refusals _refusals;
    private readonly PresentedTokenRecords _records;
    private readonly FlightMessages _messages;
    private readonly long _start;

    public Flight(FederatedProfile profile, CacheKey key, FlightContext context)
    {
        _exchange = profile.Exchange.Check();
        Key = key;
        _profile = profile;
        _context = context;
        _provider = profile.TokensBy(context.Http);
        _cache = new FlightCache(key, context.Directory, context.Reporter);
        _entries = new CacheEntries(context.Directory, context.Environment);
        _refusals = new Refusals(context.Directory, context.Environment);
        _records = new PresentedTokenRecords(context.Directory, context.Environment);
        _messages = new FlightMessages(profile, _provider, context.Environment);
        _start = context.Environment.Clock.GetTimestamp();
    }

    public CacheKey Key { get; }

    private IExchange Service => _profile.Exchange;

    /// <summary>Whether another process may have the token that is presented, at a service that takes it once (invariant 1).</summary>
    private bool IsRecorded => Service.IsSingleUse && !_provider.Mints;

    public FlightLock? OpenLock(out bool leads) => _cache.OpenLock(out leads);

    public void IgnoreRememberedFailure() => _refusals.IgnoreActive(Key);

    public void MarkRecordsIncomplete()
    {
        if (IsRecorded)
        {
            _cache.Try(_records.MarkIncomplete, "the loss of the records could not be recorded");
        }
    }

    public Credential? TryReadShared(Freshness freshness, bool leads)
    {
        Credential? credential = _entries.Read(Key, (path, reason) =>
            _context.Reporter.Warning(ErrorCode.EntryUntrusted, $"{path} was not used: {reason}", "it will be replaced; if this happens again, find out what writes there"));
        if (credential is null || !freshness.Accepts(credential, _context.Environment.Now))
        {
            return null;
        }
        _context.Log.Shared(Elapsed());
        return credential;
    }

    public Credential Exchange(Freshness freshness, Deadline deadline)
    {
        if (_refusals.FindActive(Key, _provider, freshness, deadline) is { } refusal)
        {
            throw refusal;
        }
        if (IsRecorded && _entries.IsOfNewerVersion(Key))
        {
            throw _messages.NewerVersion(_entries.PathOf(Key));
        }
        ExchangeResult? last = null;
        for (int attempt = 1; ; attempt++)
        {
            IdentityToken identity = GetToken(deadline);
            identity.RequireValidAt(_context.Environment.Now, _provider);
            using Reservation? reservation = IsRecorded ? Reserve(identity, freshness, deadline, out Credential? shared) : Unrecorded(out shared);
            if (shared is not null)
            {
                return shared;
            }
            if (reservation?.Verdict == Verdict.Spent)
            {
                throw last?.Error ?? _messages.AlreadyPresented(identity, reservation.Earlier);
            }
            last = Present(identity, reservation, attempt, deadline);
            if (last.Credential is { } credential)
            {
                // The credential before the record: killed between the two, the entry tells that the token was granted.
                credential = credential with { IdentityDigest = identity.Digest, Key = Key.Text, Profile = _profile.Name, ProcessId = Environment.ProcessId };
                Store(credential, last.IsCacheable);
                Record(reservation, last);
                Sweep(); // Last: a process that is killed meanwhile has nothing left to record.
                return credential;
            }
            _context.Log.AttemptFailed(attempt, last.Error!.Message);
            Record(reservation, last);
            if (!MayRepeat(last, attempt, deadline) || !HasTokenFor(last, identity, deadline))
            {
                Remember(last, identity, deadline);
                throw last.Error;
            }
        }
    }

    /// <summary>A service that asks for patience is given as much as the caller has; else a few attempts are enough.</summary>
    private static bool MayRepeat(ExchangeResult last, int attempt, Deadline deadline)
    {
        bool isAskedToWait = last is { Presentation: Presentation.Unjudged, RetryAfter: not null };
        return last.MayPass && (attempt < MostAttempts || isAskedToWait) && Backoff.Pause(attempt, last.RetryAfter, deadline);
    }

    /// <summary>
    /// Whether another try has a token. What was sent and is not answered is not sent again here, to a service that takes it
    /// once: the one further attempt that a token has is worth more when some time has passed.
    /// </summary>
    private bool HasTokenFor(ExchangeResult last, IdentityToken presented, Deadline deadline)
    {
        try
        {
            return !IsRecorded || last.Presentation is Presentation.NotSent or Presentation.Unjudged || _provider.GetToken(deadline).Digest != presented.Digest;
        }
        catch (BrokerException)
        {
            return false; // What the endpoint said is the better thing to tell.
        }
    }

    private static Reservation? Unrecorded(out Credential? shared)
    {
        shared = null;
        return null;
    }

    /// <summary>The right to present the token; or what this very token gave another process, for the same settings.</summary>
    private Reservation Reserve(IdentityToken identity, Freshness freshness, Deadline deadline, out Credential? shared)
    {
        while (true)
        {
            Reservation reservation = _records.TryReserve(
                identity, Service.RecordedEndpoint, Key.FileStem, _profile.Name, _entries.Read(Key)?.IdentityDigest, _cache.Ability);
            shared = null;
            if (reservation.Verdict == Verdict.Spent && reservation.Earlier is { } earlier)
            {
                shared = _entries.ReadGrantedFor(Key, earlier.Entry, identity.Digest) is { } credential && freshness.Accepts(credential, _context.Environment.Now) ? credential : null;
            }
            if (reservation.Verdict != Verdict.InFlight)
            {
                if (reservation.Unrecorded is { } reason)
                {
                    _context.Reporter.Warning(ErrorCode.SecondPresentation, _messages.Unrecorded(reason), "this process does not know what others present, and they do not know of this one; give the broker a directory that it can write, see AB0701");
                }
                return reservation;
            }
            WaitForOther(reservation, deadline);
            if (TryReadShared(freshness, leads: false) is { } landed)
            {
                shared = landed;
                return reservation;
            }
        }
    }

    private IdentityToken GetToken(Deadline deadline)
    {
        try
        {
            return _provider.GetToken(deadline);
        }
        catch (BrokerException error) when (_provider.Mints && !deadline.HasPassed)
        {
            _cache.Try(() => _refusals.Remember(Key, error), "the failure could not be remembered, so the next process asks again");
            throw;
        }
    }

    private void WaitForOther(Reservation reservation, Deadline deadline)
    {
        if (_cache.Ability.HasLocks)
        {
            try
            {
                using FlightLock other = FlightLock.OpenExisting(reservation.Path);
                other.WaitForLeader(deadline);
            }
            catch (IOException)
            {
                // It is gone, or cannot be looked at any more: the records will say so.
            }
            return;
        }
        if (deadline.HasPassed)
        {
            throw _messages.OtherPresents(reservation.Earlier, deadline);
        }
        Thread.Sleep(deadline.AtMost(Look));
    }

    private ExchangeResult Present(IdentityToken identity, Reservation? reservation, int attempt, Deadline deadline)
    {
        if (reservation?.Verdict == Verdict.Second)
        {
            _context.Reporter.Warning(ErrorCode.SecondPresentation, _messages.SecondPresentation(reservation.Earlier));
        }
        _context.Log.Presents("identity", identity.Digest[..12], _provider.Description, Service.Endpoint, attempt);
        try
        {
            ExchangeResult result = _exchange.Present(identity, _context.Http, deadline);
            return result.Error is { Code: ErrorCode.ExchangeRefused } error && Service.IsSingleUse
                ? result with { Error = _messages.WithHistory(error, reservation) }
                : result;
        }
        catch
        {
            // Whatever this was, the token may have left.
            Record(reservation, new ExchangeResult(Presentation.Unknown));
            throw;
        }
    }

    private void Record(Reservation? reservation, ExchangeResult result)
    {
        if (reservation is not null)
        {
            _cache.Try(() => _records.Conclude(reservation, result), "the outcome of the exchange could not be recorded");
        }
    }

    private void Store(Credential credential, bool isCacheable)
    {
        if (isCacheable)
        {
            _cache.Try(() => Write(credential), "the credential could not be stored, so the next process exchanges again");
        }
        _refusals.Forget(Key);
        _context.Log.Exchanged(Elapsed(), credential.RequestId, credential.Lifetime);
    }

    private void Sweep()
    {
        if (_cache.Ability.CanWrite)
        {
            new CacheSweep(_context.Directory, _context.Environment).RunIfDue();
        }
    }

    private void Write(Credential credential)
    {
        if (_entries.IsOfNewerVersion(Key))
        {
            throw new IOException("a newer version of the broker keeps its own there");
        }
        _entries.Write(Key, credential);
        if (CacheKey.OfJob(_profile) is { } job)
        {
            _entries.Write(job, credential); // For the same job where clients take its identity away.
        }
    }

    private void Remember(ExchangeResult result, IdentityToken identity, Deadline deadline)
    {
        if (result.Error!.Code == ErrorCode.TimedOut && deadline.HasPassed)
        {
            return; // This caller was in a hurry; those who wait may have more time.
        }
        _cache.Try(() => _refusals.Remember(Key, result, identity), "the refusal could not be remembered, so the next process asks again");
    }

    private long Elapsed() => (long)_context.Environment.Clock.GetElapsedTime(_start).TotalMilliseconds;
}
