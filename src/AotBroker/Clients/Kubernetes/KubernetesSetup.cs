using AotBroker.Clients.Editing;
using AotBroker.Profiles;
using AotBroker.Runtime;

namespace AotBroker.Clients.Kubernetes;

/// <summary>kubectl and client-go: a user of a kubeconfig.</summary>
internal static class KubernetesSetup
{
    public const string Name = "kubernetes";

    public static string File(ProcessEnvironment environment)
    {
        foreach (string path in (environment.Get("KUBECONFIG") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries))
        {
            return environment.Absolute(path);
        }
        return ClientSetups.InHome(".kube/config", environment);
    }

    public static ClientSetup Of(ResolvedProfile profile, string file)
    {
        string user = KubeConfig.User(profile);
        return new ClientSetup
        {
            File = file,
            Lines = "users:\n" + user,
            Edit = text => KubeConfigText.Put(text, OctetText.Of(user)),
            Otherwise = KubeConfig.Command(profile),
            Next = [$"let a context name the user: `kubectl config set-context CONTEXT --user={profile.Name}`"],
        };
    }
}
