namespace AotBroker.Clients.Google;

/// <summary>Google's libraries and gcloud.</summary>
internal sealed class GoogleClient : Client
{
    public override CredentialFormat[] Formats => [new GoogleFormat()];

    public override HelperProtocol? Helper => null;

    public override ClientSetup? Setup => new GoogleSetup();

    public override Delivery[] Deliveries => [new GoogleDelivery()];
}
