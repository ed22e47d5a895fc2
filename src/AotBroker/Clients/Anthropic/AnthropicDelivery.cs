using AotBroker.Profiles;
using AotBroker.Publishing;
using AotBroker.Runtime;
using AotBroker.Settings;

namespace AotBroker.Clients.Anthropic;

/// <summary>A profile with its credential, in a configuration directory as every Anthropic SDK reads it.</summary>
internal sealed class AnthropicDelivery : Delivery, IRenewedDelivery
{
    /// <summary>What clients prefer to a profile.</summary>
    public static string[] StaticKeys => [Variables.ApiKey, Variables.AuthToken, Variables.ClaudeCodeOAuthToken];

    public override string Name => "anthropic";

    public override long? ClientKeepsFor => null;

    public override bool IsExclusive => true;

    public override bool HasFiles => true;

    public override bool Supports(ResolvedProfile profile) => PublishedProfile.Supports(profile);

    public override string[] Shadowing(ResolvedProfile profile) => StaticKeys;

    public override void HandOver(IReadOnlyList<CommandCredential> credentials, ChildEnvironment child)
    {
        CommandCredential one = credentials[0];
        Publish(one, child.Directory);
        child.Set(Variables.ConfigDirectory, child.Directory, one.Name);
        child.Set(Variables.Profile, one.Name, one.Name);
        // Clients prefer it to the profile's own.
        child.Reserve(Variables.BaseUrl, one.Name);
    }

    public void Renew(CommandCredential credential, string directory, ProcessEnvironment environment)
    {
        Publish(credential, directory);
        ProfileSnapshot.Write(directory, credential.Profile, environment);
    }

    private static void Publish(CommandCredential one, string directory) => new PublishedProfile(directory).Publish(one.Profile, one.Credential);
}
