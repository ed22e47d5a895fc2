using AotBroker.Errors;
using AotBroker.Exchange;
using AotBroker.Files;
using AotBroker.Flights;
using AotBroker.Http;
using AotBroker.Profiles;
using AotBroker.Reporting;
using AotBroker.Runtime;
using AotBroker.Schemas;
using Microsoft.Extensions.Logging;

namespace AotBroker.Logins;

/// <summary>
/// The refresh of a person's login that one process makes for all. A refresh token is good for one use, and its successor
/// has to reach the credentials file: what is lost here costs the person a login.
/// </summary>
internal sealed class LoginFlight : IFlight
{
    private const int MostAttempts = 3;

    private readonly LoginProfile _login;
    private readonly string _path;
    private readonly FlightCache _cache;
    private readonly LoginPlaces _places;
    private readonly Refusals _refusals;
    private readonly AnthropicRefreshExchange _exchange;
    private readonly FlightContext _context;
    private readonly long _start;

    public LoginFlight(LoginProfile login, FlightContext context)
    {
        _login = login;
        LoginFile file = new(login.CredentialsFile, context.Environment);
        _path = file.RealPath;
        Key = CacheKey.Of(login, _path);
        _cache = new FlightCache(Key, context.Directory, context.Reporter);
        _places = new LoginPlaces(login.CredentialsFile, file, new RescuedLogins(Key, _path, context.Directory, context.Environment), _cache, context.Reporter);
        _refusals = new Refusals(context.Directory, context.Environment);
        _exchange = new AnthropicRefreshExchange(login, context.Http, context.Environment);
        _context = context;
        _start = context.Environment.Clock.GetTimestamp();
    }

    public CacheKey Key { get; }

    public FlightLock? OpenLock(out bool leads) => _cache.OpenLock(out leads);

    public void IgnoreRememberedFailure() => _refusals.IgnoreActive(Key);

    /// <summary>Nothing: whether a refresh token is spent is in the credentials file, not in the cache.</summary>
    public void MarkRecordsIncomplete()
    {
    }

    public Credential? TryReadShared(Freshness freshness, bool leads)
    {
        if (leads)
        {
            _places.Restore();
        }
        StoredLogin login = _places.Current();
        Credential credential = login.Credential;
        if (!freshness.Accepts(credential, _context.Environment.Now) && (login.WhyNotRefreshable(_login) is null || !freshness.Tolerates(credential, _context.Environment.Now)))
        {
            return null;
        }
        _context.Log.Shared(Elapsed());
        return credential;
    }

    public Credential Exchange(Freshness freshness, Deadline deadline)
    {
        using FlightLock? place = LockPlace(deadline);
        StoredLogin login = _places.Current();
        if (place is not null && freshness.Accepts(login.Credential, _context.Environment.Now))
        {
            return login.Credential; // A process with another cache has refreshed it meanwhile.
        }
        if (login.WhyNotRefreshable(_login) is not null)
        {
            throw login.NotRefreshable(_login, _context.Environment.Now);
        }
        if (_refusals.FindActive(Key, () => login.RefreshDigest, freshness) is { } refusal)
        {
            throw refusal;
        }
        bool lookedAgain = false;
        for (int attempt = 1; ; attempt++)
        {
            ExchangeResult result = Present(login, attempt, deadline);
            if (result.Credential is { } credential)
            {
                return credential;
            }
            _context.Log.AttemptFailed(attempt, result.Error!.Message);
            // Nothing that may have been spent is sent again: a later process tries it, as SDKs do.
            bool mayRepeat = result.MayPass && (result.Presentation == Presentation.NotSent || result.Error.Code == ErrorCode.ExchangeRateLimited);
            bool repeats = mayRepeat && attempt < MostAttempts && Backoff.Pause(attempt, result.RetryAfter, deadline);
            StoredLogin? seen = _places.Seen();
            if (seen is not null && seen.Credential.AccessToken != login.Credential.AccessToken && freshness.Accepts(seen.Credential, _context.Environment.Now))
            {
                return seen.Credential; // Another program was quicker.
            }
            // What came with an answer that cannot be used is for the next process.
            bool isNew = result.RefreshToken is null && seen?.RefreshDigest is { } digest && digest != login.RefreshDigest;
            if (!repeats && (lookedAgain || !isNew || result.Presentation != Presentation.Refused))
            {
                Remember(result, login, deadline);
                throw result.Error;
            }
            lookedAgain |= isNew;
            login = isNew ? seen! : login;
        }
    }

    /// <summary>
    /// The directory of the file as a second lock: a process that has another cache, such as a timer's job without
    /// XDG_RUNTIME_DIR, has another first one. Null where it is not this user's alone, or the file system has no locks.
    /// </summary>
    /// <exception cref="BrokerException"><see cref="ErrorCode.LockTimedOut"/>.</exception>
    private FlightLock? LockPlace(Deadline deadline)
    {
        FlightLock? place = null;
        try
        {
            place = FlightLock.OfDirectory(Path.GetDirectoryName(_path)!);
            place.Lead(deadline);
            return place;
        }
        catch (Exception error) when (FlightCache.IsFileSystem(error))
        {
            place?.Dispose();
            return null;
        }
    }

    private ExchangeResult Present(StoredLogin login, int attempt, Deadline deadline)
    {
        _context.Log.Presents("refresh", login.RefreshDigest![..12], _login.CredentialsFile, _exchange.Endpoint, attempt);
        ExchangeResult result = _exchange.Present(login.RefreshToken!, deadline);
        if (result.Credential is not null || result.RefreshToken is not null)
        {
            // Also where the answer cannot be used otherwise: the old refresh token is spent.
            _places.Keep(login, result);
        }
        if (result.Credential is { } credential)
        {
            _refusals.Forget(Key);
            _context.Log.Exchanged(Elapsed(), credential.RequestId, credential.Lifetime);
        }
        return result;
    }

    private void Remember(ExchangeResult result, StoredLogin login, Deadline deadline)
    {
        if (result.Error!.Code == ErrorCode.TimedOut && deadline.HasPassed)
        {
            return; // This caller was in a hurry; those who wait may have more time.
        }
        _cache.Try(() => _refusals.Remember(Key, result, login.RefreshDigest!), "the refusal could not be remembered, so the next process asks again");
    }

    private long Elapsed() => (long)_context.Environment.Clock.GetElapsedTime(_start).TotalMilliseconds;
}
