using System.Text;
using AotBroker.Exchange;

namespace AotBroker.Clients.Plain;

/// <summary>The bare token and a newline: what `$(aotbroker get)` and Claude Code's apiKeyHelper take.</summary>
internal sealed class TokenFormat : CredentialFormat
{
    public override string Name => "token";

    public override bool IsOffered => true;

    public override long? ClientKeepsFor => null;

    public override bool Carries(CredentialKind kind) => kind == CredentialKind.Token;

    public override byte[] Write(in OutputCredential output)
    {
        string token = output.RevealToken();
        byte[] line = new byte[token.Length + 1];
        // An access token is printable ASCII: anything else was refused when it was granted.
        Encoding.ASCII.GetBytes(token, line);
        line[^1] = (byte)'\n';
        return line;
    }
}
