using AotBroker.Errors;
using AotBroker.Runtime;
using AotBroker.Schemas;
using AotBroker.Settings;

namespace AotBroker.Identity;

/// <summary>Bitbucket Pipelines: one token for a step that has <c>oidc: true</c>.</summary>
internal static class BitbucketIdentityTokenProvider
{
    private const string Name = "bitbucket";
    private const string Token = "BITBUCKET_STEP_OIDC_TOKEN";
    private const string Platform = "BITBUCKET_BUILD_NUMBER";
    private const string Step = "BITBUCKET_STEP_UUID";
    private const string Run = "BITBUCKET_STEP_RUN_NUMBER";

    private static readonly string[] Hints = ["give the step `oidc: true` in bitbucket-pipelines.yml"];

    public static FoundIdentity? Detect(Surroundings surroundings)
    {
        if (!surroundings.HasAny(Name, Token, Platform))
        {
            return null;
        }
        return surroundings.Get(Token) is not null
            ? new FoundIdentity(new BitbucketIdentity(), Token)
            : throw new BrokerException(ErrorCode.IdentityNotFound, "this Bitbucket step has no identity token", Hints);
    }

    public static bool TryAddJobToKey(KeyText key, ProcessEnvironment environment)
    {
        key.Add("run", environment.Get(Run));
        key.Add("job", environment.Get(Step));
        return environment.Get(Step) is not null;
    }

    public static IIdentityTokenProvider Of(ProcessEnvironment environment) => new LiteralIdentityTokenProvider(Token, environment, Hints);
}
