using AotBroker.Errors;
using AotBroker.Runtime;
using AotBroker.Schemas;

namespace AotBroker.Identity;

/// <summary>Vercel: one token for a build. (A function's own comes with each request, in a header.)</summary>
internal static class VercelIdentityTokenProvider
{
    private const string Name = "vercel";
    private const string Token = "VERCEL_OIDC_TOKEN";
    private const string Platform = "VERCEL";

    private static readonly string[] Hints =
    [
        "turn on \"Secure backend access with OIDC federation\" in the project's settings",
        "a function has no such variable: it gets its token in the header x-vercel-oidc-token of each request, and may hand it over in ANTHROPIC_IDENTITY_TOKEN",
    ];

    public static FoundIdentity? Detect(Surroundings surroundings)
    {
        if (!surroundings.HasAny(Name, Token, Platform))
        {
            return null;
        }
        return surroundings.Get(Token) is not null
            ? new FoundIdentity(new VercelIdentity(), Token)
            : throw new BrokerException(ErrorCode.IdentityNotFound, "this Vercel deployment has no identity token", Hints);
    }

    public static IIdentityTokenProvider Of(ProcessEnvironment environment) => new LiteralIdentityTokenProvider(Token, environment, Hints);
}
