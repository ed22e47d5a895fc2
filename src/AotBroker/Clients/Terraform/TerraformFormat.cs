using AotBroker.Exchange;
using AotBroker.Reporting;

namespace AotBroker.Clients.Terraform;

/// <summary>The answer of a Terraform credentials helper's `get`.</summary>
internal sealed class TerraformFormat : CredentialFormat
{
    public override string Name => "terraform";

    public override bool IsOffered => false;

    public override long? ClientKeepsFor => null;

    public override bool Carries(CredentialKind kind) => kind == CredentialKind.Token;

    public override byte[] Write(in OutputCredential output) => new JsonLine().BeginObject().String("token", output.RevealToken()).EndObject().ToUtf8();
}
