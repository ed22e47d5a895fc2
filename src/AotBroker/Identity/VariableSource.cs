using AotBroker.Errors;
using AotBroker.Runtime;
using AotBroker.Schemas;
using AotBroker.Settings;

namespace AotBroker.Identity;

/// <summary>An environment variable that holds the token itself. Platforms that give a job one token for its life do so.</summary>
internal abstract class TokenInVariable(ProcessEnvironment environment) : HeldTokenSource
{
    public override string Description => "the variable " + Variable;

    public override TokenSupply Supply => TokenSupply.Fixed;

    protected ProcessEnvironment Environment => environment;

    protected abstract string Variable { get; }

    /// <summary>What to do where it is not set.</summary>
    protected abstract IReadOnlyList<string> Hints { get; }

    public override string ReadText() => environment.Get(Variable) ?? throw new BrokerException(
        environment.IsSet(Variable) ? ErrorCode.IdentityEmpty : ErrorCode.IdentityUnreadable,
        $"the variable {Variable}, which should hold the identity token, is {(environment.IsSet(Variable) ? "empty" : "not set")}",
        Hints);
}

/// <summary>A variable that the profile names.</summary>
internal sealed class VariableSource(LiteralIdentity settings, ProcessEnvironment environment) : TokenInVariable(environment)
{
    public override IdentitySettings Settings => settings;

    protected override string Variable => settings.Variable;

    protected override IReadOnlyList<string> Hints => ["check the name in the profile and in the job's configuration"];

    public static IIdentitySource? Bind(IdentitySettings settings, ProcessEnvironment environment) =>
        settings is LiteralIdentity own ? new VariableSource(own, environment) : null;

    public static FoundIdentity? Detect(DetectionContext context) => context.Has("literal", Variables.AnthropicIdentityToken)
        ? new FoundIdentity(new LiteralIdentity { Variable = Variables.AnthropicIdentityToken }, Variables.AnthropicIdentityToken)
        : null;
}
