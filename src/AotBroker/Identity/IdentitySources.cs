using AotBroker.Errors;
using AotBroker.Exchange;
using AotBroker.Profiles;
using AotBroker.Schemas;

namespace AotBroker.Identity;

/// <summary>
/// All sources. A new one is a variant in schemas/profile.schema.json, a file beside this one, a test, and a line in each of
/// the three lists below.
/// </summary>
internal static class IdentitySources
{
    /// <summary>From the settings of a source to the code that asks it.</summary>
    /// <param name="source">The settings.</param>
    /// <param name="audience">What the exchange wants where the source does not say; null where the exchange does not either.</param>
    /// <param name="environment">Where a source's variables are.</param>
    /// <param name="http">The way to a source's service.</param>
    public static IIdentityTokenProvider Provider(IdentitySource source, string? audience, ProcessEnvironment environment, PinnedHttp http) => source switch
    {
        FileIdentity file => new FileIdentityTokenProvider(environment.Absolute(file.Path)),
        LiteralIdentity literal => new LiteralIdentityTokenProvider(literal.Variable, environment),
        GithubActionsIdentity github => new GitHubActionsIdentityTokenProvider(github.Audience ?? audience, environment, http),
        GitlabIdentity gitlab => GitLabIdentityTokenProvider.Of(gitlab, environment),
        BuildkiteIdentity buildkite => new BuildkiteIdentityTokenProvider(buildkite.Audience ?? audience, environment, http),
        CircleciIdentity circle => CircleCIIdentityTokenProvider.Of(circle, environment),
        AzurePipelinesIdentity azure => new AzurePipelinesIdentityTokenProvider(azure.ServiceConnectionId, environment, http),
        BitbucketIdentity => BitbucketIdentityTokenProvider.Of(environment),
        TerraformIdentity terraform => TerraformIdentityTokenProvider.Of(terraform, environment),
        VercelIdentity => VercelIdentityTokenProvider.Of(environment),
        FlyIdentity fly => new FlyIdentityTokenProvider(fly with { Socket = environment.Absolute(fly.Socket) }, audience, http),
        CommandIdentity command => new CommandIdentityTokenProvider(command, environment),
        KubernetesIdentity kubernetes => new KubernetesIdentityTokenProvider(environment.Absolute(kubernetes.Path)),
        AksIdentity => AksIdentityTokenProvider.Of(environment),
        AwsIrsaIdentity => AwsIrsaIdentityTokenProvider.Of(environment),
        GoogleMetadataIdentity google => new GoogleMetadataIdentityTokenProvider(google, google.Audience ?? audience, environment, http),
        AzureImdsIdentity imds => new AzureImdsIdentityTokenProvider(imds, imds.Audience ?? audience, environment, http),
        AzureAppServiceIdentity app => new AzureAppServiceIdentityTokenProvider(app, app.Audience ?? audience, environment, http),
        AwsStsIdentity aws => new AwsStsIdentityTokenProvider(aws, aws.Audience ?? audience, ofInstance: false, environment, http),
        AutoIdentity machine => new MachineIdentityTokenProvider(machine.Audience ?? audience, environment, http),
        SpiffeIdentity spiffe => new SpiffeIdentityTokenProvider(spiffe, spiffe.Audience ?? audience, environment, http),
        _ => throw new ArgumentOutOfRangeException(nameof(source)),
    };

    /// <summary>What of a source decides whose credential it is (invariant 3).</summary>
    public static void AddToKey(KeyText key, IdentitySource source, string? audience, ProcessEnvironment environment)
    {
        key.Add("identity", source.Source);
        switch (source)
        {
            case FileIdentity file:
                key.Add("path", environment.Absolute(file.Path));
                break;
            case LiteralIdentity literal:
                LiteralIdentityTokenProvider.AddToKey(key, literal, environment);
                break;
            case GithubActionsIdentity github:
                key.Add("audience", github.Audience ?? audience);
                GitHubActionsIdentityTokenProvider.AddToKey(key, environment);
                break;
            case GitlabIdentity gitlab:
                GitLabIdentityTokenProvider.AddToKey(key, gitlab, environment);
                break;
            case BuildkiteIdentity buildkite:
                key.Add("audience", buildkite.Audience ?? audience);
                BuildkiteIdentityTokenProvider.AddToKey(key, environment);
                break;
            case CircleciIdentity circle:
                CircleCIIdentityTokenProvider.AddToKey(key, circle, environment);
                break;
            case AzurePipelinesIdentity azure:
                AzurePipelinesIdentityTokenProvider.AddToKey(key, azure, environment);
                break;
            case BitbucketIdentity:
                BitbucketIdentityTokenProvider.AddToKey(key, environment);
                break;
            case TerraformIdentity terraform:
                TerraformIdentityTokenProvider.AddToKey(key, terraform, environment);
                break;
            case VercelIdentity:
                VercelIdentityTokenProvider.AddToKey(key, environment);
                break;
            case FlyIdentity fly:
                key.Add("audience", fly.Audience ?? audience);
                FlyIdentityTokenProvider.AddToKey(key, fly, environment);
                break;
            case CommandIdentity command:
                CommandIdentityTokenProvider.AddToKey(key, command, environment);
                break;
            default:
                AddPlatformToKey(key, source, audience, environment);
                break;
        }
    }

    /// <summary>The same for containers, clouds and the machine.</summary>
    private static void AddPlatformToKey(KeyText key, IdentitySource source, string? audience, ProcessEnvironment environment)
    {
        switch (source)
        {
            case KubernetesIdentity kubernetes:
                key.Add("path", environment.Absolute(kubernetes.Path));
                break;
            case AksIdentity:
                AksIdentityTokenProvider.AddToKey(key, environment);
                break;
            case AwsIrsaIdentity:
                AwsIrsaIdentityTokenProvider.AddToKey(key, environment);
                break;
            case GoogleMetadataIdentity google:
                key.Add("audience", google.Audience ?? audience);
                GoogleMetadataIdentityTokenProvider.AddToKey(key, google, environment);
                break;
            case AzureImdsIdentity imds:
                key.Add("audience", imds.Audience ?? audience);
                AzureImdsIdentityTokenProvider.AddToKey(key, imds, environment);
                break;
            case AzureAppServiceIdentity app:
                key.Add("audience", app.Audience ?? audience);
                AzureAppServiceIdentityTokenProvider.AddToKey(key, app, environment);
                break;
            case AwsStsIdentity aws:
                key.Add("audience", aws.Audience ?? audience);
                AwsStsIdentityTokenProvider.AddToKey(key, aws, environment);
                break;
            case AutoIdentity machine:
                key.Add("audience", machine.Audience ?? audience);
                MachineIdentityTokenProvider.AddToKey(key, environment);
                break;
            case SpiffeIdentity spiffe:
                key.Add("audience", spiffe.Audience ?? audience);
                SpiffeIdentityTokenProvider.AddToKey(key, spiffe, environment);
                break;
        }
    }

    /// <summary>
    /// Finds out where the identity comes from when the profile does not say: what was set for us, then the job, then the
    /// container, then the machine. Variables and files alone, as this is part of every hit.
    /// </summary>
    /// <returns>
    /// <see cref="AutoIdentity"/> for the machine, which is asked when a token is needed; null where that is switched off.
    /// </returns>
    /// <exception cref="BrokerException">
    /// <see cref="ErrorCode.IdentityVariablesIncomplete"/>, or <see cref="ErrorCode.IdentityNotFound"/> where a platform is
    /// there that does not hand out an identity: a job must not become the machine it runs on.
    /// </exception>
    public static FoundIdentity? Detect(Surroundings surroundings) =>
        FileIdentityTokenProvider.Detect(surroundings)
        ?? LiteralIdentityTokenProvider.Detect(surroundings)
        ?? GitHubActionsIdentityTokenProvider.Detect(surroundings)
        ?? GitLabIdentityTokenProvider.Detect(surroundings)
        ?? BuildkiteIdentityTokenProvider.Detect(surroundings)
        ?? CircleCIIdentityTokenProvider.Detect(surroundings)
        ?? AzurePipelinesIdentityTokenProvider.Detect(surroundings)
        ?? BitbucketIdentityTokenProvider.Detect(surroundings)
        ?? TerraformIdentityTokenProvider.Detect(surroundings)
        ?? VercelIdentityTokenProvider.Detect(surroundings)
        ?? FlyIdentityTokenProvider.Detect(surroundings)
        ?? AksIdentityTokenProvider.Detect(surroundings)
        ?? AwsIrsaIdentityTokenProvider.Detect(surroundings)
        ?? KubernetesIdentityTokenProvider.Detect(surroundings)
        ?? AzureAppServiceIdentityTokenProvider.Detect(surroundings)
        ?? SpiffeIdentityTokenProvider.Detect(surroundings)
        ?? AwsStsIdentityTokenProvider.Detect(surroundings)
        ?? GoogleMetadataIdentityTokenProvider.Detect(surroundings)
        ?? MachineIdentityTokenProvider.Detect(surroundings);

    public static BrokerException NotFound() => new(
        ErrorCode.IdentityNotFound,
        "no identity was found for this workload",
        $"set {Variables.IdentityTokenFile} to the file that the platform writes, or name a source in the profile",
        $"`{Product.Name} identity` tells what was looked at");
}
