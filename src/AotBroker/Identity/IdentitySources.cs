using AotBroker.Errors;
using AotBroker.Runtime;
using AotBroker.Schemas;
using AotBroker.Settings;

namespace AotBroker.Identity;

/// <summary>All sources. A new one is a variant in schemas/profile.schema.json, a file beside this one, a test, and a line below.</summary>
internal static class IdentitySources
{
    /// <summary>
    /// The one list, in the order in which sources are looked for: what was set for us, the job, the container, the machine.
    /// </summary>
    private static unsafe TResult? First<TVisitor, TResult>(TVisitor visitor)
        where TVisitor : struct, IVisitor<TResult>
        where TResult : class =>
        visitor.Visit(&FileSource.Detect, &FileSource.Bind)
        ?? visitor.Visit(&VariableSource.Detect, &VariableSource.Bind)
        ?? visitor.Visit(&GitHubActionsSource.Detect, &GitHubActionsSource.Bind)
        ?? visitor.Visit(&GitLabSource.Detect, &GitLabSource.Bind)
        ?? visitor.Visit(&BuildkiteSource.Detect, &BuildkiteSource.Bind)
        ?? visitor.Visit(&CircleCISource.Detect, &CircleCISource.Bind)
        ?? visitor.Visit(&AzurePipelinesSource.Detect, &AzurePipelinesSource.Bind)
        ?? visitor.Visit(&BitbucketSource.Detect, &BitbucketSource.Bind)
        ?? visitor.Visit(&TerraformSource.Detect, &TerraformSource.Bind)
        ?? visitor.Visit(&VercelSource.Detect, &VercelSource.Bind)
        ?? visitor.Visit(&FlySource.Detect, &FlySource.Bind)
        ?? visitor.Visit(&AksSource.Detect, &AksSource.Bind)
        ?? visitor.Visit(&AwsIrsaSource.Detect, &AwsIrsaSource.Bind)
        ?? visitor.Visit(&KubernetesSource.Detect, &KubernetesSource.Bind)
        ?? visitor.Visit(&AzureAppServiceSource.Detect, &AzureAppServiceSource.Bind)
        ?? visitor.Visit(&SpiffeSource.Detect, &SpiffeSource.Bind)
        ?? visitor.Visit(&AwsStsSource.Detect, &AwsStsSource.Bind)
        ?? visitor.Visit(&GoogleMetadataSource.Detect, &GoogleMetadataSource.Bind)
        ?? visitor.Visit(&AzureImdsSource.Detect, &AzureImdsSource.Bind)
        ?? visitor.Visit(&CommandSource.Detect, &CommandSource.Bind)
        ?? visitor.Visit(&MachineSource.Detect, &MachineSource.Bind);

    /// <summary>The source that a profile's settings stand for.</summary>
    public static IIdentitySource Bind(IdentitySettings settings, ProcessEnvironment environment) =>
        First<Binder, IIdentitySource>(new Binder(settings, environment)) ?? throw new ArgumentOutOfRangeException(nameof(settings));

    /// <summary>Finds out where the identity comes from when the profile does not say.</summary>
    /// <returns>
    /// <see cref="AutoIdentity"/> for the machine, which is asked when a token is needed; null where that is switched off.
    /// </returns>
    /// <exception cref="BrokerException">
    /// <see cref="ErrorCode.IdentityVariablesIncomplete"/>, or <see cref="ErrorCode.IdentityNotFound"/> where a platform is
    /// there that does not hand out an identity: a job must not become the machine that it runs on.
    /// </exception>
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
        $"`{Product.Name} identity` shows what was looked at");

    private unsafe interface IVisitor<TResult>
        where TResult : class
    {
        /// <param name="detect">
        /// Whether the source is there, where the profile does not name one. It looks at variables and files alone: this is part
        /// of every hit. Null where it is not there, or is never guessed.
        /// </param>
        /// <param name="bind">The source that the settings stand for; null where they are another's.</param>
        TResult? Visit(delegate*<DetectionContext, FoundIdentity?> detect, delegate*<IdentitySettings, ProcessEnvironment, IIdentitySource?> bind);
    }

    private readonly unsafe struct Binder(IdentitySettings settings, ProcessEnvironment environment) : IVisitor<IIdentitySource>
    {
        public IIdentitySource? Visit(delegate*<DetectionContext, FoundIdentity?> detect, delegate*<IdentitySettings, ProcessEnvironment, IIdentitySource?> bind) =>
            bind(settings, environment);
    }

    private readonly unsafe struct Detector(DetectionContext context) : IVisitor<FoundIdentity>
    {
        public FoundIdentity? Visit(delegate*<DetectionContext, FoundIdentity?> detect, delegate*<IdentitySettings, ProcessEnvironment, IIdentitySource?> bind) =>
            detect(context);
    }
}
