using System.Text;
using AotBroker.Errors;

namespace AotBroker.Publishing;

/// <summary>NAME=VALUE lines, which end up in shells and in files that programs read each in their own way.</summary>
internal static class EnvironmentLines
{
    /// <exception cref="BrokerException"><see cref="ErrorCode.SettingInvalid"/>: a shell could act on the value.</exception>
    public static void Append(StringBuilder lines, string name, string value, string hint)
    {
        foreach (char c in value)
        {
            // Only characters that have no meaning to any shell.
            if (!(char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' or '~' or '+' or '/' or '=' or ':' or '[' or ']' or '%'))
            {
                throw new BrokerException(ErrorCode.SettingInvalid, $"the value of {name} contains a character that a shell could act on", hint);
            }
        }
        lines.Append(name).Append('=').Append(value).Append('\n');
    }
}
