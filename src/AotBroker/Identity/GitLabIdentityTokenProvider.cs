using AotBroker.Errors;
using AotBroker.Runtime;
using AotBroker.Schemas;
using AotBroker.Settings;

namespace AotBroker.Identity;

/// <summary>
/// GitLab CI/CD: one token for the whole job, in the variable that <c>id_tokens:</c> of .gitlab-ci.yml names. Every project
/// names it as it likes.
/// </summary>
internal static class GitLabIdentityTokenProvider
{
    private const string Name = "gitlab";
    private const string Platform = "GITLAB_CI";
    private const string Server = "CI_SERVER_URL";
    private const string Job = "CI_JOB_ID";

    // The first is for us alone. The second is the usual name; it may be for another audience, so it comes after.
    private const string OwnVariable = "ANTHROPIC_ID_TOKEN";
    private const string UsualVariable = "GITLAB_OIDC_TOKEN";

    private static readonly string[] Hints =
    [
        $"in .gitlab-ci.yml, give the job `id_tokens: {{ {OwnVariable}: {{ aud: https://api.anthropic.com }} }}`; a variable of another name is named in the profile, as identity.variable of the source `{Name}`",
        $"some clients take variables that look like secrets away from their helpers; run `aotbroker get` once in the job before them, with the source `{Name}` named in the profile",
    ];

    public static FoundIdentity? Detect(Surroundings surroundings)
    {
        if (!surroundings.Has(Name, Platform))
        {
            return null;
        }
        string variable = Found(surroundings.Environment)
            ?? throw new BrokerException(ErrorCode.IdentityNotFound, $"this GitLab job has no identity token: neither {OwnVariable} nor {UsualVariable} is set", Hints);
        return new FoundIdentity(new GitlabIdentity(), variable);
    }

    /// <summary>What was found is not part of it: which variable that is cannot be told where clients strip it.</summary>
    public static bool TryAddJobToKey(KeyText key, GitlabIdentity settings, ProcessEnvironment environment)
    {
        key.Add("variable", settings.Variable);
        key.Add("server", environment.Get(Server));
        key.Add("job", environment.Get(Job));
        return environment.Get(Job) is not null;
    }

    public static IIdentityTokenProvider Of(GitlabIdentity settings, ProcessEnvironment environment) =>
        new LiteralIdentityTokenProvider(settings.Variable ?? Found(environment) ?? OwnVariable, environment, Hints);

    private static string? Found(ProcessEnvironment environment) => environment.FirstSet(OwnVariable, UsualVariable);
}
