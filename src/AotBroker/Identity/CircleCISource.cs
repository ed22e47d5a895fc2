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
internal sealed class CircleCISource(CircleciIdentity settings, ProcessEnvironment environment) : IIdentitySource
{
    private const string Name = "circleci";
    private const string Platform = "CIRCLECI";
    private const string Token = "CIRCLE_OIDC_TOKEN_V2"; // Its subject names the branch too.
    private const string OldToken = "CIRCLE_OIDC_TOKEN";
    private const string Project = "CIRCLE_PROJECT_ID";
    private const string Job = "CIRCLE_WORKFLOW_JOB_ID";

    private static readonly string[] WhereMissing =
    [
        "a build of a fork gets one only if the project's settings pass secrets to it; CircleCI Server has them since 4.4, older versions only in a job with a context",
        $"some clients remove variables that look like secrets before they start a helper; run `aotbroker get` once in the job before them, with the source `{Name}` named in the profile",
    ];

    /// <summary>The job's one token; null where the profile asks for an audience.</summary>
    private readonly JobToken? _held = settings.Audience is null ? new JobToken(settings, environment) : null;

    public IdentitySettings Settings => settings;

    public string Description => _held?.Description ?? "CircleCI";

    public TokenSupply Supply => _held?.Supply ?? TokenSupply.Minted;

    public bool IsHeld => _held is not null;

    public static IIdentitySource? Bind(IdentitySettings settings, ProcessEnvironment environment) =>
        settings is CircleciIdentity own ? new CircleCISource(own, environment) : null;

    public static FoundIdentity? Detect(DetectionContext context)
    {
        if (!context.HasAny(Name, Token, OldToken, Platform))
        {
            return null;
        }
        string origin = Found(context.Environment) ?? (context.Audience is not null ? Platform
            : throw new BrokerException(ErrorCode.IdentityNotFound, "this CircleCI job has no identity token", WhereMissing));
        return new FoundIdentity(new CircleciIdentity { Audience = context.Audience }, origin);
    }

    /// <summary>Where a token is minted for an audience: the job, and where its name is not set, its one token.</summary>
    public void AddToKey(KeyText key, string? audience)
    {
        if (_held is not null)
        {
            _held.AddToKey(key, audience);
            return;
        }
        key.Add("audience", settings.Audience);
        key.Add("project", environment.Get(Project));
        key.Add("job", environment.Get(Job));
        if (environment.Get(Job) is null && Found(environment) is { } variable)
        {
            key.Add("value", KeyText.Fingerprint(environment.Get(variable)!));
        }
    }

    public bool TryAddJobToKey(KeyText key)
    {
        if (_held is null)
        {
            return false;
        }
        key.Add("project", environment.Get(Project));
        key.Add("job", environment.Get(Job));
        return environment.Get(Job) is not null;
    }

    private static string? Found(ProcessEnvironment environment) => environment.FirstSet(Token, OldToken);

    /// <summary>With all variables: the program belongs to the platform, which does not tell what it reads.</summary>
    public IdentityToken GetToken(string? audience, PinnedHttp http, Deadline deadline)
    {
        if (_held is not null)
        {
            return _held.GetToken(deadline);
        }
        string claims = Encoding.UTF8.GetString(JsonSerializer.SerializeToUtf8Bytes(new AudienceClaim(settings.Audience!), MessagesJsonContext.Default.AudienceClaim));
        return new TokenCommand("CircleCI's `circleci run oidc get`", ["circleci", "run", "oidc", "get", "--claims", claims], environment)
        {
            HintWhereMissing = "every CircleCI job has it in its PATH; remove identity.audience from the profile to use the job's one token, whose audience is the organization's id",
            HintWhereFailed = WhereMissing[0],
        }.GetToken(deadline);
    }

    private sealed class JobToken(CircleciIdentity settings, ProcessEnvironment environment) : TokenInVariable(environment)
    {
        public override IdentitySettings Settings => settings;

        protected override string Variable => Found(Environment) ?? Token;

        protected override IReadOnlyList<string> Hints => WhereMissing;
    }
}
