namespace AotBroker.Clients.Git;

/// <summary>git.</summary>
internal sealed class GitClient : Client
{
    public override CredentialFormat[] Formats => [new GitFormat()];

    public override HelperProtocol? Helper => new GitProtocol();

    public override ClientSetup? Setup => new GitSetup();

    public override Delivery[] Deliveries => [];
}
