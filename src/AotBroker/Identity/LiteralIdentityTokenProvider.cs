using AotBroker.Errors;
using AotBroker.Profiles;
using AotBroker.Schemas;

namespace AotBroker.Identity;

/// <summary>An environment variable that holds the token itself. Platforms that give a job one token for its life do so.</summary>
/// <param name="variable">The variable.</param>
/// <param name="environment">Where it is.</param>
/// <param name="hints">What to do where it is not set.</param>
internal sealed class LiteralIdentityTokenProvider(string variable, ProcessEnvironment environment, params IReadOnlyList<string> hints) : IIdentityTokenProvider
{
    public string Description => "the variable " + variable;

    public TokenSupply Supply => TokenSupply.Fixed;

    public static FoundIdentity? Detect(Surroundings surroundings) => surroundings.Has("literal", Variables.IdentityToken)
        ? new FoundIdentity(new LiteralIdentity { Variable = Variables.IdentityToken }, Variables.IdentityToken)
        : null;

    /// <summary>The token is the identity: another token may be another workload's. Its fingerprint tells nothing of it.</summary>
    public static void AddToKey(KeyText key, LiteralIdentity settings, ProcessEnvironment environment)
    {
        key.Add("variable", settings.Variable);
        key.Add("value", KeyText.Fingerprint(environment.Get(settings.Variable) ?? ""));
    }

    /// <summary>
    /// A platform's job stands for the one token that it has: its name survives where clients strip variables that look like
    /// secrets. Without a name, the token's fingerprint.
    /// </summary>
    /// <param name="key">Takes it.</param>
    /// <param name="job">The variable that names the job.</param>
    /// <param name="variable">The variable that holds the token; null where there is none.</param>
    /// <param name="environment">Where both are.</param>
    public static void AddJobToKey(KeyText key, string job, string? variable, ProcessEnvironment environment)
    {
        if (environment.Get(job) is { } name)
        {
            key.Add("job", name);
            return;
        }
        key.Add("value", KeyText.Fingerprint((variable is null ? null : environment.Get(variable)) ?? ""));
    }

    public IdentityToken GetToken(Deadline deadline) => environment.Get(variable) is { } token
        ? IdentityToken.Parse(token, Description)
        : throw new BrokerException(
            environment.IsSet(variable) ? ErrorCode.IdentityEmpty : ErrorCode.IdentityUnreadable,
            $"the variable {variable}, which should hold the identity token, is {(environment.IsSet(variable) ? "empty" : "not set")}",
            hints.Count > 0 ? hints : ["check the name in the profile and in the job's configuration"]);
}
