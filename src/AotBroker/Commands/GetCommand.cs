using AotBroker.Errors;
using AotBroker.Output;
using AotBroker.Profiles;

namespace AotBroker.Commands;

/// <summary>`get`: prints the credential.</summary>
internal static class GetCommand
{
    /// <returns>The exit code.</returns>
    /// <exception cref="BrokerException">There is no credential, or it could not be written.</exception>
    public static int Run(GetOptions options, Session session)
    {
        ResolvedProfile profile = session.Resolve(options.Profile);
        Freshness freshness = new() { MinimumLife = options.MinimumLife, Force = options.ForceRefresh };
        Credential credential = session.Broker.Obtain(profile, freshness, options.Timeout, options.Wait);
        if (freshness.AsksTooMuchOf(credential))
        {
            session.Reporter.Warning(
                ErrorCode.ShortLived,
                $"--min-ttl {options.MinimumLife} cannot be met: the endpoint grants {credential.Lifetime} s",
                profile is LoginProfile
                    ? "ask for less: how long a login's access token lives is the endpoint's decision"
                    : "raise token_lifetime_seconds of the federation rule; what is granted is also at most twice the remaining life of the identity token");
        }

        string? baseUrl = profile.BaseUrl.Value;
        session.Write(CredentialFormats.Write(
            options.Format,
            new PresentedCredential(credential, profile.Name, baseUrl == AnthropicFederation.DefaultBaseUrl ? null : baseUrl, session.Environment.Now)));
        return 0;
    }
}
