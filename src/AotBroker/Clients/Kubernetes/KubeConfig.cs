using AotBroker.Errors;
using AotBroker.Profiles;
using AotBroker.Reporting;

namespace AotBroker.Clients.Kubernetes;

/// <summary>A user of a kubeconfig whose token comes from the broker.</summary>
internal static class KubeConfig
{
    /// <summary>What a file needs around its users.</summary>
    public const string Head = "apiVersion: v1\nkind: Config\nusers:\n";

    /// <summary>An entry of <c>users</c>: YAML, its lines with their ends.</summary>
    /// <remarks>kubectl passes the cluster to the broker, which compares its address with those that the profile serves.</remarks>
    /// <exception cref="BrokerException">The profile's credential is no token.</exception>
    public static string User(ResolvedProfile profile)
    {
        new KubernetesFormat().RequireCarries(profile.Kind, profile.Name);
        BrokerInvocation command = BrokerInvocation.Of(profile.Name, new KubernetesFormat());
        return $"""
            - name: {Quoted(profile.Name)}
              user:
                exec:
                  apiVersion: {KubernetesFormat.Version1}
                  command: {Quoted(command.Executable)}
                  args: [{string.Join(", ", Array.ConvertAll(command.Arguments, Quoted))}]
                  interactiveMode: Never
                  provideClusterInfo: true

            """;
    }

    /// <summary>kubectl's own command for the same user, as a line for a shell; null where a shell would take the program's path for something else.</summary>
    public static string? Command(ResolvedProfile profile)
    {
        BrokerInvocation command = BrokerInvocation.Of(profile.Name, new KubernetesFormat());
        return command.Executable.AsSpan().ContainsAny("'\n\r\0") ? null
            : $"kubectl config set-credentials {profile.Name} --exec-api-version={KubernetesFormat.Version1} --exec-command={(command.IsPlain ? command.Executable : $"'{command.Executable}'")} "
                + string.Concat(Array.ConvertAll(command.Arguments, static argument => $"--exec-arg={argument} ")) + "--exec-interactive-mode=Never --exec-provide-cluster-info=true";
    }

    /// <summary>A name such as 1e3 or "no" is no text in YAML without quotes; in these, it is the same as in JSON.</summary>
    private static string Quoted(string text) => JsonLine.Quote(text);
}
