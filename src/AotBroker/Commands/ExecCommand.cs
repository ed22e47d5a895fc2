using AotBroker.Errors;
using AotBroker.Interop;
using AotBroker.Profiles;
using AotBroker.Publishing;

namespace AotBroker.Commands;

/// <summary>`exec`: obtains the credential, publishes it where SDKs look, and becomes the command.</summary>
internal static class ExecCommand
{
    private const int NotFound = 127;
    private const int NotExecutable = 126;

    /// <summary>What clients prefer to a profile.</summary>
    private static string[] StaticKeys => [Variables.ApiKey, Variables.AuthToken, Variables.ClaudeCodeOAuthToken];

    /// <returns>127 where there is no such command, 126 where it cannot be run. Else it does not return.</returns>
    /// <exception cref="BrokerException">There is no credential, or it could not be published.</exception>
    public static int Run(ExecOptions options, Session session)
    {
        ResolvedProfile profile = session.Resolve(options.Profile);
        Credential credential = session.Broker.Obtain(profile, new Freshness { Patient = true }, options.Timeout, options.Wait);
        PublishedProfile published = PublishedProfile.Create(profile, credential, session.Environment);
        session.Log.Published(published.Directory);
        if (options.Refresh && Companion.Start(published, options.Profile, credential) is { } reason)
        {
            session.Reporter.Warning(
                ErrorCode.NotKept,
                $"nothing renews the credential while the command runs, or removes it afterwards: the process that would do so cannot run ({reason})",
                $"the command has {Times.Duration(credential.RemainingAt(session.Environment.Now))}; --no-refresh does without that process");
        }

        List<KeyValuePair<string, string?>> changes =
        [
            new(Variables.ConfigDirectory, published.Directory),
            new(Variables.Profile, profile.Name),
            // The command's own `aotbroker get` is to find what was published.
            new(Variables.BrokerProfile, null),
        ];
        HandleStaticKeys(options, session, changes);
        WarnOfOtherBaseUrl(profile, session);
        int exitCode = Become(options, session.Reporter, changes);
        published.Remove(); // Nobody became the command, so nobody reads it.
        return exitCode;
    }

    private static void WarnOfOtherBaseUrl(ResolvedProfile profile, Session session)
    {
        if (session.Environment.Get(Variables.BaseUrl) is { } other && !string.Equals(other.TrimEnd('/'), profile.BaseUrl.Value, StringComparison.Ordinal))
        {
            session.Reporter.Warning(
                ErrorCode.OtherBaseUrl,
                $"{Variables.BaseUrl} is not the address that the credential was obtained from, and clients send it there",
                "if that is not a gateway of yours, unset it");
        }
    }

    private static void HandleStaticKeys(ExecOptions options, Session session, List<KeyValuePair<string, string?>> changes)
    {
        foreach (string variable in StaticKeys)
        {
            if (!session.Environment.IsSet(variable))
            {
                continue;
            }
            if (options.KeepStaticKeys)
            {
                session.Reporter.Warning(ErrorCode.StaticKeyShadows, $"{variable} is set, and clients prefer it to the credential that was obtained");
                continue;
            }
            changes.Add(new(variable, null));
            session.Reporter.Warning(
                ErrorCode.StaticKeyRemoved,
                $"{variable} is set, and clients would prefer it; the command does not get it",
                "take it out of the job's configuration, or leave it to the command with --keep-static-keys");
        }
    }

    private static int Become(ExecOptions options, Reporter reporter, List<KeyValuePair<string, string?>> changes)
    {
        int error = Libc.ExecuteProgram(Octets(options), changes);
        bool isMissing = error == Libc.ErrorNoEntry;
        reporter.Error(
            ErrorCode.CommandNotRun,
            $"cannot run {options.Command[0]}: {Libc.Describe(error)}",
            [isMissing ? "check the name, and that it is in PATH (a script needs its interpreter too)" : "check that it is a program and that its mode allows running it"]);
        return isMissing ? NotFound : NotExecutable;
    }

    /// <summary>The command's arguments as they came: they need not be text.</summary>
    private static List<byte[]> Octets(ExecOptions options)
    {
        if (Libc.GetRawArguments() is { } raw && raw.Count >= options.CommandLength)
        {
            return raw.GetRange(raw.Count - options.CommandLength, options.CommandLength);
        }
        List<byte[]> octets = [];
        foreach (string argument in options.Command)
        {
            octets.Add(Libc.Octets(argument));
        }
        return octets;
    }
}
