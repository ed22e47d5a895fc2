using AotBroker.Errors;
using AotBroker.Runtime;
using AotBroker.Schemas;

namespace AotBroker.Identity;

/// <summary>Vercel: one token for a build. (A function's own comes with each request, in a header.)</summary>
internal sealed class VercelSource(VercelIdentity settings, ProcessEnvironment environment) : TokenInVariable(environment)
{
    private const string Name = "vercel";
    private const string Token = "VERCEL_OIDC_TOKEN";
    private const string Platform = "VERCEL";

    private static readonly string[] WhereMissing =
    [
        "turn on \"Secure backend access with OIDC federation\" in the project's settings",
        "a function has no such variable: it gets its token in the header x-vercel-oidc-token of each request, and may pass it on in ANTHROPIC_IDENTITY_TOKEN",
    ];

    public override IdentitySettings Settings => settings;

    protected override string Variable => Token;

    protected override IReadOnlyList<string> Hints => WhereMissing;

    public static IIdentitySource? Bind(IdentitySettings settings, ProcessEnvironment environment) =>
        settings is VercelIdentity own ? new VercelSource(own, environment) : null;

    public static FoundIdentity? Detect(DetectionContext context)
    {
        if (!context.HasAny(Name, Token, Platform))
        {
            return null;
        }
        return context.Get(Token) is not null
            ? new FoundIdentity(new VercelIdentity(), Token)
            : throw new BrokerException(ErrorCode.IdentityNotFound, "this Vercel deployment has no identity token", WhereMissing);
    }
}
