using AotBroker.Errors;
using AotBroker.Profiles;
using AotBroker.Schemas;

namespace AotBroker.Identity;

/// <summary>An environment variable that holds the token itself, such as GitLab's <c>id_tokens</c>.</summary>
internal sealed class LiteralIdentityTokenProvider(string variable, ProcessEnvironment environment) : IIdentityTokenProvider
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

    public IdentityToken GetToken(Deadline deadline) => environment.Get(variable) is { } token
        ? IdentityToken.Parse(token, Description)
        : throw new BrokerException(
            environment.IsSet(variable) ? ErrorCode.IdentityEmpty : ErrorCode.IdentityUnreadable,
            $"the variable {variable}, which should hold the identity token, is {(environment.IsSet(variable) ? "empty" : "not set")}",
            "check the name in the profile and in the job's configuration");
}
