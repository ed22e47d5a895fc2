using AotBroker.Clients.Editing;
using AotBroker.Profiles;
using AotBroker.Runtime;

namespace AotBroker.Clients.Kubernetes;

/// <summary>kubectl and client-go: a user of a kubeconfig.</summary>
internal sealed class KubernetesSetup : ClientSetup
{
    public override string Name => "kubernetes";

    public override string FileFor(string profile, ProcessEnvironment environment)
    {
        foreach (string path in (environment.Get("KUBECONFIG") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries))
        {
            return environment.Absolute(path);
        }
        return InHome(".kube/config", environment);
    }

    public override SetupPlan Plan(ResolvedProfile profile, string file, ProcessEnvironment environment)
    {
        string user = KubeConfig.User(profile);
        return new SetupPlan
        {
            File = file,
            Lines = "users:\n" + user,
            Edit = text => KubeConfigText.Put(text, OctetText.Of(user)),
            Otherwise = KubeConfig.Command(profile),
            Next = [$"let a context name the user: `kubectl config set-context CONTEXT --user={profile.Name}`"],
        };
    }
}
