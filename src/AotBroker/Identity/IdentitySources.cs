using AotBroker.Errors;
using AotBroker.Http;
using AotBroker.Runtime;
using AotBroker.Schemas;
using AotBroker.Settings;

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

    /// <summary>
    /// Whose credential it is (invariant 3): where the token is at hand, what it says; else what makes the job, the container
    /// or the machine that would get one.
    /// </summary>
    /// <exception cref="BrokerException">The token is to be at hand, and is not: one of the identity's errors (AB04xx).</exception>
    public static void AddToKey(KeyText key, IdentitySource source, string? audience, ProcessEnvironment environment)
    {
        if (HeldBy(source, environment) is IHeldToken token)
        {
            key.Add("identity", "token");
            IdentityToken.AddWorkload(key, token.LookAt(), token.Description);
            return;
        }
        key.Add("identity", source.Source);
        switch (source)
        {
            case GithubActionsIdentity github:
                key.Add("audience", github.Audience ?? audience);
                GitHubActionsIdentityTokenProvider.AddToKey(key, environment);
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
            case FlyIdentity fly:
                key.Add("audience", fly.Audience ?? audience);
                FlyIdentityTokenProvider.AddToKey(key, fly, environment);
                break;
            case CommandIdentity command:
                CommandIdentityTokenProvider.AddToKey(key, command, environment);
                break;
            default:
                AddMachineToKey(key, source, audience, environment);
                break;
        }
    }

    /// <summary>The same for clouds and the machine. Its name tells machines apart that share a directory.</summary>
    private static void AddMachineToKey(KeyText key, IdentitySource source, string? audience, ProcessEnvironment environment)
    {
        key.Add("host", environment.HostName);
        switch (source)
        {
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
            default:
                throw new ArgumentOutOfRangeException(nameof(source));
        }
    }

    /// <summary>The file or the variable that holds the token, an <see cref="IHeldToken"/>; null where somebody has to be asked for it.</summary>
    /// <exception cref="BrokerException"><see cref="ErrorCode.IdentityVariablesIncomplete"/>.</exception>
    public static IIdentityTokenProvider? HeldBy(IdentitySource source, ProcessEnvironment environment) => source switch
    {
        FileIdentity or LiteralIdentity or GitlabIdentity or CircleciIdentity { Audience: null } or BitbucketIdentity or TerraformIdentity
            or VercelIdentity or KubernetesIdentity or AksIdentity or AwsIrsaIdentity => Provider(source, null, environment, null!),
        _ => null,
    };

    /// <summary>
    /// The job by the names that stay where clients take variables away that look like secrets, and with them the token. Served
    /// by it is only what the same job was granted while it had its token.
    /// </summary>
    /// <returns>False where the platform has no such name, or it is not set.</returns>
    public static bool TryAddJobToKey(KeyText key, IdentitySource source, string? audience, ProcessEnvironment environment)
    {
        key.Add("identity", "job");
        key.Add("source", source.Source);
        key.Add("audience", audience);
        return source switch
        {
            GithubActionsIdentity => GitHubActionsIdentityTokenProvider.TryAddJobToKey(key, environment),
            GitlabIdentity gitlab => GitLabIdentityTokenProvider.TryAddJobToKey(key, gitlab, environment),
            CircleciIdentity { Audience: null } => CircleCIIdentityTokenProvider.TryAddJobToKey(key, environment),
            BitbucketIdentity => BitbucketIdentityTokenProvider.TryAddJobToKey(key, environment),
            _ => false,
        };
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
