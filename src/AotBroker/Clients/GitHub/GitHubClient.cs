namespace AotBroker.Clients.GitHub;

/// <summary>The later steps of a GitHub job.</summary>
internal sealed class GitHubClient : Client
{
    public override CredentialFormat[] Formats => [new GitHubEnvironmentFormat()];

    public override HelperProtocol? Helper => null;

    public override ClientSetup? Setup => null;

    public override Delivery[] Deliveries => [];
}
