namespace AotBroker.Clients.Terraform;

/// <summary>Terraform and OpenTofu.</summary>
internal sealed class TerraformClient : Client
{
    public override CredentialFormat[] Formats => [new TerraformFormat()];

    public override HelperProtocol? Helper => new TerraformProtocol();

    public override ClientSetup? Setup => new TerraformSetup();

    public override Delivery[] Deliveries => [];
}
