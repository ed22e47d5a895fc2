using AotBroker.Errors;
using AotBroker.Exchange;
using AotBroker.Profiles;
using AotBroker.Schemas;
using AotBroker.Store;
using Microsoft.Extensions.Logging;

namespace AotBroker;

/// <summary>
/// The refresh of a person's login that one process makes for all. A refresh token is good for one use, and its successor
/// has to reach the credentials file: what is lost here costs the person a login.
/// </summary>
internal sealed class LoginFlight : IFlight
{
    private const int MostAttempts = 3;

    private readonly LoginProfile _login;
    private readonly LoginFile _file;
    private readonly string _path;
    private readonly RescuedLogins _rescued;
    private readonly FlightCache _cache;
    private readonly Refusals _refusals;
    private readonly AnthropicRefreshExchange _exchange;
    private readonly ProcessEnvironment _environment;
    private readonly Reporter _reporter;
    private readonly ILogger _log;
    private readonly long _start;

    public LoginFlight(LoginProfile login, CacheDirectory directory, AnthropicRefreshExchange exchange, ProcessEnvironment environment, Reporter reporter, ILogger log)
    {
        _login = login;
        _file = new LoginFile(login.CredentialsFile, environment);
        _path = _file.RealPath;
        Key = CacheKey.Of(login, _path);
        _rescued = new RescuedLogins(Key, _path, directory, environment);
        _cache = new FlightCache(Key, directory, reporter);
        _refusals = new Refusals(directory, environment);
        _exchange = exchange;
        _environment = environment;
        _reporter = reporter;
        _log = log;
        _start = environment.Clock.GetTimestamp();
    }

    public CacheKey Key { get; }

    public FlightLock? OpenLock(out bool leads) => _cache.OpenLock(out leads);

    public void OverruleRefusal() => _refusals.Overrule(Key);

    /// <summary>Nothing: whether a refresh token is spent is in the credentials file, not in the cache.</summary>
    public void DoubtRecords(Deadline deadline)
    {
    }

    public Credential? Landed(Freshness freshness, bool leads)
    {
        if (leads)
        {
            Restore();
        }
        StoredLogin login = Current();
        Credential credential = login.Credential;
        if (!freshness.Accepts(credential, _environment.Now) && (login.WhyNotRefreshable(_login) is null || !freshness.Tolerates(credential, _environment.Now)))
        {
            return null;
        }
        _log.Shared(Elapsed());
        return credential;
    }

    public Credential Exchange(Freshness freshness, Deadline deadline)
    {
        using FlightLock? place = LockPlace(deadline);
        StoredLogin login = Current();
        if (place is not null && freshness.Accepts(login.Credential, _environment.Now))
        {
            return login.Credential; // A process with another cache has refreshed it meanwhile.
        }
        if (login.WhyNotRefreshable(_login) is not null)
        {
            throw login.NotRefreshable(_login, _environment.Now);
        }
        if (_refusals.Standing(Key, () => login.RefreshDigest, freshness) is { } refusal)
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
            _log.AttemptFailed(attempt, result.Error!.Message);
            // Nothing that may have been spent is sent again: a later process tries it, as SDKs do.
            bool mayRepeat = result.MayPass && (result.Presentation == Presentation.NotSent || result.Error.Code == ErrorCode.ExchangeRateLimited);
            bool repeats = mayRepeat && attempt < MostAttempts && Backoff.Pause(attempt, result.RetryAfter, deadline);
            StoredLogin? seen = Seen();
            if (seen is not null && seen.Credential.AccessToken != login.Credential.AccessToken && freshness.Accepts(seen.Credential, _environment.Now))
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

    /// <summary>The login as it is now: the file's, or what the file could not be given.</summary>
    private StoredLogin Current() => _rescued.Over(_file.Read());

    /// <summary>The same; null where the file cannot be used any more: what the endpoint said is the better thing to tell.</summary>
    private StoredLogin? Seen() => _file.TryRead(out _) is { } login ? _rescued.Over(login) : null;

    private ExchangeResult Present(StoredLogin login, int attempt, Deadline deadline)
    {
        _log.Presents("refresh", login.RefreshDigest![..12], _login.CredentialsFile, _exchange.Endpoint, attempt);
        ExchangeResult result = _exchange.Present(login.RefreshToken!, deadline);
        if (result.Credential is not null || result.RefreshToken is not null)
        {
            // Also where the answer cannot be used otherwise: the old refresh token is spent.
            Keep(login, result);
        }
        if (result.Credential is { } credential)
        {
            _refusals.Forget(Key);
            _log.Exchanged(Elapsed(), credential.RequestId, credential.Lifetime);
        }
        return result;
    }

    /// <summary>Stores what was granted: in the file; else in the cache, until the file can be written.</summary>
    private void Keep(StoredLogin presented, ExchangeResult result)
    {
        StoredLogin? held = _file.TryRead(out BrokerException? unusable);
        if (held is null && _file.IsGone)
        {
            _rescued.Forget();
            _reporter.Warning(ErrorCode.LoginNotStored, $"{_login.CredentialsFile} is gone: what was granted is not stored", "most likely somebody has logged out meanwhile; if not, log in again");
            return;
        }
        if (held is not null && held.RefreshDigest != presented.HeldDigest)
        {
            _rescued.Forget(); // Somebody has logged in anew meanwhile: what they stored is not ours to replace.
            return;
        }
        AnthropicCredentials old = (held ?? presented).Model;
        AnthropicCredentials model = old with
        {
            Version = old.Version ?? "1.0",
            RefreshToken = result.RefreshToken ?? presented.RefreshToken,
            AccessToken = result.Credential?.AccessToken ?? presented.Model.AccessToken,
            ExpiresAt = result.Credential?.ExpiresAt ?? presented.Model.ExpiresAt,
        };
        string? problem = held is null ? unusable!.Message : _file.TryWrite(model);
        if (problem is null)
        {
            _rescued.Forget();
        }
        else
        {
            Rescue(model, presented.HeldDigest!, problem);
        }
    }

    private void Rescue(AnthropicCredentials model, string replaces, string problem)
    {
        const string Mend = "make the file and its directory writable for you: the next process that refreshes puts it right";
        if (StoredLogin.DigestOf(model.RefreshToken!) == replaces)
        {
            _reporter.Warning(ErrorCode.EntryNotWritten, $"the login was refreshed, and {_login.CredentialsFile} could not be written: {problem}", Mend);
            return;
        }
        try
        {
            if (!_cache.IsWritable)
            {
                throw new IOException("the cache cannot be used");
            }
            _rescued.Write(model, replaces);
            Warn(problem, Mend);
        }
        catch (Exception error) when (FlightCache.IsFileSystem(error) || error is BrokerException)
        {
            _reporter.Warning(
                ErrorCode.LoginNotStored,
                $"the login was refreshed, and its new refresh token could not be stored: {_login.CredentialsFile}: {problem}; {_rescued.FilePath}: {error.Message}",
                "the old one is spent: when this credential expires, log in again with the tool that wrote the file");
        }
    }

    private void Warn(string problem, string hint) => _reporter.Warning(
        ErrorCode.LoginRescued,
        $"the login was refreshed, and {_login.CredentialsFile} could not be written: {problem}; its new refresh token is kept in {_rescued.FilePath}",
        hint,
        "until then only processes that share this cache can use the login, and the file's own refresh token is spent");

    /// <summary>Gives the file what it could not be given before.</summary>
    private void Restore()
    {
        if (_rescued.Read() is null || _file.TryRead(out _) is not { } held)
        {
            return;
        }
        StoredLogin login = _rescued.Over(held);
        if (login.Replaces is not null && _file.TryWrite(login.Model) is { } problem)
        {
            Warn(problem, "make the file and its directory writable for you");
            return;
        }
        _rescued.Forget(); // Written, or void: the file holds a newer login.
    }

    private void Remember(ExchangeResult result, StoredLogin login, Deadline deadline)
    {
        if (result.Error!.Code == ErrorCode.TimedOut && deadline.HasPassed)
        {
            return; // This caller was in a hurry; those who wait may have more time.
        }
        _cache.Try(() => _refusals.Remember(Key, result, login.RefreshDigest!), "the refusal could not be remembered, so the next process asks again");
    }

    private long Elapsed() => (long)_environment.Clock.GetElapsedTime(_start).TotalMilliseconds;
}
