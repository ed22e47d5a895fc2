using System.Text.Json;
using AotBroker.Errors;
using AotBroker.Http;
using AotBroker.Runtime;
using AotBroker.Schemas;
using AotBroker.Settings;

namespace AotBroker.Identity;

/// <summary>
/// Buildkite's agent API: every request mints a token of five minutes for the job. Source: buildkite/agent, api/oidc.go; it
/// is what <c>buildkite-agent oidc request-token</c> asks.
/// </summary>
internal sealed class BuildkiteSource(BuildkiteIdentity settings, ProcessEnvironment environment) : IIdentitySource
{
    private const string Name = "buildkite";
    private const string Platform = "BUILDKITE";
    private const string AccessToken = "BUILDKITE_AGENT_ACCESS_TOKEN";
    private const string Endpoint = "BUILDKITE_AGENT_ENDPOINT";
    private const string UsualEndpoint = "https://agent.buildkite.com/v3"; // The agent's own default.
    private const string Organization = "BUILDKITE_ORGANIZATION_SLUG";
    private const string Job = "BUILDKITE_JOB_ID";

    private static readonly string[] Hints =
    [
        $"in a container, pass on the job's variables {Job}, {AccessToken} and {Endpoint} (the Docker plugins do so with `propagate-environment` or `environment`)",
        $"some clients remove variables that look like secrets before they start a helper; run `aotbroker get` once in the job before them, with the source `{Name}` named in the profile",
    ];

    private static TokenService Service(PinnedHttp http) => new("Buildkite's token service", http)
    {
        RefusalHints = ["a job can ask only while it runs, and for itself: check that this step runs inside the job", "check that the organization allows OIDC tokens, and the audience in the profile"],
    };

    public IdentitySettings Settings => settings;

    public string Description => "Buildkite";

    public TokenSupply Supply => TokenSupply.Minted;

    public static IIdentitySource? Bind(IdentitySettings settings, ProcessEnvironment environment) =>
        settings is BuildkiteIdentity own ? new BuildkiteSource(own, environment) : null;

    public static FoundIdentity? Detect(DetectionContext context)
    {
        if (context.HasAll(Name, [Job, AccessToken], Hints))
        {
            return new FoundIdentity(new BuildkiteIdentity { Audience = context.Audience }, Job);
        }
        return context.Get(Platform) is null ? null : throw new BrokerException(
            ErrorCode.IdentityNotFound,
            $"this is a Buildkite job, but neither {Job} nor {AccessToken} is set",
            Hints);
    }

    /// <summary>Whether the job can ask for tokens.</summary>
    public static bool IsThere(ProcessEnvironment environment) => environment.Get(Job) is not null && environment.Get(AccessToken) is not null;

    public void AddToKey(KeyText key, string? audience)
    {
        key.Add("audience", settings.Audience ?? audience);
        key.Add("organization", environment.Get(Organization));
        key.Add("job", environment.Get(Job));
    }

    public IdentityToken GetToken(string? audience, PinnedHttp http, Deadline deadline)
    {
        TokenService service = Service(http);
        HttpAnswer answer = service.Ask(Plan(settings.Audience ?? audience), deadline);
        return service.Parse(MessageReader.Read(answer, MessagesJsonContext.Default.BuildkiteTokenAnswer)?.Token, answer, Description);
    }

    private HttpRequestPlan Plan(string? audience)
    {
        string job = environment.Get(Job) ?? throw NotSet(Job);
        string bearer = TokenService.Sendable(environment.Get(AccessToken) ?? throw NotSet(AccessToken), AccessToken);
        BuildkiteTokenRequest request = new(TokenService.RequiredAudience(audience, Name));
        string endpoint = (environment.Get(Endpoint) ?? UsualEndpoint).TrimEnd('/');
        return new HttpRequestPlan(HttpMethod.Post, CheckedUrl.Of($"{endpoint}/jobs/{Uri.EscapeDataString(job)}/oidc/tokens", Endpoint))
        {
            Headers = [new("Authorization", "Token " + bearer), new("Accept", "application/json")],
            Body = JsonSerializer.SerializeToUtf8Bytes(request, MessagesJsonContext.Default.BuildkiteTokenRequest),
        };
    }

    private static BrokerException NotSet(string variable) =>
        new(ErrorCode.IdentityVariablesIncomplete, $"the profile asks for Buildkite's identity, but {variable} is not set", Hints);
}
