namespace AotBroker.Clients.Kubernetes;

/// <summary>kubectl and client-go.</summary>
internal sealed class KubernetesClient : Client
{
    public override CredentialFormat[] Formats => [new KubernetesFormat()];

    public override HelperProtocol? Helper => null;

    public override ClientSetup? Setup => new KubernetesSetup();

    public override Delivery[] Deliveries => [new KubernetesDelivery()];
}
