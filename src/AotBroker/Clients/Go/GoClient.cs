namespace AotBroker.Clients.Go;

/// <summary>The go command.</summary>
internal sealed class GoClient : Client
{
    public override CredentialFormat[] Formats => [new GoAuthFormat()];

    public override HelperProtocol? Helper => new GoAuthProtocol();

    public override ClientSetup? Setup => null;

    public override Delivery[] Deliveries => [];
}
