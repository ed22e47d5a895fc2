using AotBroker.Errors;

namespace AotBroker.Identity;

/// <summary>An environment variable that holds the token itself, such as GitLab's <c>id_tokens</c>.</summary>
internal sealed class LiteralIdentityTokenProvider(string variable, ProcessEnvironment environment) : IIdentityTokenProvider
{
    public string Description => "the variable " + variable;

    public bool Mints => false;

    public IdentityToken GetToken(Deadline deadline) => environment.Get(variable) is { } token
        ? IdentityToken.Parse(token, Description)
        : throw new BrokerException(
            environment.IsSet(variable) ? ErrorCode.IdentityEmpty : ErrorCode.IdentityUnreadable,
            $"the variable {variable}, which should hold the identity token, is {(environment.IsSet(variable) ? "empty" : "not set")}",
            "check the name in the profile and in the job's configuration");
}
