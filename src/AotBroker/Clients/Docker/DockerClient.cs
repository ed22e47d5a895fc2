namespace AotBroker.Clients.Docker;

/// <summary>Docker, and what reads its configuration.</summary>
internal sealed class DockerClient : Client
{
    public override CredentialFormat[] Formats => [new DockerFormat()];

    public override HelperProtocol? Helper => new DockerProtocol();

    public override ClientSetup? Setup => new DockerSetup();

    public override Delivery[] Deliveries => [];
}
