using AotBroker.Errors;
using AotBroker.Http;
using AotBroker.Runtime;
using AotBroker.Schemas;
using AotBroker.Settings;

namespace AotBroker.Identity;

/// <summary>
/// Azure App Service, Functions and Container Apps: a service beside the app gives an access token of its managed identity, and
/// repeats it for up to a day. Source: azidentity, and Azure's documentation of the endpoint.
/// </summary>
internal sealed class AzureAppServiceSource(AzureAppServiceIdentity settings, ProcessEnvironment environment) : IIdentitySource
{
    private const string Name = "azure-app-service";
    private const string Endpoint = "IDENTITY_ENDPOINT";
    private const string Secret = "IDENTITY_HEADER";

    // Azure Arc and Service Fabric set IDENTITY_ENDPOINT too, and mean another protocol.
    private const string OfArc = "IMDS_ENDPOINT";
    private const string OfServiceFabric = "IDENTITY_SERVER_THUMBPRINT";

    private static TokenService Service(PinnedHttp http) => new("the app's identity endpoint", http) { RefusalHints = AzureTokens.RefusalHints };

    public IdentitySettings Settings => settings;

    public string Description => "the app's identity endpoint";

    public TokenSupply Supply => TokenSupply.Cached;

    public static IIdentitySource? Bind(IdentitySettings settings, ProcessEnvironment environment) =>
        settings is AzureAppServiceIdentity own ? new AzureAppServiceSource(own, environment) : null;

    public static FoundIdentity? Detect(DetectionContext context)
    {
        if (context.Get(Endpoint) is not null && (context.Get(OfArc) ?? context.Get(OfServiceFabric)) is not null)
        {
            return context.Without(Name, $"{Endpoint} is Azure Arc's or Service Fabric's, whose protocol the broker does not speak");
        }
        return context.HasAll(Name, [Endpoint, Secret],
            "the app has both once a managed identity is assigned to it",
            "some clients remove variables that look like secrets before they start a helper; run `aotbroker get` once before them, with the source `azure-app-service` named in the profile")
            ? new FoundIdentity(new AzureAppServiceIdentity { Audience = context.Audience }, Endpoint)
            : null;
    }

    /// <summary>The app is the identity. Its names stay where the endpoint's port changes with every start.</summary>
    public void AddToKey(KeyText key, string? audience)
    {
        key.Add("host", environment.HostName);
        key.Add("audience", settings.Audience ?? audience);
        key.Add("client_id", settings.ClientId);
        key.Add("site", environment.Get("WEBSITE_SITE_NAME"));
        key.Add("slot", environment.Get("WEBSITE_SLOT_NAME"));
        key.Add("container_app", environment.Get("CONTAINER_APP_NAME"));
    }

    public IdentityToken GetToken(string? audience, PinnedHttp http, Deadline deadline)
    {
        string endpoint = environment.Get(Endpoint) ?? throw NotSet(Endpoint);
        string secret = TokenService.Sendable(environment.Get(Secret) ?? throw NotSet(Secret), Secret);
        string query = AzureTokens.Query("2019-08-01", TokenService.RequiredAudience(settings.Audience ?? audience, Name), settings.ClientId);
        HttpRequestPlan request = new(HttpMethod.Get, CheckedUrl.OfHost(endpoint + query, Endpoint))
        {
            Headers = [new("X-IDENTITY-HEADER", secret)],
            IsDirect = true,
        };
        TokenService service = Service(http);
        HttpAnswer answer = service.Ask(request, deadline);
        return service.Parse(AzureTokens.In(answer), answer, Description);
    }

    private static BrokerException NotSet(string variable) => new(
        ErrorCode.IdentityVariablesIncomplete,
        $"the profile asks for the app's managed identity, but {variable} is not set",
        "assign a managed identity to the app, and start it again",
        "some clients remove variables that look like secrets before they start a helper: run `aotbroker get` once before them, so that the credential is there");
}
