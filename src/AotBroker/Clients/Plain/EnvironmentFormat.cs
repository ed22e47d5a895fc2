using System.Text;
using AotBroker.Exchange;
using AotBroker.Publishing;

namespace AotBroker.Clients.Plain;

/// <summary>NAME=VALUE lines, for `env $(aotbroker get --format env) command`, or an env file.</summary>
internal sealed class EnvironmentFormat : CredentialFormat
{
    public override string Name => "env";

    public override bool IsOffered => true;

    public override long? ClientKeepsFor => null;

    public override bool Carries(CredentialKind kind) => true;

    public override byte[] Write(in OutputCredential output)
    {
        StringBuilder lines = new();
        foreach (CredentialVariable variable in CredentialVariables.Of(output))
        {
            EnvironmentLines.Append(lines, variable.Name, variable.Value, "use --format json");
        }
        return Encoding.ASCII.GetBytes(lines.ToString());
    }
}
