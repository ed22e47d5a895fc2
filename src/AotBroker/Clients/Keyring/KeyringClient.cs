namespace AotBroker.Clients.Keyring;

/// <summary>pip, uv and PDM.</summary>
internal sealed class KeyringClient : Client
{
    public override CredentialFormat[] Formats => [new KeyringFormat()];

    public override HelperProtocol? Helper => new KeyringProtocol();

    public override ClientSetup? Setup => null;

    public override Delivery[] Deliveries => [];
}
