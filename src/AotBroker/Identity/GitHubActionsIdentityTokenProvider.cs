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
internal sealed class GitHubActionsIdentityTokenProvider(string? audience, ProcessEnvironment environment, PinnedHttp http) : IIdentityTokenProvider
{
    private const string Name = "github-actions";
    private const string Server = "GITHUB_SERVER_URL";
    private const string Tracking = "RUNNER_TRACKING_ID";

    private readonly TokenService _service = new(Platform(environment) + "' token service", http)
    {
        RefusalHints = [$"the job's permission or its request token is over; check `{Permission(environment)}`, and that the step runs inside the job"],
    };

    public string Description => Platform(environment);

    public TokenSupply Supply => TokenSupply.Minted;

    public static FoundIdentity? Detect(Surroundings surroundings)
    {
        if (surroundings.HasAll(Name, [Variables.GitHubRequestUrl, Variables.GitHubRequestToken],
            "set both, as the job has them",
            "some clients take variables that look like secrets away from their helpers; run `aotbroker get` once in the job before them, with the source `github-actions` named in the profile"))
        {
            return new FoundIdentity(new GithubActionsIdentity { Audience = surroundings.Audience }, Variables.GitHubRequestUrl);
        }
        return surroundings.Get(Variables.GitHubActions) is null ? null : throw new BrokerException(
            ErrorCode.IdentityNotFound,
            $"this {Platform(surroundings.Environment)} job may not ask for an identity token",
            $"give the job `{Permission(surroundings.Environment)}`",
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
    public static void AddToKey(KeyText key, ProcessEnvironment environment)
    {
        AddRunToKey(key, environment);
        string bearer = environment.Get(Variables.GitHubRequestToken) ?? throw NotSet(Variables.GitHubRequestToken, environment);
        key.Add("request", KeyText.Fingerprint(bearer));
    }

    /// <summary>The id by which the runner finds a job's processes is the job's own too, and does not look like a secret.</summary>
    public static bool TryAddJobToKey(KeyText key, ProcessEnvironment environment)
    {
        AddRunToKey(key, environment);
        key.Add("tracking", environment.Get(Tracking));
        return environment.Get(Tracking) is not null;
    }

    private static void AddRunToKey(KeyText key, ProcessEnvironment environment)
    {
        key.Add("server", environment.Get(Server));
        key.Add("repository", environment.Get(Variables.GitHubRepository));
        key.Add("run", environment.Get(Variables.GitHubRunId));
        key.Add("attempt", environment.Get(Variables.GitHubRunAttempt));
        key.Add("job", environment.Get(Variables.GitHubJob));
    }

    public IdentityToken GetToken(Deadline deadline)
    {
        HttpAnswer answer = _service.Ask(Plan(), deadline);
        return _service.Parse(MessageReader.Read(answer, MessagesJsonContext.Default.GitHubTokenAnswer)?.Value, answer, Description);
    }

    private HttpRequestPlan Plan()
    {
        string url = environment.Get(Variables.GitHubRequestUrl) ?? throw NotSet(Variables.GitHubRequestUrl, environment);
        string bearer = TokenService.Sendable(environment.Get(Variables.GitHubRequestToken) ?? throw NotSet(Variables.GitHubRequestToken, environment), Variables.GitHubRequestToken);
        // The variable's URL already has a query.
        string separator = url.Contains('?', StringComparison.Ordinal) ? "&" : "?";
        string wanted = TokenService.RequiredAudience(audience, Name);
        Uri address = PinnedHttp.CheckedAddress($"{url}{separator}audience={Uri.EscapeDataString(wanted)}", Variables.GitHubRequestUrl);
        return new HttpRequestPlan(HttpMethod.Get, address)
        {
            Headers = [new("Authorization", "bearer " + bearer), new("Accept", "application/json; api-version=2.0")],
        };
    }

    private static BrokerException NotSet(string variable, ProcessEnvironment environment) => new(
        ErrorCode.IdentityVariablesIncomplete,
        $"the profile asks for {Platform(environment)}' identity, but {variable} is not set",
        $"give the job `{Permission(environment)}`; a pull request from a fork never gets one",
        "some clients take variables that look like secrets away from their helpers: run `aotbroker get` once in the job before them, so that the credential is there");
}
