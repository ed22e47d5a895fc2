using AotBroker.Exchange;
using AotBroker.Profiles;
using AotBroker.Publishing;
using AotBroker.Runtime;
using AotBroker.Settings;

namespace AotBroker.Clients;

/// <summary>A profile with its credential, in a configuration directory as every Anthropic SDK reads it.</summary>
internal sealed class AnthropicDelivery : IDelivery
{
    public const string Way = "anthropic";

    /// <summary>What clients prefer to a profile.</summary>
    public static string[] StaticKeys => [Variables.ApiKey, Variables.AuthToken, Variables.ClaudeCodeOAuthToken];

    public string Name => Way;

    public bool IsForOne => true;

    public bool IsKept => true;

    public bool Suits(ResolvedProfile profile) => PublishedProfile.Suits(profile);

    public string[] Shadowing(ResolvedProfile profile) => StaticKeys;

    public void HandOver(IReadOnlyList<CommandCredential> credentials, CommandSurroundings surroundings)
    {
        CommandCredential one = credentials[0];
        Publish(one, surroundings.Directory);
        surroundings.Set(Variables.ConfigDirectory, surroundings.Directory, one.Name);
        surroundings.Set(Variables.Profile, one.Name, one.Name);
        // Clients prefer it to the profile's own.
        surroundings.Claim(Variables.BaseUrl, one.Name);
    }

    public void Renew(CommandCredential credential, string directory, ProcessEnvironment environment)
    {
        Publish(credential, directory);
        ProfileSnapshot.Write(directory, credential.Profile, environment);
    }

    private static void Publish(CommandCredential one, string directory) => new PublishedProfile(directory).Publish(one.Profile, one.Credential);
}
