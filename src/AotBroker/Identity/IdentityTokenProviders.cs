using System.Diagnostics;
using AotBroker.Exchange;
using AotBroker.Schemas;

namespace AotBroker.Identity;

/// <summary>From the settings of a source to the code that asks it.</summary>
internal static class IdentityTokenProviders
{
    public static IIdentityTokenProvider For(IdentitySource source, ProcessEnvironment environment, PinnedHttp http) => source switch
    {
        FileIdentity file => new FileIdentityTokenProvider(environment.Absolute(file.Path)),
        LiteralIdentity literal => new LiteralIdentityTokenProvider(literal.Variable, environment),
        GithubActionsIdentity github => new GitHubActionsIdentityTokenProvider(github.Audience, environment, http),
        _ => throw new UnreachableException("`auto` is decided when the profile is resolved"),
    };
}
