using AotBroker.Errors;
using AotBroker.Http;
using AotBroker.Runtime;
using AotBroker.Schemas;
using AotBroker.Settings;

namespace AotBroker.Identity;

/// <summary>
/// GitHub Actions' token service, and Forgejo's, which is alike to the variables' names: every request mints a token of five
/// minutes. Source: actions/toolkit, oidc-utils.ts; Forgejo's documentation.
/// </summary>
internal sealed class GitHubActionsSource(GithubActionsIdentity settings, ProcessEnvironment environment) : IIdentitySource
{
    private const string Name = "github-actions";
    private const string Server = "GITHUB_SERVER_URL";
    private const string Tracking = "RUNNER_TRACKING_ID";

    private TokenService Service(PinnedHttp http) => new(Platform(environment) + "' token service", http)
    {
        RefusalHints = [$"the job's permission or its request token is no longer valid; check `{Permission(environment)}`, and that the step runs inside the job"],
    };

    public IdentitySettings Settings => settings;

    public string Description => Platform(environment);

    public TokenSupply Supply => TokenSupply.Minted;

    public static IIdentitySource? Bind(IdentitySettings settings, ProcessEnvironment environment) =>
        settings is GithubActionsIdentity own ? new GitHubActionsSource(own, environment) : null;

    public static FoundIdentity? Detect(DetectionContext context)
    {
        if (context.HasAll(Name, [Variables.GitHubRequestUrl, Variables.GitHubRequestToken],
            "set both, as the job has them",
            "some clients remove variables that look like secrets before they start a helper; run `aotbroker get` once in the job before them, with the source `github-actions` named in the profile"))
        {
            return new FoundIdentity(new GithubActionsIdentity { Audience = context.Audience }, Variables.GitHubRequestUrl);
        }
        return context.Get(Variables.GitHubActions) is null ? null : throw new BrokerException(
            ErrorCode.IdentityNotFound,
            $"this {Platform(context.Environment)} job may not ask for an identity token",
            $"give the job `{Permission(context.Environment)}`",
            "a pull request from a fork never gets one");
    }

    /// <summary>Forgejo's and Gitea's runners say that they are GitHub's too; Forgejo's, that they are Gitea's too.</summary>
    private static string Platform(ProcessEnvironment environment) =>
        environment.Get("FORGEJO_ACTIONS") is not null ? "Forgejo Actions"
        : environment.Get("GITEA_ACTIONS") is not null ? "Gitea Actions"
        : "GitHub Actions";

    private static string Permission(ProcessEnvironment environment) =>
        environment.FirstSet("FORGEJO_ACTIONS", "GITEA_ACTIONS") is null ? "permissions: id-token: write" : "enable-openid-connect: true";

    /// <summary>
    /// The job is the identity. Legs of a matrix and calls of a reusable workflow have the same run and job; the request token
    /// is each job's own, and the same in all of its steps. Its fingerprint tells nothing of it.
    /// </summary>
    /// <exception cref="BrokerException"><see cref="ErrorCode.IdentityVariablesIncomplete"/>.</exception>
    public void AddToKey(KeyText key, string? audience)
    {
        key.Add("audience", settings.Audience ?? audience);
        AddRunToKey(key);
        string bearer = environment.Get(Variables.GitHubRequestToken) ?? throw NotSet(Variables.GitHubRequestToken);
        key.Add("request", KeyText.Fingerprint(bearer));
    }

    /// <summary>The id by which the runner finds a job's processes is the job's own too, and does not look like a secret.</summary>
    public bool TryAddJobToKey(KeyText key)
    {
        AddRunToKey(key);
        key.Add("tracking", environment.Get(Tracking));
        return environment.Get(Tracking) is not null;
    }

    private void AddRunToKey(KeyText key)
    {
        key.Add("server", environment.Get(Server));
        key.Add("repository", environment.Get(Variables.GitHubRepository));
        key.Add("run", environment.Get(Variables.GitHubRunId));
        key.Add("attempt", environment.Get(Variables.GitHubRunAttempt));
        key.Add("job", environment.Get(Variables.GitHubJob));
    }

    public IdentityToken GetToken(string? audience, PinnedHttp http, Deadline deadline)
    {
        TokenService service = Service(http);
        HttpAnswer answer = service.Ask(Plan(settings.Audience ?? audience), deadline);
        return service.Parse(MessageReader.Read(answer, MessagesJsonContext.Default.GitHubTokenAnswer)?.Value, answer, Description);
    }

    private HttpRequestPlan Plan(string? audience)
    {
        string url = environment.Get(Variables.GitHubRequestUrl) ?? throw NotSet(Variables.GitHubRequestUrl);
        string bearer = TokenService.Sendable(environment.Get(Variables.GitHubRequestToken) ?? throw NotSet(Variables.GitHubRequestToken), Variables.GitHubRequestToken);
        // The variable's URL already has a query.
        string separator = url.Contains('?', StringComparison.Ordinal) ? "&" : "?";
        string wanted = TokenService.RequiredAudience(audience, Name);
        CheckedUrl address = CheckedUrl.Of($"{url}{separator}audience={Uri.EscapeDataString(wanted)}", Variables.GitHubRequestUrl);
        return new HttpRequestPlan(HttpMethod.Get, address)
        {
            Headers = [new("Authorization", "bearer " + bearer), new("Accept", "application/json; api-version=2.0")],
        };
    }

    private BrokerException NotSet(string variable) => new(
        ErrorCode.IdentityVariablesIncomplete,
        $"the profile asks for {Platform(environment)}' identity, but {variable} is not set",
        $"give the job `{Permission(environment)}`; a pull request from a fork never gets one",
        "some clients remove variables that look like secrets before they start a helper: run `aotbroker get` once in the job before them, so that the credential is there");
}
