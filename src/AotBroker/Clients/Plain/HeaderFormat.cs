using AotBroker.Exchange;
using AotBroker.Reporting;

namespace AotBroker.Clients.Plain;

/// <summary>A JSON object of headers, as Claude Code's header helpers take it.</summary>
internal sealed class HeaderFormat : CredentialFormat
{
    public override string Name => "header";

    public override bool IsOffered => true;

    public override long? ClientKeepsFor => null;

    public override bool Carries(CredentialKind kind) => kind == CredentialKind.Token;

    public override byte[] Write(in OutputCredential output) => new JsonLine().BeginObject()
        .String("Authorization", $"{output.Credential.TokenType} {output.RevealToken()}")
        .EndObject().ToUtf8();
}
