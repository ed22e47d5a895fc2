namespace AotBroker.Clients.ClaudeCode;

/// <summary>Claude Code: its helpers take what `token` and `aws` print.</summary>
internal sealed class ClaudeCodeClient : Client
{
    public override CredentialFormat[] Formats => [];

    public override HelperProtocol? Helper => null;

    public override ClientSetup? Setup => new ClaudeCodeSetup();

    public override Delivery[] Deliveries => [];
}
