using System.Text;
using AotBroker.Errors;
using AotBroker.Exchange;
using AotBroker.Profiles;
using AotBroker.Settings;

namespace AotBroker.Clients.Kubernetes;

/// <summary>
/// A kubeconfig with a user for each profile, before those that are there: of two users of one name the first counts, and
/// clusters and contexts stay where they are.
/// </summary>
internal sealed class KubernetesDelivery : Delivery
{
    private const string Files = "KUBECONFIG";

    public override string Name => "kubernetes";

    public override long? ClientKeepsFor => null;

    public override bool IsExclusive => false;

    public override bool HasFiles => true;

    public override bool Supports(ResolvedProfile profile) => profile.Kind == CredentialKind.Token;

    public override string[] Shadowing(ResolvedProfile profile) => [];

    public override void HandOver(IReadOnlyList<CommandCredential> credentials, ChildEnvironment child)
    {
        StringBuilder config = new(KubeConfig.Head);
        foreach (CommandCredential one in credentials)
        {
            config.Append(KubeConfig.User(one.Profile));
        }
        string file = child.Write("kubernetes/config", Encoding.UTF8.GetBytes(config.ToString()));
        if (file.Contains(':', StringComparison.Ordinal))
        {
            throw new BrokerException(
                ErrorCode.SetUpFailed,
                $"{Files} cannot name {Redaction.Printable(file)}: a colon separates files there",
                $"name another directory in {Variables.BrokerCacheDirectory}");
        }
        string? others = child.Environment.Get(Files)
            ?? (child.Environment.Get(Variables.Home) is { } home ? $"{child.Environment.Absolute(home)}/.kube/config" : null);
        child.Set(Files, others is null ? file : $"{file}:{others}", credentials[0].Name);
    }
}
