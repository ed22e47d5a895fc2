using AotBroker.Brokering;
using AotBroker.Clients;
using AotBroker.Errors;
using AotBroker.Exchange;
using AotBroker.Flights;
using AotBroker.Profiles;
using AotBroker.Reporting;
using AotBroker.Schemas;

namespace AotBroker.Commands;

/// <summary>`get`: prints the credential.</summary>
internal static class GetCommand
{
    /// <returns>The exit code.</returns>
    /// <exception cref="BrokerException">There is no credential, or it could not be written.</exception>
    public static int Run(GetOptions options, Session session)
    {
        if (options.Format?.FailureAnswer(session.Environment) is { } answer)
        {
            return PrintOrAnswer(options, answer, session);
        }
        Print(options, session);
        return 0;
    }

    private static void Print(GetOptions options, Session session)
    {
        ResolvedProfile profile = session.Resolve(options.Profile);
        CredentialFormat format = CredentialFormats.Choose(options.Format, profile.Kind, profile.Name);
        profile = format.Source(profile);
        format.RequireServed(profile, session.Environment);
        Freshness freshness = new()
        {
            MinimumLife = options.MinimumLife,
            ClientKeepsFor = format.ClientKeepsFor,
            Force = options.ForceRefresh,
        };
        TimeSpan timeout = options.Timeout ?? format.UsualTimeout ?? Session.DefaultTimeout;
        Credential credential = session.Obtain(profile, freshness, timeout, options.Wait);
        if (freshness.AsksTooMuchOf(credential))
        {
            session.Reporter.Warning(
                ErrorCode.ShortLived,
                $"--min-ttl {options.MinimumLife} cannot be met: the endpoint grants {credential.Lifetime} s",
                profile is LoginProfile
                    ? "ask for less: how long a login's access token lives is the endpoint's decision"
                    : "raise token_lifetime_seconds of the federation rule; what is granted is also at most twice the remaining life of the identity token");
        }
        OutputCredential output = OutputCredential.Of(profile, credential, session.Environment);
        if (format.Shortcoming(output) is { } shortcoming)
        {
            session.Reporter.Warning(shortcoming.Code, shortcoming.Message, shortcoming.Hints);
        }
        byte[] written = format.Write(output);
        if (format.GoesToStandardOutput(session.Environment))
        {
            session.Write(written);
        }
        format.Finish(output, written);
    }

    /// <summary>For a client that takes a failure from standard output, and only with exit code 0.</summary>
    private static int PrintOrAnswer(GetOptions options, FailureAnswer answer, Session session)
    {
        session.Reporter.KeepsWarnings = true;
        try
        {
            Print(options, session);
        }
        catch (BrokerException error) when (error.Code != ErrorCode.OutputFailed)
        {
            session.Write(answer.Write(error));
            if (!answer.ReadsStandardError && !StandardStream.AreOne)
            {
                session.Reporter.Error(error);
            }
        }
        return 0;
    }
}
