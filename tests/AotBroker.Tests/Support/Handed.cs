using AotBroker.Exchange;
using AotBroker.Profiles;
using AotBroker.Publishing;
using AotBroker.Runtime;
using AotBroker.Schemas;

namespace AotBroker.Tests;

/// <summary>What `exec` hands to a command of Anthropic's.</summary>
internal static class Handed
{
    public static PublishedProfile Over(ResolvedProfile profile, Credential credential, ProcessEnvironment environment) =>
        new(CommandDirectory.Create(environment, path =>
        {
            new PublishedProfile(path).Publish(profile, credential);
            ProfileSnapshot.Write(path, profile, environment);
        }).Path);
}
