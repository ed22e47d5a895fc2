using AotBroker.Brokering;
using AotBroker.Clients;
using AotBroker.Clients.Google;
using AotBroker.Clients.Kubernetes;
using AotBroker.Errors;
using AotBroker.Exchange;
using AotBroker.Flights;
using AotBroker.Profiles;
using AotBroker.Reporting;
using AotBroker.Settings;

namespace AotBroker.Commands;

/// <summary>`get`: prints the credential.</summary>
internal static class GetCommand
{
    /// <returns>The exit code.</returns>
    /// <exception cref="BrokerException">There is no credential, or it could not be written.</exception>
    public static int Run(GetOptions options, Session session)
    {
        if (options.Format == GoogleFormat.Name && CredentialFormats.GoesToStandardOutput(GoogleFormat.Name, session.Environment))
        {
            return RunForGoogle(options, session);
        }
        Print(options, session);
        return 0;
    }

    private static void Print(GetOptions options, Session session)
    {
        ResolvedProfile profile = session.Resolve(options.Profile);
        string format = CredentialFormats.Choose(options.Format, profile.Kind, profile.Name);
        if (format == GoogleFormat.Name && profile is FederatedProfile { ForClientsThatExchange: { } identity })
        {
            profile = identity;
        }
        if (format == KubernetesFormat.Name)
        {
            KubernetesFormat.RequireServed(profile, session.Environment);
        }
        Freshness freshness = new()
        {
            MinimumLife = options.MinimumLife,
            ClientKeepsFor = CredentialFormats.ClientKeepsFor(format),
            Force = options.ForceRefresh,
        };
        TimeSpan timeout = options.Timeout ?? CredentialFormats.UsualTimeout(format) ?? Session.DefaultTimeout;
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
        OutputCredential presented = OutputCredential.Of(profile, credential, session.Environment);
        byte[] written = CredentialFormats.Write(format, presented);
        if (CredentialFormats.GoesToStandardOutput(format, session.Environment))
        {
            session.Write(written);
        }
        CredentialFormats.Finish(format, presented, written);
    }

    /// <summary>
    /// Google's library takes a failure from standard output, and only with exit code 0. Its editions for Python and Node.js
    /// read standard error as part of the answer: nothing may be written there but for people, where the two are apart.
    /// </summary>
    private static int RunForGoogle(GetOptions options, Session session)
    {
        session.Reporter.KeepsWarnings = true;
        try
        {
            Print(options, session);
        }
        catch (BrokerException error) when (error.Code != ErrorCode.OutputFailed)
        {
            session.Write(GoogleFormat.WriteFailure(error));
            if (!session.Environment.IsSet(Variables.GoogleAudience) && !StandardStream.AreOne)
            {
                session.Reporter.Error(error);
            }
        }
        return 0;
    }
}
