using AotBroker.Errors;
using AotBroker.Runtime;
using AotBroker.Schemas;
using AotBroker.Settings;

namespace AotBroker.Identity;

/// <summary>Bitbucket Pipelines: one token for a step that has <c>oidc: true</c>.</summary>
internal sealed class BitbucketSource(BitbucketIdentity settings, ProcessEnvironment environment) : TokenInVariable(environment)
{
    private const string Name = "bitbucket";
    private const string Token = "BITBUCKET_STEP_OIDC_TOKEN";
    private const string Platform = "BITBUCKET_BUILD_NUMBER";
    private const string Step = "BITBUCKET_STEP_UUID";
    private const string Run = "BITBUCKET_STEP_RUN_NUMBER";

    private static readonly string[] WhereMissing = ["give the step `oidc: true` in bitbucket-pipelines.yml"];

    public override IdentitySettings Settings => settings;

    protected override string Variable => Token;

    protected override IReadOnlyList<string> Hints => WhereMissing;

    public static IIdentitySource? Bind(IdentitySettings settings, ProcessEnvironment environment) =>
        settings is BitbucketIdentity own ? new BitbucketSource(own, environment) : null;

    public static FoundIdentity? Detect(DetectionContext context)
    {
        if (!context.HasAny(Name, Token, Platform))
        {
            return null;
        }
        return context.Get(Token) is not null
            ? new FoundIdentity(new BitbucketIdentity(), Token)
            : throw new BrokerException(ErrorCode.IdentityNotFound, "this Bitbucket step has no identity token", WhereMissing);
    }

    public override bool TryAddJobToKey(KeyText key)
    {
        key.Add("run", Environment.Get(Run));
        key.Add("job", Environment.Get(Step));
        return Environment.Get(Step) is not null;
    }

}
