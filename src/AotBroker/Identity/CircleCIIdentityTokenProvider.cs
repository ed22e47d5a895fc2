using System.Text;
using System.Text.Json;
using AotBroker.Errors;
using AotBroker.Http;
using AotBroker.Runtime;
using AotBroker.Schemas;
using AotBroker.Settings;

namespace AotBroker.Identity;

/// <summary>
/// CircleCI: one token for the whole job, whose audience is the organization; or, where the profile asks for an audience,
/// a new one each time from the job's own program. Source: CircleCI's documentation, OIDC tokens with custom claims.
/// </summary>
internal sealed class CircleCIIdentityTokenProvider(string audience, ProcessEnvironment environment) : IIdentityTokenProvider
{
    private const string Name = "circleci";
    private const string Platform = "CIRCLECI";
    private const string Token = "CIRCLE_OIDC_TOKEN_V2"; // Its subject names the branch too.
    private const string OldToken = "CIRCLE_OIDC_TOKEN";
    private const string Project = "CIRCLE_PROJECT_ID";
    private const string Job = "CIRCLE_WORKFLOW_JOB_ID";

    private static readonly string[] Hints =
    [
        "a build of a fork gets one only where the project's settings pass secrets to it; CircleCI Server has them since 4.4, and older ones only in a job with a context",
        $"some clients take variables that look like secrets away from their helpers; run `aotbroker get` once in the job before them, with the source `{Name}` named in the profile",
    ];

    public string Description => "CircleCI";

    public TokenSupply Supply => TokenSupply.Minted;

    public static FoundIdentity? Detect(Surroundings surroundings)
    {
        if (!surroundings.HasAny(Name, Token, OldToken, Platform))
        {
            return null;
        }
        string origin = Found(surroundings.Environment) ?? (surroundings.Audience is not null ? Platform
            : throw new BrokerException(ErrorCode.IdentityNotFound, "this CircleCI job has no identity token", Hints));
        return new FoundIdentity(new CircleciIdentity { Audience = surroundings.Audience }, origin);
    }

    /// <summary>Where a token is minted for an audience: the job, and where its name is not set, its one token.</summary>
    public static void AddToKey(KeyText key, CircleciIdentity settings, ProcessEnvironment environment)
    {
        key.Add("audience", settings.Audience);
        key.Add("project", environment.Get(Project));
        key.Add("job", environment.Get(Job));
        if (environment.Get(Job) is null && Found(environment) is { } variable)
        {
            key.Add("value", KeyText.Fingerprint(environment.Get(variable)!));
        }
    }

    public static bool TryAddJobToKey(KeyText key, ProcessEnvironment environment)
    {
        key.Add("project", environment.Get(Project));
        key.Add("job", environment.Get(Job));
        return environment.Get(Job) is not null;
    }

    public static IIdentityTokenProvider Of(CircleciIdentity settings, ProcessEnvironment environment) => settings.Audience is { } audience
        ? new CircleCIIdentityTokenProvider(audience, environment)
        : new LiteralIdentityTokenProvider(Found(environment) ?? Token, environment, Hints);

    private static string? Found(ProcessEnvironment environment) => environment.FirstSet(Token, OldToken);

    /// <summary>With all variables: the program belongs to the platform, which does not tell what it reads.</summary>
    public IdentityToken GetToken(Deadline deadline)
    {
        string claims = Encoding.UTF8.GetString(JsonSerializer.SerializeToUtf8Bytes(new AudienceClaim(audience), MessagesJsonContext.Default.AudienceClaim));
        return new TokenCommand("CircleCI's `circleci run oidc get`", ["circleci", "run", "oidc", "get", "--claims", claims], environment)
        {
            HintWhereMissing = "every CircleCI job has it in its PATH; take identity.audience out of the profile to use the job's one token, whose audience is the organization's id",
            HintWhereFailed = Hints[0],
        }.GetToken(deadline);
    }
}
