using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using AotBroker.Brokering;
using AotBroker.Errors;
using AotBroker.Evidence;
using AotBroker.Exchange;
using AotBroker.Files;
using AotBroker.Flights;
using AotBroker.Interop;
using AotBroker.Profiles;
using AotBroker.Publishing;
using AotBroker.Reporting;
using AotBroker.Runtime;
using AotBroker.Schemas;
using AotBroker.Settings;

namespace AotBroker.Commands;

/// <summary>
/// `keep`: publishes a profile in a directory that sandboxes mount, and keeps its credential fresh until a signal tells it to
/// end. Neither the identity nor the means to mint one enter the sandbox.
/// </summary>
internal static class KeepCommand
{
    /// <returns>0 when a signal ended it, or when the process that it watched has ended.</returns>
    /// <exception cref="BrokerException">There is no credential, or it cannot be published.</exception>
    public static int Run(KeepOptions options, Session session)
    {
        RequireRight(options);
        if (options.Detach)
        {
            return DetachedKeep.Start(options, session);
        }
        ResolvedProfile profile = session.Resolve(options.Profile);
        if (!PublishedProfile.Supports(profile))
        {
            throw new BrokerException(
                ErrorCode.Usage,
                $"profile \"{profile.Name}\" is not for Anthropic's API, and only Anthropic's SDKs can read what is published",
                "its clients can call the broker themselves, or run under `exec --with`");
        }
        options.HandOn.RequireThere(session.Environment);
        session.Within(Session.Longest(options.Timeout, options.Wait));
        using DetachedLog? log = options.IsDetached ? DetachedLog.Open(options.LogFile, session.Environment) : null;
        using ProcessWatch watch = Watch(options.WatchedProcess);
        // First the place, then the exchange: a token is not spent on what cannot be published.
        KeptPlace published = KeptPlace.Open(session.Environment.Absolute(options.Directory), profile);
        using FlightLock place = CommandDirectories.TryKeep(published.Directory) ?? throw new BrokerException(
            ErrorCode.PublishFailed,
            $"another process publishes in {published.Directory}",
            "give each process its own directory, or end the other one");
        published.RequireFree(profile);
        Credential credential = session.Obtain(profile, new Freshness { Patient = true }, options.Timeout, options.Wait);

        // For the job's own steps, which have the identity; what a sandbox mounts says nothing of it.
        byte[]? form = options.HandOn.IsWanted ? ProfileSnapshot.Content(profile, session.Environment) : null;
        KeptCredential kept = new(profile, credential, renewed => published.Publish(profile, renewed, form));
        Keeper keeper = new([kept], session.Broker, session.Environment, session.Reporter, watch);
        // From here on there is something to take back.
        using PosixSignalRegistration terminate = EndOn(PosixSignal.SIGTERM, keeper);
        using PosixSignalRegistration interrupt = EndOn(PosixSignal.SIGINT, keeper);
        using PosixSignalRegistration hangUp = EndOn(PosixSignal.SIGHUP, keeper);
        Supervisor supervisor = new(session.Environment, options.ReadyDescriptor);
        try
        {
            published.Publish(profile, credential, form);
            List<KeyValuePair<string, string>> variables = VariablesOf(profile, published, form is not null);
            options.HandOn.HandOn(variables, session.Environment, session.Output);
            if (options.HandOn.IsWanted)
            {
                WarnOfOthers(session);
            }
            session.Write(options.Json ? Json(profile, published, credential, variables) : Line(profile, published, variables));
            log?.Take();
            supervisor.Ready($"profile {profile.Name} is kept in {published.Directory}");
            keeper.Run();
        }
        finally
        {
            supervisor.Stopping();
            published.Withdraw();
        }
        keeper.LetFinish();
        return 0;
    }

    private static void RequireRight(KeepOptions options)
    {
        // Before anything is opened here: it must be a descriptor that the caller handed over.
        if (options.ReadyDescriptor is { } ready && !Libc.TakeInherited(ready))
        {
            throw new BrokerException(
                ErrorCode.Usage,
                $"--ready-fd {ready}: the caller has opened no such descriptor for writing",
                $"open it when you call `{Product.Name}`, in a shell with {ready}>FILE");
        }
    }

    /// <summary>Settings left over in the job, which its later steps would use instead of what is published.</summary>
    private static void WarnOfOthers(Session session)
    {
        foreach (string variable in (ReadOnlySpan<string>)[Variables.ApiKey, Variables.AuthToken, Variables.ClaudeCodeOAuthToken])
        {
            if (session.Environment.IsSet(variable))
            {
                session.Reporter.Warning(ErrorCode.StaticKeyShadows, $"{variable} is set: clients prefer it to what is published", "remove it from the job's configuration; do not leave it empty");
            }
        }
        ClaudeCodeSettings.WarnOfForeign(session.Environment, session.Reporter);
    }

    private static ProcessWatch Watch(int? process)
    {
        ProcessWatch watch = new(process);
        if (watch.HasEnded)
        {
            watch.Dispose();
            throw new BrokerException(ErrorCode.Usage, $"--watch-pid {process}: there is no such process", "name a running process, such as the shell itself: --watch-pid $$");
        }
        return watch;
    }

    /// <summary>The first signal ends it gracefully; a second one ends it at once.</summary>
    private static PosixSignalRegistration EndOn(PosixSignal signal, Keeper keeper)
    {
        bool isSecond = false;
        return PosixSignalRegistration.Create(signal, context =>
        {
            context.Cancel = !isSecond;
            isSecond = true;
            keeper.End();
        });
    }

    private static List<KeyValuePair<string, string>> VariablesOf(ResolvedProfile profile, KeptPlace published, bool hasForm)
    {
        List<KeyValuePair<string, string>> variables = [new(Variables.ConfigDirectory, published.Directory), new(Variables.Profile, profile.Name)];
        if (hasForm)
        {
            variables.Add(new(Variables.BrokerCommandDirectory, published.Directory));
        }
        return variables;
    }

    private static byte[] Line(ResolvedProfile profile, KeptPlace published, List<KeyValuePair<string, string>> variables)
    {
        StringBuilder line = new($"ready: profile {profile.Name} is in {Redaction.Printable(published.Directory)}, and is kept fresh by process {Environment.ProcessId.ToString(CultureInfo.InvariantCulture)}:");
        foreach ((string name, string value) in variables)
        {
            line.Append(' ').Append(name).Append('=').Append(Redaction.Printable(value));
        }
        return Encoding.UTF8.GetBytes(line.Append('\n').ToString());
    }

    private static byte[] Json(ResolvedProfile profile, KeptPlace published, Credential credential, List<KeyValuePair<string, string>> variables)
    {
        JsonLine line = new JsonLine().BeginObject()
            .Boolean("ready", true)
            .String("profile", profile.Name)
            .String("directory", published.Directory)
            .BeginObject("variables");
        variables.ForEach(variable => line.String(variable.Key, variable.Value));
        line.EndObject().Number("process_id", Environment.ProcessId);
        return (credential.Expires ? line.Number("expires_at", credential.ExpiresAt) : line).EndObject().ToUtf8();
    }
}
