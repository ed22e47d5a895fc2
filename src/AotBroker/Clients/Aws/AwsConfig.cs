using AotBroker.Errors;
using AotBroker.Profiles;
using AotBroker.Schemas;

namespace AotBroker.Clients.Aws;

/// <summary>A profile of <c>~/.aws/config</c> whose credentials come from the broker.</summary>
internal static class AwsConfig
{
    /// <summary>The section's head.</summary>
    public static string Head(string name) => name == "default" ? "[default]" : $"[profile {name}]";

    /// <summary>The section's lines, each with its end.</summary>
    /// <exception cref="BrokerException">The profile's credential is not a set of AWS keys, or no client can call this program at its path.</exception>
    public static string Section(ResolvedProfile profile)
    {
        new AwsFormat().RequireCarries(profile.Kind, profile.Name);
        string region = profile is FederatedProfile { Exchange.Settings: AwsStsExchange { Region: { Length: > 0 } set } } ? $"region = {set}\n" : "";
        return $"{Head(profile.Name)}\ncredential_process = {BrokerInvocation.Of(profile.Name, new AwsFormat()).InShell()}\n{region}";
    }
}
