using System.Text;
using AotBroker.Exchange;
using AotBroker.Files;
using AotBroker.Profiles;
using AotBroker.Schemas;

namespace AotBroker.Clients.Aws;

/// <summary>A configuration file with a profile for each, whose <c>credential_process</c> calls the broker: SDKs renew by themselves.</summary>
internal sealed class AwsDelivery : Delivery
{
    private const string ConfigFile = "AWS_CONFIG_FILE";
    private const string CredentialsFile = "AWS_SHARED_CREDENTIALS_FILE";
    private const string Profile = "AWS_PROFILE";
    private const string DefaultProfile = "AWS_DEFAULT_PROFILE";

    public override string Name => "aws";

    public override long? ClientKeepsFor => new AwsFormat().ClientKeepsFor;

    public override bool IsExclusive => false;

    public override bool HasFiles => true;

    public override bool Supports(ResolvedProfile profile) => profile.Kind == CredentialKind.AwsKeys;

    /// <summary>
    /// Not what the identity comes from: the broker that the SDK calls needs it, and of two evils a warning is the smaller.
    /// </summary>
    public override string[] Shadowing(ResolvedProfile profile) => profile is FederatedProfile { Identity.Settings: AwsIrsaIdentity or AwsStsIdentity }
        ? []
        : ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_WEB_IDENTITY_TOKEN_FILE"];

    public override void HandOver(IReadOnlyList<CommandCredential> credentials, ChildEnvironment child)
    {
        StringBuilder config = new();
        foreach (CommandCredential one in credentials)
        {
            config.Append(AwsConfig.Section(one.Profile));
        }
        string name = credentials[0].Name;
        child.Set(ConfigFile, child.Write("aws/config", Encoding.UTF8.GetBytes(config.ToString())), name);
        // A profile of the same name there would come first.
        child.Set(CredentialsFile, child.Write("aws/credentials", []), name);
        child.Set(Profile, name, name);
        child.Set(DefaultProfile, null, name);
    }
}
