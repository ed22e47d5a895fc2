using System.Text;
using AotBroker.Errors;
using AotBroker.Exchange;

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
            Append(lines, variable.Name, variable.Value);
        }
        return Encoding.ASCII.GetBytes(lines.ToString());
    }

    private static void Append(StringBuilder lines, string name, string value)
    {
        foreach (char c in value)
        {
            // Lines end up in shells: only what no shell gives a meaning to.
            if (!(char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' or '~' or '+' or '/' or '=' or ':' or '[' or ']' or '%'))
            {
                throw new BrokerException(ErrorCode.SettingInvalid, $"the value of {name} contains a character that a shell could act on", "use --format json");
            }
        }
        lines.Append(name).Append('=').Append(value).Append('\n');
    }
}
