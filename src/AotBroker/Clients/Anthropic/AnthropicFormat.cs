using AotBroker.Exchange;
using AotBroker.Publishing;
using AotBroker.Schemas;

namespace AotBroker.Clients.Anthropic;

/// <summary>The credentials file that Anthropic's SDKs read: two spaces of indentation, no newline at the end.</summary>
internal sealed class AnthropicFormat : CredentialFormat
{
    public override string Name => "anthropic";

    public override bool IsOffered => true;

    public override long? ClientKeepsFor => null;

    public override bool Carries(CredentialKind kind) => kind == CredentialKind.Token;

    public override byte[] Write(in OutputCredential output) => PublishedProfile.CredentialsOf(output.Credential).ToUtf8Json(indented: true);
}
