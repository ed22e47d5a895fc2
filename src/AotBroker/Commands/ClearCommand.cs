using System.Globalization;
using System.Text;
using AotBroker.Brokering;
using AotBroker.Errors;
using AotBroker.Files;
using AotBroker.Flights;
using AotBroker.Interop;
using AotBroker.Logins;
using AotBroker.Profiles;
using AotBroker.Publishing;
using AotBroker.Reporting;
using AotBroker.Runtime;

namespace AotBroker.Commands;

/// <summary>
/// `clear`: forgets cached credentials and remembered failures. The record of presented tokens stays, because a token does not
/// become unspent when it is forgotten. So do locks, which others may hold, and a person's login, which only the tool that
/// wrote it ends.
/// </summary>
internal static class ClearCommand
{
    /// <param name="profile">The profile that was named; null for the one that applies.</param>
    /// <param name="all">Every profile.</param>
    /// <param name="revoke">Have the services that issued the credentials revoke them, before they are forgotten.</param>
    /// <param name="json">Print JSON.</param>
    /// <param name="session">What every command works with.</param>
    /// <exception cref="BrokerException">A file could not be removed, or a credential was not revoked.</exception>
    public static int Run(string? profile, bool all, bool revoke, bool json, Session session)
    {
        string? name = all ? null : ProfileSelection.Decide(profile, session.Environment).Name ?? ProfileResolver.EnvironmentName;
        CacheDirectory directory = CacheDirectory.Of(session.Environment);
        if (!directory.IsUsable)
        {
            BrokerException none = directory.Unusable();
            session.Reporter.Warning(none.Code, none.Message, none.Hints);
        }
        int credentials = 0;
        int revoked = 0;
        BrokerException? failure = null;
        using Revocation? revocation = revoke ? new Revocation(directory, session) : null;
        ClearedEntries wanted = new(name, profile, directory, session.Environment);
        foreach (string path in directory.IsUsable ? Files(directory.Path) : [])
        {
            if (!wanted.Contain(path, out bool isCredential))
            {
                continue;
            }
            if (isCredential && revocation?.Revoke(path) is { } refused)
            {
                if (failure is not null)
                {
                    session.Reporter.Warning(failure.Code, failure.Message, failure.Hints);
                }
                failure = refused;
                if (refused.Code != ErrorCode.NotRevoked)
                {
                    continue; // It can be tried again as long as the entry exists.
                }
            }
            else if (isCredential && revoke)
            {
                revoked++;
            }
            int error = Libc.Unlink(path);
            if (error is not (0 or Libc.ErrorNoEntry))
            {
                throw new BrokerException(ErrorCode.CacheUnusable, $"{path} could not be removed: {Libc.Describe(error)}", $"check the owner and the mode of {directory.Path}");
            }
            credentials += error == 0 && isCredential ? 1 : 0;
        }
        LoginProfile? login = name is null ? null : LoginOf(profile, session.Environment);
        if (login is not null)
        {
            new Refusals(directory, session.Environment).Forget(CacheKey.Of(login, new LoginFile(login.CredentialsFile, session.Environment).RealPath));
        }
        if (all)
        {
            CommandDirectories.RemoveAbandoned(directory);
        }
        if (failure is not null)
        {
            throw failure;
        }
        string? cleared = directory.IsUsable ? directory.Path : null;
        int? taken = revoke ? revoked : null;
        session.Write(json ? Json(name, cleared, credentials, taken, login) : Text(name, cleared, credentials, taken, login));
        return 0;
    }

    private static byte[] Text(string? name, string? directory, int credentials, int? revoked, LoginProfile? login)
    {
        string what = credentials == 1 ? "1 credential" : credentials.ToString(CultureInfo.InvariantCulture) + " credentials";
        what += revoked is { } taken ? $" ({taken.ToString(CultureInfo.InvariantCulture)} revoked)" : "";
        return Encoding.UTF8.GetBytes($"cleared {what}{(name is null ? "" : $" of profile {name}")} from {(directory is null ? "nowhere" : Redaction.Printable(directory))}{(login is null ? "" : $"; the login in {Redaction.Printable(login.CredentialsFile)} stays")}\n");
    }

    private static byte[] Json(string? name, string? directory, int credentials, int? revoked, LoginProfile? login)
    {
        JsonLine line = new JsonLine().BeginObject().Number("credentials", credentials);
        line = revoked is { } taken ? line.Number("revoked", taken) : line;
        line = name is null ? line : line.String("profile", name);
        line = directory is null ? line : line.String("cache", directory);
        line = login is null ? line : line.String("login", login.CredentialsFile);
        return line.EndObject().ToUtf8();
    }

    /// <summary>The profile, if it is a login. Null also if it cannot be read: what was cached for it is still cleared.</summary>
    private static LoginProfile? LoginOf(string? profile, ProcessEnvironment environment)
    {
        try
        {
            return ProfileResolver.Resolve(profile, environment) as LoginProfile;
        }
        catch (BrokerException)
        {
            return null;
        }
    }

    private static string[] Files(string directory)
    {
        try
        {
            return Directory.GetFiles(directory, "*.json");
        }
        catch (DirectoryNotFoundException)
        {
            return [];
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new BrokerException(ErrorCode.CacheUnusable, $"{directory} could not be read: {FileSystemReason.Of(error)}", $"check the owner and the mode of {directory}");
        }
    }
}
