using System.Globalization;
using AotBroker.Errors;
using AotBroker.Profiles;
using AotBroker.Reporting;
using AotBroker.Schemas;

namespace AotBroker.Clients.Google;

/// <summary>
/// The file that GOOGLE_APPLICATION_CREDENTIALS names: an external account whose identity token comes from the broker.
/// Google's library makes the exchange itself, in each process, which Google's service allows.
/// </summary>
internal static class GoogleCredentials
{
    private const string IdToken = "urn:ietf:params:oauth:token-type:id_token";

    /// <summary>As long as the library waits for a program by default.</summary>
    private const long Patience = 30_000;

    /// <summary>The file's content.</summary>
    /// <exception cref="BrokerException">The profile is not one for Google, or the library cannot call this program at its path.</exception>
    public static byte[] File(ResolvedProfile profile)
    {
        if (profile is not FederatedProfile { Exchange.Settings: GoogleStsExchange google })
        {
            throw new BrokerException(
                ErrorCode.Usage,
                $"profile \"{profile.Name}\" does not say which of Google's identity providers it is for",
                "name a profile whose exchange is \"google-sts\"");
        }
        JsonLine line = new JsonLine().BeginObject()
            .String("type", "external_account")
            .String("audience", google.Audience)
            .String("subject_token_type", IdToken)
            .String("token_url", google.Endpoint.TrimEnd('/') + "/v1/token")
            .BeginObject("credential_source")
            .BeginObject("executable")
            .String("command", BrokerInvocation.Of(profile.Name, new GoogleFormat()).InWords())
            .Number("timeout_millis", Patience)
            .EndObject()
            .EndObject();
        if (google.ServiceAccount is { } account)
        {
            line.String("service_account_impersonation_url", $"{google.IamEndpoint.TrimEnd('/')}/v1/projects/-/serviceAccounts/{account}:generateAccessToken");
            if (google.LifetimeSeconds is { } seconds)
            {
                line.BeginObject("service_account_impersonation").Number("token_lifetime_seconds", seconds).EndObject();
            }
        }
        return line.EndObject().ToUtf8();
    }
}
