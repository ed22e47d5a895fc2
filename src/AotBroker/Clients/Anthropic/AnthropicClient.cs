namespace AotBroker.Clients.Anthropic;

/// <summary>Anthropic's SDKs.</summary>
internal sealed class AnthropicClient : Client
{
    public override CredentialFormat[] Formats => [new AnthropicFormat()];

    public override HelperProtocol? Helper => null;

    public override ClientSetup? Setup => null;

    public override Delivery[] Deliveries => [new AnthropicDelivery()];
}
