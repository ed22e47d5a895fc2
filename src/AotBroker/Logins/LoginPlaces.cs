using AotBroker.Errors;
using AotBroker.Exchange;
using AotBroker.Flights;
using AotBroker.Reporting;
using AotBroker.Schemas;

namespace AotBroker.Logins;

/// <summary>
/// Where a login is kept: in its credentials file; in the cache, as long as that file cannot be written. What is lost here
/// costs the person a login.
/// </summary>
/// <param name="name">The file, as messages name it.</param>
/// <param name="file">The file.</param>
/// <param name="rescued">What the file could not be given.</param>
/// <param name="cache">The cache that this is in.</param>
/// <param name="reporter">Told what a person must mend.</param>
internal sealed class LoginPlaces(string name, LoginFile file, RescuedLogins rescued, FlightCache cache, Reporter reporter)
{
    /// <summary>The login as it is now: the file's, or what the file could not be given.</summary>
    public StoredLogin Current() => rescued.Over(file.Read());

    /// <summary>The same; null where the file cannot be used any more: what the endpoint said is the better thing to tell.</summary>
    public StoredLogin? Seen() => file.TryRead(out _) is { } login ? rescued.Over(login) : null;

    /// <summary>Stores what was granted: in the file; else in the cache, until the file can be written.</summary>
    public void Keep(StoredLogin presented, ExchangeResult result)
    {
        StoredLogin? held = file.TryRead(out BrokerException? unusable);
        if (held is null && file.IsGone)
        {
            rescued.Forget();
            reporter.Warning(ErrorCode.LoginNotStored, $"{name} is gone: what was granted is not stored", "most likely someone has logged out in the meantime; if not, log in again");
            return;
        }
        if (held is not null && held.RefreshDigest != presented.HeldDigest)
        {
            rescued.Forget(); // There is a new login meanwhile, which is not ours to replace.
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
        string? problem = held is null ? unusable!.Message : file.TryWrite(model);
        if (problem is null)
        {
            rescued.Forget();
        }
        else
        {
            Rescue(model, presented.HeldDigest!, problem);
        }
    }

    private void Rescue(AnthropicCredentials model, string replaces, string problem)
    {
        const string Mend = "make the file and its directory writable for you: the next process that refreshes repairs it";
        if (StoredLogin.DigestOf(model.RefreshToken!) == replaces)
        {
            reporter.Warning(ErrorCode.EntryNotWritten, $"the login was refreshed, and {name} could not be written: {problem}", Mend);
            return;
        }
        try
        {
            if (!cache.Ability.CanWrite)
            {
                throw new IOException("the cache cannot be used");
            }
            rescued.Write(model, replaces);
            Warn(problem, Mend);
        }
        catch (Exception error) when (FlightCache.IsFileSystem(error) || error is BrokerException)
        {
            reporter.Warning(
                ErrorCode.LoginNotStored,
                $"the login was refreshed, and its new refresh token could not be stored: {name}: {problem}; {rescued.FilePath}: {error.Message}",
                "the old one is spent: when this credential expires, log in again with the tool that wrote the file");
        }
    }

    private void Warn(string problem, string hint) => reporter.Warning(
        ErrorCode.LoginRescued,
        $"the login was refreshed, and {name} could not be written: {problem}; its new refresh token is kept in {rescued.FilePath}",
        hint,
        "until then only processes that share this cache can use the login, and the file's own refresh token is spent");

    /// <summary>Gives the file what it could not be given before.</summary>
    public void Restore()
    {
        if (rescued.Read() is null || file.TryRead(out _) is not { } held)
        {
            return;
        }
        StoredLogin login = rescued.Over(held);
        if (login.Replaces is not null && file.TryWrite(login.Model) is { } problem)
        {
            Warn(problem, "make the file and its directory writable for you");
            return;
        }
        rescued.Forget(); // Written, or void: the file holds a newer login.
    }
}
