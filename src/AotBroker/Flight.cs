using System.Globalization;
using AotBroker.Errors;
using AotBroker.Exchange;
using AotBroker.Identity;
using AotBroker.Profiles;
using AotBroker.Schemas;
using AotBroker.Store;
using Microsoft.Extensions.Logging;
using static AotBroker.Store.PresentedTokenRecords;

namespace AotBroker;

/// <summary>
/// The exchange that one process makes for all, step by step: what is remembered, the identity, the intent, the request,
/// the outcome. The caller holds the key's lock.
/// </summary>
internal sealed class Flight(
    string profile,
    CacheKey key,
    CacheDirectory directory,
    IIdentityTokenProvider provider,
    IExchange exchange,
    PinnedHttp http,
    ProcessEnvironment environment,
    Reporter reporter,
    ILogger log)
    : IFlight
{
    private const int MostAttempts = 3;

    private readonly FlightCache _cache = new(key, directory, reporter);
    private readonly CacheEntries _entries = new(directory, environment);
    private readonly Refusals _refusals = new(directory, environment);
    private readonly PresentedTokenRecords _presented = new(directory, environment);
    private readonly long _start = environment.Clock.GetTimestamp();

    public CacheKey Key => key;

    public FlightLock? OpenLock(out bool leads) => _cache.OpenLock(out leads);

    public void OverruleRefusal() => _refusals.Overrule(key);

    public void DoubtRecords(Deadline deadline)
    {
        if (!provider.Mints)
        {
            _cache.Try(() => _presented.Doubt(deadline), "the loss of the records could not be recorded");
        }
    }

    public Credential? Landed(Freshness freshness, bool leads)
    {
        Credential? credential = _entries.Read(key, (path, reason) =>
            reporter.Warning(ErrorCode.EntryUntrusted, $"{path} was not used: {reason}", "it will be replaced; if it comes back, find out who writes there"));
        if (credential is null || !freshness.Accepts(credential, environment.Now))
        {
            return null;
        }
        log.Shared(Elapsed());
        return credential;
    }

    public Credential Exchange(Freshness freshness, Deadline deadline)
    {
        if (_refusals.Standing(key, provider, freshness, deadline) is { } refusal)
        {
            throw refusal;
        }
        ExchangeResult? last = null;
        for (int attempt = 1; ; attempt++)
        {
            (IdentityToken identity, Claim claim) = ClaimToken(deadline);
            if (claim.Verdict == Verdict.Spent)
            {
                throw last?.Error ?? AlreadyPresented(identity, claim.Earlier!);
            }
            last = Present(identity, claim, attempt, deadline);
            if (last.Credential is { } credential)
            {
                // The credential before the record: killed between the two, the entry tells that the token was granted.
                credential = credential with { IdentityDigest = identity.Digest };
                Store(credential);
                Record(identity, last);
                return credential;
            }
            log.AttemptFailed(attempt, last.Error!.Message);
            Record(identity, last);
            if (!last.MayPass || attempt == MostAttempts || !Backoff.Pause(attempt, last.RetryAfter, deadline) || !HasTokenFor(last, identity, deadline))
            {
                Remember(last, identity, deadline);
                throw last.Error;
            }
        }
    }

    /// <summary>
    /// Whether another try has a token. What was sent and is not answered is not sent again here: the one further attempt
    /// that a token has is worth more when some time has passed.
    /// </summary>
    private bool HasTokenFor(ExchangeResult last, IdentityToken presented, Deadline deadline)
    {
        try
        {
            return provider.Mints || last.Presentation is Presentation.NotSent or Presentation.Unjudged || provider.GetToken(deadline).Digest != presented.Digest;
        }
        catch (BrokerException)
        {
            return false; // What the endpoint said is the better thing to tell.
        }
    }

    /// <summary>The token as it is now, and whether it may be presented.</summary>
    private (IdentityToken Identity, Claim Claim) ClaimToken(Deadline deadline)
    {
        while (true)
        {
            IdentityToken identity = GetToken(deadline);
            identity.RequireValidAt(environment.Now, provider);
            if (!exchange.Presents)
            {
                return (identity, new Claim(Verdict.First, null, null));
            }
            Claim claim = _presented.TryClaim(identity, exchange.RecordedEndpoint, key, profile, deadline, _entries.Read(key)?.IdentityDigest, _cache.IsWritable);
            if (claim.Verdict != Verdict.InFlight)
            {
                if (_cache.IsWritable && claim.Unrecorded is { } reason)
                {
                    reporter.Warning(ErrorCode.EntryNotWritten, $"the identity token's presentation could not be recorded: {reason}", "should this process be killed now, another one may present the token again");
                }
                return (identity, claim);
            }
            WaitForOther(claim.Earlier!, deadline);
        }
    }

    private IdentityToken GetToken(Deadline deadline)
    {
        try
        {
            return provider.GetToken(deadline);
        }
        catch (BrokerException error) when (provider.Mints && !deadline.HasPassed)
        {
            _cache.Try(() => _refusals.Remember(key, error), "the failure could not be remembered, so the next process asks again");
            throw;
        }
    }

    private void WaitForOther(PresentedToken token, Deadline deadline)
    {
        try
        {
            using FlightLock other = FlightLock.Open(directory.File(token.Entry + ".lock"));
            other.WaitForLeader(deadline);
        }
        catch (IOException)
        {
            // Its lock cannot be looked at any more: the records will say so.
        }
    }

    private ExchangeResult Present(IdentityToken identity, Claim claim, int attempt, Deadline deadline)
    {
        if (claim.Verdict == Verdict.Second)
        {
            string history = claim.Earlier is { } earlier
                ? $"is presented a second time: process {earlier.ProcessId} presented it {Times.Ago(earlier.PresentedAt, environment.Now)}, and how that ended is not known"
                : "may be presented a second time: the record of what was presented before is lost";
            reporter.Warning(ErrorCode.SecondPresentation, $"the identity token from {provider.Description} {history}");
        }
        log.Presents("identity", identity.Digest[..12], provider.Description, exchange.Endpoint, attempt);
        try
        {
            ExchangeResult result = exchange.Present(identity, http, deadline);
            return result.Error is { Code: ErrorCode.ExchangeRefused } error ? result with { Error = WithHistory(error, claim) } : result;
        }
        catch
        {
            // Whatever this was, the token may have left.
            Record(identity, new ExchangeResult(Presentation.Unknown));
            throw;
        }
    }

    private void Record(IdentityToken identity, ExchangeResult result)
    {
        if (exchange.Presents)
        {
            _cache.Try(
                () => _presented.Conclude(identity, exchange.RecordedEndpoint, key, profile, result, AfterTheFact()),
                "the outcome of the exchange could not be recorded");
        }
    }

    private void Store(Credential credential)
    {
        if (credential.IsCacheable)
        {
            _cache.Try(() => _entries.Write(key, profile, credential), "the credential could not be stored, so the next process exchanges again");
        }
        _refusals.Forget(key);
        log.Exchanged(Elapsed(), credential.RequestId, credential.Lifetime);
    }

    private void Remember(ExchangeResult result, IdentityToken identity, Deadline deadline)
    {
        if (result.Error!.Code == ErrorCode.TimedOut && deadline.HasPassed)
        {
            return; // This caller was in a hurry; those who wait may have more time.
        }
        _cache.Try(() => _refusals.Remember(key, result, identity), "the refusal could not be remembered, so the next process asks again");
    }

    /// <summary>What is written after the answer is written even when the caller's time is over; but not for ever.</summary>
    private Deadline AfterTheFact() => Deadline.After(TimeSpan.FromSeconds(5), environment.Clock);

    private long Elapsed() => (long)environment.Clock.GetElapsedTime(_start).TotalMilliseconds;

    private BrokerException WithHistory(BrokerException error, Claim claim)
    {
        string history = claim.Earlier is { } earlier
            ? $"this token had been presented before, by process {earlier.ProcessId} {Times.Ago(earlier.PresentedAt, environment.Now)}: most likely it was spent then, and a new one is needed"
            : "no process that shares this cache had presented this token before; a process that exchanges by itself, without the broker, may have";
        return new BrokerException(error.Code, error.Message, [.. error.Hints, history]);
    }

    private BrokerException AlreadyPresented(IdentityToken identity, PresentedToken earlier)
    {
        long now = environment.Now;
        string outcome = earlier.Outcome switch
        {
            PresentedTokenOutcome.Granted => "gave a credential",
            PresentedTokenOutcome.Refused => $"was refused (HTTP {earlier.Status?.ToString(CultureInfo.InvariantCulture) ?? "?"}{(earlier.RequestId is { } id ? $", request {id}" : "")})",
            _ => $"got no answer that tells what became of it{(earlier.Status is { } status ? $" (HTTP {status.ToString(CultureInfo.InvariantCulture)})" : "")}, twice",
        };
        return new BrokerException(
            ErrorCode.IdentityAlreadyPresented,
            $"the identity token from {provider.Description} was already presented {Times.Ago(earlier.PresentedAt, now)} by process {earlier.ProcessId} for profile \"{earlier.Profile}\", and {outcome}; it may be presented once",
            [
                .. Rotation.Hints(provider, identity, now),
                earlier.Profile == profile
                    ? "a changed setting needs a token of its own; so does a cleared cache"
                    : $"give each of the profiles \"{profile}\" and \"{earlier.Profile}\" a token of its own",
            ]);
    }
}
