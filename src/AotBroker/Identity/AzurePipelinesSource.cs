using AotBroker.Errors;
using AotBroker.Http;
using AotBroker.Runtime;
using AotBroker.Schemas;
using AotBroker.Settings;

namespace AotBroker.Identity;

/// <summary>
/// Azure Pipelines: every request mints a token of ten minutes for one service connection of the project, always for the
/// audience api://AzureADTokenExchange. Source: Azure SDK, AzurePipelinesCredential.
/// </summary>
internal sealed class AzurePipelinesSource(AzurePipelinesIdentity settings, ProcessEnvironment environment) : IIdentitySource
{
    private const string Name = "azure-pipelines";
    private const string Platform = "TF_BUILD";
    private const string RequestUri = "SYSTEM_OIDCREQUESTURI";
    private const string AccessToken = "SYSTEM_ACCESSTOKEN";
    private const string Connection = "AZURESUBSCRIPTION_SERVICE_CONNECTION_ID"; // As the Azure SDK names it.
    private const string Collection = "SYSTEM_COLLECTIONURI";
    private const string Plan = "SYSTEM_PLANID";
    private const string Job = "SYSTEM_JOBID";
    private const string Attempt = "SYSTEM_JOBATTEMPT";

    private static readonly string[] Hints =
    [
        $"pass the job's token to the step: `env: {{ {AccessToken}: $(System.AccessToken) }}`",
        $"some clients remove variables that look like secrets before they start a helper; run `aotbroker get` once in the job before them, with the source `{Name}` named in the profile",
    ];

    private static TokenService Service(PinnedHttp http) => new("Azure Pipelines' token service", http)
    {
        RefusalHints =
        [
            $"check that {AccessToken} is the job's own, `$(System.AccessToken)`, and not empty or another token",
            "check that the service connection has that id, belongs to this project, uses workload identity federation, and may be used by this pipeline",
        ],
    };

    public IdentitySettings Settings => settings;

    public string Description => "Azure Pipelines";

    public TokenSupply Supply => TokenSupply.Minted;

    public static IIdentitySource? Bind(IdentitySettings settings, ProcessEnvironment environment) =>
        settings is AzurePipelinesIdentity own ? new AzurePipelinesSource(own, environment) : null;

    public static FoundIdentity? Detect(DetectionContext context)
    {
        if (context.HasAll(Name, [RequestUri, AccessToken], Hints))
        {
            return context.Get(Connection) is { } connection
                ? new FoundIdentity(new AzurePipelinesIdentity { ServiceConnectionId = connection }, Connection)
                : throw WithoutConnection();
        }
        return context.Get(Platform) is null ? null : throw new BrokerException(
            ErrorCode.IdentityNotFound,
            $"this is a job of Azure Pipelines, but {RequestUri} is not set",
            "Azure DevOps Server has no identity tokens for jobs: name another source in the profile",
            Hints[0]);
    }

    /// <summary>Whether the job can ask for tokens.</summary>
    public static bool IsThere(ProcessEnvironment environment) =>
        environment.Get(RequestUri) is not null && environment.Get(AccessToken) is not null && environment.Get(Connection) is not null;

    /// <summary>A job's id alone is the same in each run of a pipeline.</summary>
    public void AddToKey(KeyText key, string? audience)
    {
        key.Add("connection", settings.ServiceConnectionId ?? environment.Get(Connection));
        key.Add("collection", environment.Get(Collection));
        key.Add("plan", environment.Get(Plan));
        key.Add("job", environment.Get(Job));
        key.Add("attempt", environment.Get(Attempt));
    }

    public IdentityToken GetToken(string? audience, PinnedHttp http, Deadline deadline)
    {
        TokenService service = Service(http);
        HttpAnswer answer = service.Ask(Request(), deadline);
        return service.Parse(MessageReader.Read(answer, MessagesJsonContext.Default.AzurePipelinesTokenAnswer)?.OidcToken, answer, Description);
    }

    private HttpRequestPlan Request()
    {
        string uri = environment.Get(RequestUri) ?? throw NotSet(RequestUri);
        string bearer = TokenService.Sendable(environment.Get(AccessToken) ?? throw NotSet(AccessToken), AccessToken);
        string id = settings.ServiceConnectionId ?? environment.Get(Connection) ?? throw WithoutConnection();
        CheckedUrl address = CheckedUrl.Of($"{uri.TrimEnd('/')}?api-version=7.1&serviceConnectionId={Uri.EscapeDataString(id)}", RequestUri);
        return new HttpRequestPlan(HttpMethod.Post, address)
        {
            // Else a request that is not authorized is answered by a redirect to a page for people.
            Headers = [new("Authorization", "Bearer " + bearer), new("Accept", "application/json"), new("X-TFS-FedAuthRedirect", "Suppress")],
            Body = [],
        };
    }

    private static BrokerException NotSet(string variable) =>
        new(ErrorCode.IdentityVariablesIncomplete, $"the profile asks for Azure Pipelines' identity, but {variable} is not set", Hints);

    private static BrokerException WithoutConnection() => new(
        ErrorCode.IdentityVariablesIncomplete,
        $"Azure Pipelines makes tokens for a service connection, and neither the profile nor {Connection} names one",
        $"set identity.service_connection_id in a profile with the source `{Name}`, or {Connection}, to the connection's id (resourceId in the address of its page)",
        "the task AzureCLI@2 sets the variable by itself");
}
