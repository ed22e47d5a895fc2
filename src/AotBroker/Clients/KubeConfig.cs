using AotBroker.Errors;
using AotBroker.Output;
using AotBroker.Profiles;

namespace AotBroker.Clients;

/// <summary>A user of a kubeconfig whose token comes from the broker.</summary>
internal static class KubeConfig
{
    /// <summary>What a file needs around its users.</summary>
    public const string Head = "apiVersion: v1\nkind: Config\nusers:\n";

    /// <summary>An entry of <c>users</c>: YAML, its lines with their ends.</summary>
    /// <remarks>The cluster is told to the broker, which compares its address with those that the profile serves.</remarks>
    /// <exception cref="BrokerException">The profile's credential is no token.</exception>
    public static string User(ResolvedProfile profile)
    {
        CredentialFormats.Choose(KubernetesFormat.Name, profile.Kind, profile.Name);
        HelperCommand command = HelperCommand.Of(profile.Name, KubernetesFormat.Name);
        return $"""
            - name: {Quoted(profile.Name)}
              user:
                exec:
                  apiVersion: {KubernetesFormat.Version1}
                  command: {Quoted(command.Program)}
                  args: [{string.Join(", ", Array.ConvertAll(command.Arguments, Quoted))}]
                  interactiveMode: Never
                  provideClusterInfo: true

            """;
    }

    /// <summary>A name such as 1e3 or "no" is no text in YAML without quotes; in these, it is the same as in JSON.</summary>
    private static string Quoted(string text) => JsonLine.Quote(text);
}
