namespace AotBroker.Clients.Cargo;

/// <summary>cargo.</summary>
internal sealed class CargoClient : Client
{
    public override CredentialFormat[] Formats => [new CargoFormat()];

    public override HelperProtocol? Helper => new CargoProtocol();

    public override ClientSetup? Setup => null;

    public override Delivery[] Deliveries => [];
}
