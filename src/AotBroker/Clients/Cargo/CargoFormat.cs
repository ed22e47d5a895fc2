using AotBroker.Exchange;
using AotBroker.Reporting;

namespace AotBroker.Clients.Cargo;

/// <summary>The answer of a cargo credential provider to a `get`; cargo sends the token as it is.</summary>
internal sealed class CargoFormat : CredentialFormat
{
    public override string Name => "cargo";

    public override bool IsOffered => false;

    public override long? ClientKeepsFor => null;

    public override bool Carries(CredentialKind kind) => kind == CredentialKind.Token;

    public override byte[] Write(in OutputCredential output)
    {
        JsonLine line = new JsonLine().BeginObject().BeginObject("Ok").String("kind", "get").String("token", output.RevealToken());
        if (output.EarlyExpiry is { } expiry)
        {
            line.String("cache", "expires").Number("expiration", expiry);
        }
        else
        {
            line.String("cache", "session");
        }
        return line.Boolean("operation_independent", true).EndObject().EndObject().ToUtf8();
    }
}
