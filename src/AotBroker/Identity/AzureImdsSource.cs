using AotBroker.Errors;
using AotBroker.Http;
using AotBroker.Runtime;
using AotBroker.Schemas;
using AotBroker.Settings;

namespace AotBroker.Identity;

/// <summary>
/// Azure's instance metadata service, which gives an access token of the machine's managed identity. It repeats a token for
/// hours. Source: azidentity, and Azure's documentation of the service and its errors.
/// </summary>
internal sealed class AzureImdsSource(AzureImdsIdentity settings, ProcessEnvironment environment) : IIdentitySource
{
    /// <summary>What a profile calls this source.</summary>
    public const string Name = "azure-imds";

    /// <summary>Where the service is, if not at its usual address; azidentity reads it too.</summary>
    public const string AuthorityVariable = "AZURE_POD_IDENTITY_AUTHORITY_HOST";

    private static TokenService Service(PinnedHttp http) => new("Azure's instance metadata service", http)
    {
        // 404 and 410: an identity that was assigned just now, and a service that is being updated. Both take a while.
        Attempts = 6,
        AlsoPassing = [404, 410],
        RefusalHints = AzureTokens.RefusalHints,
    };

    public IdentitySettings Settings => settings;

    public string Description => "Azure's instance metadata service";

    public TokenSupply Supply => TokenSupply.Cached;

    public static IIdentitySource? Bind(IdentitySettings settings, ProcessEnvironment environment) =>
        settings is AzureImdsIdentity own ? new AzureImdsSource(own, environment) : null;

    public static FoundIdentity? Detect(DetectionContext context) => null;

    /// <summary>What every request carries. A proxy that forwards by accident does not add it.</summary>
    public static KeyValuePair<string, string> Header { get; } = new("Metadata", "true");

    public void AddToKey(KeyText key, string? audience)
    {
        key.Add("host", environment.HostName);
        key.Add("audience", settings.Audience ?? audience);
        key.Add("client_id", settings.ClientId);
        key.Add("authority", environment.Get(AuthorityVariable));
    }

    /// <exception cref="BrokerException"><see cref="ErrorCode.EndpointRefused"/>: not on this machine, nor link-local.</exception>
    public static CheckedUrl Address(string path, ProcessEnvironment environment) => CheckedUrl.OfHost(
        (environment.Get(AuthorityVariable)?.TrimEnd('/') ?? "http://" + HostMetadata.Address) + path,
        AuthorityVariable);

    public IdentityToken GetToken(string? audience, PinnedHttp http, Deadline deadline)
    {
        string query = AzureTokens.Query("2018-02-01", TokenService.RequiredAudience(settings.Audience ?? audience, Name), settings.ClientId);
        HttpRequestPlan request = new(HttpMethod.Get, Address("/metadata/identity/oauth2/token" + query, environment)) { Headers = [Header], IsDirect = true };
        TokenService service = Service(http);
        HttpAnswer answer = service.Ask(request, deadline);
        return service.Parse(AzureTokens.In(answer), answer, Description);
    }
}
