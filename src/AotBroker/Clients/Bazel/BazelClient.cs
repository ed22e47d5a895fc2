namespace AotBroker.Clients.Bazel;

/// <summary>Bazel.</summary>
internal sealed class BazelClient : Client
{
    public override CredentialFormat[] Formats => [new BazelFormat()];

    public override HelperProtocol? Helper => new BazelProtocol();

    public override ClientSetup? Setup => null;

    public override Delivery[] Deliveries => [];
}
