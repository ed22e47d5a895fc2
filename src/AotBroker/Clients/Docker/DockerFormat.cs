using AotBroker.Exchange;
using AotBroker.Reporting;

namespace AotBroker.Clients.Docker;

/// <summary>The answer of a Docker credential helper's `get`. It has no expiry: Docker asks each time.</summary>
internal sealed class DockerFormat : CredentialFormat
{
    public override string Name => "docker";

    public override bool IsOffered => false;

    public override long? ClientKeepsFor => null;

    public override bool Carries(CredentialKind kind) => kind is CredentialKind.Token or CredentialKind.Fields;

    public override byte[] Write(in OutputCredential output) => Write(output, output.Hosts is [{ } first, ..] ? first : "");

    /// <param name="output">The credential.</param>
    /// <param name="server">The server as Docker named it.</param>
    public static byte[] Write(in OutputCredential output, string server) => new JsonLine().BeginObject()
        .String("ServerURL", server)
        .String("Username", output.BasicUser())
        .String("Secret", output.RevealPassword())
        .EndObject().ToUtf8();
}
