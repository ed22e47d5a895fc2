namespace AotBroker.Clients.Aws;

/// <summary>AWS's command line and SDKs.</summary>
internal sealed class AwsClient : Client
{
    public override CredentialFormat[] Formats => [new AwsFormat()];

    public override HelperProtocol? Helper => null;

    public override ClientSetup? Setup => new AwsSetup();

    public override Delivery[] Deliveries => [new AwsDelivery()];
}
