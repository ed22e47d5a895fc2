using AotBroker.Errors;
using AotBroker.Runtime;
using AotBroker.Schemas;
using AotBroker.Settings;

namespace AotBroker.Identity;

/// <summary>All sources. A new one is a variant in schemas/profile.schema.json, a file beside this one, a test, and a line below.</summary>
internal static class IdentitySources
{
    /// <summary>The one list, in the order in which sources are looked for: what was set for us, the job, the container, the machine.</summary>
    private static TResult? First<TVisitor, TResult>(TVisitor visitor)
        where TVisitor : struct, IVisitor<TResult>
        where TResult : class =>
        visitor.Visit<FileSource, FileIdentity>()
        ?? visitor.Visit<VariableSource, LiteralIdentity>()
        ?? visitor.Visit<GitHubActionsSource, GithubActionsIdentity>()
        ?? visitor.Visit<GitLabSource, GitlabIdentity>()
        ?? visitor.Visit<BuildkiteSource, BuildkiteIdentity>()
        ?? visitor.Visit<CircleCISource, CircleciIdentity>()
        ?? visitor.Visit<AzurePipelinesSource, AzurePipelinesIdentity>()
        ?? visitor.Visit<BitbucketSource, BitbucketIdentity>()
        ?? visitor.Visit<TerraformSource, TerraformIdentity>()
        ?? visitor.Visit<VercelSource, VercelIdentity>()
        ?? visitor.Visit<FlySource, FlyIdentity>()
        ?? visitor.Visit<AksSource, AksIdentity>()
        ?? visitor.Visit<AwsIrsaSource, AwsIrsaIdentity>()
        ?? visitor.Visit<KubernetesSource, KubernetesIdentity>()
        ?? visitor.Visit<AzureAppServiceSource, AzureAppServiceIdentity>()
        ?? visitor.Visit<SpiffeSource, SpiffeIdentity>()
        ?? visitor.Visit<AwsStsSource, AwsStsIdentity>()
        ?? visitor.Visit<GoogleMetadataSource, GoogleMetadataIdentity>()
        ?? visitor.Visit<AzureImdsSource, AzureImdsIdentity>()
        ?? visitor.Visit<CommandSource, CommandIdentity>()
        ?? visitor.Visit<MachineSource, AutoIdentity>();

    /// <summary>The source that a profile's settings stand for.</summary>
    public static IIdentitySource Bind(IdentitySettings settings, ProcessEnvironment environment) =>
        First<Binder, IIdentitySource>(new Binder(settings, environment)) ?? throw new ArgumentOutOfRangeException(nameof(settings));

    /// <summary>Finds out where the identity comes from when the profile does not say.</summary>
    /// <returns>
    /// <see cref="AutoIdentity"/> for the machine, which is asked when a token is needed; null where that is switched off.
    /// </returns>
    /// <exception cref="BrokerException">As <see cref="IIdentitySource{TSelf,TSettings}.Detect"/>.</exception>
    public static FoundIdentity? Detect(DetectionContext context) => First<Detector, FoundIdentity>(new Detector(context));

    /// <summary>Whose credential it is (invariant 3): what a token at hand says; else what makes the job or the machine that would get one.</summary>
    /// <exception cref="BrokerException">As <see cref="IIdentitySource.AddToKey"/>.</exception>
    public static void AddToKey(KeyText key, IIdentitySource source, string? audience)
    {
        key.Add("identity", source.IsHeld ? "token" : source.Settings.Source);
        source.AddToKey(key, audience);
    }

    /// <summary>The same by the names of the job alone; see <see cref="IIdentitySource.TryAddJobToKey"/>.</summary>
    public static bool TryAddJobToKey(KeyText key, IIdentitySource source, string? audience)
    {
        key.Add("identity", "job");
        key.Add("source", source.Settings.Source);
        key.Add("audience", audience);
        return source.TryAddJobToKey(key);
    }

    public static BrokerException NotFound() => new(
        ErrorCode.IdentityNotFound,
        "no identity was found for this workload",
        $"set {Variables.IdentityTokenFile} to the file that the platform writes, or name a source in the profile",
        $"`{Product.Name} identity` tells what was looked at");

    private interface IVisitor<TResult>
        where TResult : class
    {
        TResult? Visit<TSource, TSettings>()
            where TSource : IIdentitySource<TSource, TSettings>
            where TSettings : IdentitySettings;
    }

    private readonly struct Binder(IdentitySettings settings, ProcessEnvironment environment) : IVisitor<IIdentitySource>
    {
        public IIdentitySource? Visit<TSource, TSettings>()
            where TSource : IIdentitySource<TSource, TSettings>
            where TSettings : IdentitySettings => settings is TSettings own ? TSource.Bind(own, environment) : null;
    }

    private readonly struct Detector(DetectionContext context) : IVisitor<FoundIdentity>
    {
        public FoundIdentity? Visit<TSource, TSettings>()
            where TSource : IIdentitySource<TSource, TSettings>
            where TSettings : IdentitySettings => TSource.Detect(context);
    }
}
