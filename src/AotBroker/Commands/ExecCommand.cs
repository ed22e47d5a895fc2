using AotBroker.Brokering;
using AotBroker.Clients;
using AotBroker.Clients.Anthropic;
using AotBroker.Errors;
using AotBroker.Evidence;
using AotBroker.Exchange;
using AotBroker.Interop;
using AotBroker.Profiles;
using AotBroker.Publishing;
using AotBroker.Reporting;
using AotBroker.Runtime;
using AotBroker.Schemas;
using AotBroker.Settings;

namespace AotBroker.Commands;

/// <summary>`exec`: obtains the credentials, hands them over where the command's clients look, and becomes the command.</summary>
internal static class ExecCommand
{
    private const int NotFound = 127;
    private const int NotExecutable = 126;

    /// <summary>A few small files, and the start of the companion.</summary>
    private static readonly TimeSpan LongestHandOver = TimeSpan.FromSeconds(30);

    /// <param name="options">What was asked for.</param>
    /// <param name="session">The command's surroundings.</param>
    /// <param name="self">This process, which becomes the command.</param>
    /// <returns>127 where there is no such command, 126 where it cannot be run. Else it does not return, or returns the command's own.</returns>
    /// <exception cref="BrokerException">A credential is not to be had, or could not be handed over.</exception>
    public static int Run(ExecOptions options, Session session, IOwnProcess self)
    {
        List<CommandCredential> credentials = Wanted(options, session);
        for (int i = 0; i < credentials.Count; i++)
        {
            credentials[i] = credentials[i].Obtained(session, options.Timeout, options.Wait);
        }
        session.Within(LongestHandOver);
        ChildEnvironment child = HandOver(credentials, session, out CommandDirectory? directory);
        string? reason = directory is not null && options.Refresh ? Companion.Start(directory, credentials, self) : null;
        if (reason is not null)
        {
            session.Reporter.Warning(
                ErrorCode.NotKept,
                $"nothing renews the credential while the command runs, or removes it afterwards: the process that would do so cannot run ({reason})",
                $"the command has {Times.Duration(Shortest(credentials).RemainingAt(session.Environment.Now))}; --no-refresh omits that process");
        }
        foreach (CommandCredential one in credentials)
        {
            HandleStaticKeys(one, options, session, child);
            WarnOfOtherBaseUrl(one.Profile, session);
        }
        bool isAccompanied = directory is not null && options.Refresh && reason is null;
        int exitCode = Become(options, session.Reporter, child.Changes, self, isAccompanied && self.IsAdopter);
        directory?.Remove(); // Nobody became the command, or it has ended: nobody reads it.
        return exitCode;
    }

    /// <summary>What was asked for: all that <c>--with</c> names, and the profile that applies where nothing else was named.</summary>
    private static List<CommandCredential> Wanted(ExecOptions options, Session session)
    {
        List<CommandCredential> wanted = [];
        if (options.Profile is not null || options.With.Count == 0)
        {
            ResolvedProfile profile = session.Resolve(options.Profile);
            wanted.Add(new CommandCredential(profile, options.Profile, Deliveries.Choose(null, profile)));
        }
        foreach (string one in options.With)
        {
            int colon = one.IndexOf(':');
            string name = colon < 0 ? one : one[..colon];
            ResolvedProfile profile = session.Resolve(name, "--with");
            Delivery delivery = Deliveries.Choose(colon < 0 ? null : one[(colon + 1)..], profile);
            if (wanted.Exists(other => other.Name == profile.Name && other.Delivery.Name == delivery.Name))
            {
                continue;
            }
            if (delivery.IsExclusive && wanted.Find(other => other.Delivery.Name == delivery.Name) is { } rival)
            {
                throw new BrokerException(
                    ErrorCode.Usage,
                    $"\"{rival.Name}\" and \"{name}\" cannot both be handed over as \"{delivery.Name}\": its clients look for only one",
                    "hand one of them over in another way, such as PROFILE:env");
            }
            wanted.Add(new CommandCredential(profile, name, delivery));
        }
        foreach (CommandCredential one in wanted)
        {
            // What variables filled in goes into files of clients: also where nothing is exchanged, because it is cached.
            _ = (one.Profile as FederatedProfile)?.Exchange.Check();
        }
        return wanted;
    }

    /// <summary>Sets the variables and writes the files; without files there is no directory.</summary>
    private static ChildEnvironment HandOver(List<CommandCredential> credentials, Session session, out CommandDirectory? directory)
    {
        if (!credentials.Exists(static one => one.Delivery.HasFiles))
        {
            directory = null;
            return Filled(credentials, session, null);
        }
        ChildEnvironment? child = null;
        directory = CommandDirectory.Create(session.Environment, path => child = Filled(credentials, session, path));
        session.Log.Published(directory.Path);
        return child!;
    }

    private static ChildEnvironment Filled(List<CommandCredential> credentials, Session session, string? directory)
    {
        ChildEnvironment child = new(session.Environment, directory);
        foreach (CommandCredential one in credentials)
        {
            if (ReferenceEquals(Together(one)[0], one))
            {
                one.Delivery.HandOver(Together(one), child);
            }
        }
        foreach (CommandCredential one in credentials)
        {
            // Files that are handed over together do not contradict each other: all of them count as the first one's.
            string owner = one.Delivery.HasFiles ? Together(one)[0].Name : one.Name;
            Array.ForEach(one.Delivery.Shadowing(one.Profile), variable => child.Reserve(variable, owner));
        }
        // The command's own `aotbroker get` is to find what SDKs find, or else the first that was named.
        child.Set(Variables.BrokerProfile, child.Has(Variables.Profile) ? null : credentials[0].Name, Product.Name);
        if (directory is not null)
        {
            credentials.ForEach(one => ProfileSnapshot.Write(directory, one.Profile, child.Environment));
            if (session.Environment.Get(Variables.BrokerCommandDirectory) is { } outer)
            {
                ProfileSnapshot.TakeOver(session.Environment.Absolute(outer), directory);
            }
            child.Set(Variables.BrokerCommandDirectory, directory, Product.Name);
        }
        return child;

        List<CommandCredential> Together(CommandCredential one) => credentials.FindAll(other => other.Delivery.Name == one.Delivery.Name);
    }

    private static Credential Shortest(List<CommandCredential> credentials)
    {
        Credential shortest = credentials[0].Credential;
        foreach (CommandCredential one in credentials)
        {
            shortest = one.Credential.ExpiresAt < shortest.ExpiresAt ? one.Credential : shortest;
        }
        return shortest;
    }

    private static void WarnOfOtherBaseUrl(ResolvedProfile profile, Session session)
    {
        if (PublishedProfile.Supports(profile)
            && session.Environment.Get(Variables.BaseUrl) is { } other
            && !string.Equals(other.TrimEnd('/'), profile.BaseUrl.Value, StringComparison.Ordinal))
        {
            session.Reporter.Warning(
                ErrorCode.OtherBaseUrl,
                $"{Variables.BaseUrl} is not the address that the credential was obtained from, and clients would send it there",
                "unset it, unless it is your own gateway");
        }
    }

    private static void HandleStaticKeys(CommandCredential one, ExecOptions options, Session session, ChildEnvironment child)
    {
        if (one.Delivery is AnthropicDelivery && ClaudeCodeProvider.Of(session.Environment) is { } chosen)
        {
            session.Reporter.Warning(ErrorCode.StaticKeyShadows, ClaudeCodeProvider.Describe(chosen), $"unset {chosen.Variable} if it is a leftover");
        }
        if (one.Delivery is AnthropicDelivery)
        {
            ClaudeCodeSettings.WarnOfForeign(session.Environment, session.Reporter);
        }
        foreach (string variable in one.Delivery.Shadowing(one.Profile))
        {
            if (!session.Environment.IsSet(variable) || child.Has(variable))
            {
                continue;
            }
            if (options.KeepStaticKeys)
            {
                session.Reporter.Warning(ErrorCode.StaticKeyShadows, $"{variable} is set, and clients prefer it to the credential that was obtained");
                continue;
            }
            child.Remove(variable);
            session.Reporter.Warning(
                ErrorCode.StaticKeyRemoved,
                $"{variable} is set, and clients would prefer it; the command does not get it",
                "remove it from the job's configuration, or leave it to the command with --keep-static-keys");
        }
    }

    private static int Become(ExecOptions options, Reporter reporter, List<KeyValuePair<string, string?>> changes, IOwnProcess self, bool asChild)
    {
        int error;
        if (asChild)
        {
            error = self.RunChild(Octets(options, self), changes, out int exitCode);
            if (error == 0)
            {
                return exitCode;
            }
        }
        else
        {
            error = self.Become(Octets(options, self), changes);
        }
        bool isMissing = error == Libc.ErrorNoEntry;
        reporter.Error(
            ErrorCode.CommandNotRun,
            $"cannot run {options.Command[0]}: {Libc.Describe(error)}",
            [isMissing ? "check the name, and that it is in PATH (a script needs its interpreter too)" : "check that it is a program and that its mode allows running it"]);
        return isMissing ? NotFound : NotExecutable;
    }

    /// <summary>The command's arguments as they came: they need not be text.</summary>
    private static List<byte[]> Octets(ExecOptions options, IOwnProcess self)
    {
        if (self.RawArguments is { } raw && raw.Count >= options.Command.Length)
        {
            return raw.GetRange(raw.Count - options.Command.Length, options.Command.Length);
        }
        List<byte[]> octets = [];
        foreach (string argument in options.Command)
        {
            octets.Add(Libc.Octets(argument));
        }
        return octets;
    }
}
