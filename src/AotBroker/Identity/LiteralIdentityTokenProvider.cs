using AotBroker.Errors;
using AotBroker.Runtime;
using AotBroker.Schemas;
using AotBroker.Settings;

namespace AotBroker.Identity;

/// <summary>An environment variable that holds the token itself. Platforms that give a job one token for its life do so.</summary>
/// <param name="variable">The variable.</param>
/// <param name="environment">Where it is.</param>
/// <param name="hints">What to do where it is not set.</param>
internal sealed class LiteralIdentityTokenProvider(string variable, ProcessEnvironment environment, params IReadOnlyList<string> hints) : IIdentityTokenProvider, IHeldToken
{
    public string Description => "the variable " + variable;

    public TokenSupply Supply => TokenSupply.Fixed;

    public static FoundIdentity? Detect(Surroundings surroundings) => surroundings.Has("literal", Variables.AnthropicIdentityToken)
        ? new FoundIdentity(new LiteralIdentity { Variable = Variables.AnthropicIdentityToken }, Variables.AnthropicIdentityToken)
        : null;

    public IdentityToken GetToken(Deadline deadline) => IdentityToken.Parse(LookAt(), Description);

    public string LookAt() => environment.Get(variable) ?? throw new BrokerException(
        environment.IsSet(variable) ? ErrorCode.IdentityEmpty : ErrorCode.IdentityUnreadable,
        $"the variable {variable}, which should hold the identity token, is {(environment.IsSet(variable) ? "empty" : "not set")}",
        hints.Count > 0 ? hints : ["check the name in the profile and in the job's configuration"]);
}
