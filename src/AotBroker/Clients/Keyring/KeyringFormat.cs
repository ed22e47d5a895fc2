using System.Text;
using AotBroker.Exchange;

namespace AotBroker.Clients.Keyring;

/// <summary>What a program named `keyring` prints: the password, or the user name and the password, a line each.</summary>
internal sealed class KeyringFormat : CredentialFormat
{
    public override string Name => "keyring";

    public override bool IsOffered => false;

    public override long? ClientKeepsFor => null;

    public override bool Carries(CredentialKind kind) => kind is CredentialKind.Token or CredentialKind.Fields;

    public override byte[] Write(in OutputCredential output) => Encoding.UTF8.GetBytes(output.RevealPassword() + "\n");

    public static byte[] WriteWithUser(in OutputCredential output) => Encoding.UTF8.GetBytes($"{output.BasicUser()}\n{output.RevealPassword()}\n");
}
