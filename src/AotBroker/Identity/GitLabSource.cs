using AotBroker.Errors;
using AotBroker.Runtime;
using AotBroker.Schemas;
using AotBroker.Settings;

namespace AotBroker.Identity;

/// <summary>
/// GitLab CI/CD: one token for the whole job, in the variable that <c>id_tokens:</c> of .gitlab-ci.yml names. Every project
/// names it as it likes.
/// </summary>
internal sealed class GitLabSource(GitlabIdentity settings, ProcessEnvironment environment) : TokenInVariable(environment)
{
    private const string Name = "gitlab";
    private const string Platform = "GITLAB_CI";
    private const string Server = "CI_SERVER_URL";
    private const string Job = "CI_JOB_ID";

    // The first is for us alone. The second is the usual name; it may be for another audience, so it comes after.
    private const string OwnVariable = "ANTHROPIC_ID_TOKEN";
    private const string UsualVariable = "GITLAB_OIDC_TOKEN";

    private static readonly string[] WhereMissing =
    [
        $"in .gitlab-ci.yml, give the job `id_tokens: {{ {OwnVariable}: {{ aud: https://api.anthropic.com }} }}`; a variable of another name is named in the profile, as identity.variable of the source `{Name}`",
        $"some clients remove variables that look like secrets before they start a helper; run `aotbroker get` once in the job before them, with the source `{Name}` named in the profile",
    ];

    public override IdentitySettings Settings => settings;

    protected override string Variable => settings.Variable ?? Found(Environment) ?? OwnVariable;

    protected override IReadOnlyList<string> Hints => WhereMissing;

    public static IIdentitySource? Bind(IdentitySettings settings, ProcessEnvironment environment) =>
        settings is GitlabIdentity own ? new GitLabSource(own, environment) : null;

    public static FoundIdentity? Detect(DetectionContext context)
    {
        if (!context.Has(Name, Platform))
        {
            return null;
        }
        string variable = Found(context.Environment)
            ?? throw new BrokerException(ErrorCode.IdentityNotFound, $"this GitLab job has no identity token: neither {OwnVariable} nor {UsualVariable} is set", WhereMissing);
        return new FoundIdentity(new GitlabIdentity(), variable);
    }

    /// <summary>What was found is not part of it: which variable that is cannot be told where clients strip it.</summary>
    public override bool TryAddJobToKey(KeyText key)
    {
        key.Add("variable", settings.Variable);
        key.Add("server", Environment.Get(Server));
        key.Add("job", Environment.Get(Job));
        return Environment.Get(Job) is not null;
    }

    private static string? Found(ProcessEnvironment environment) => environment.FirstSet(OwnVariable, UsualVariable);
}
