namespace AotBroker.Clients.Plain;

/// <summary>Scripts and programs that follow no client's protocol.</summary>
internal sealed class PlainClient : Client
{
    public override CredentialFormat[] Formats => [new TokenFormat(), new JsonFormat(), new HeaderFormat(), new EnvironmentFormat()];

    public override HelperProtocol? Helper => null;

    public override ClientSetup? Setup => null;

    public override Delivery[] Deliveries => [new EnvironmentDelivery(), new FileDelivery(), new JsonFileDelivery()];
}
