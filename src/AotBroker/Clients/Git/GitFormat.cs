using System.Text;
using AotBroker.Errors;
using AotBroker.Exchange;

namespace AotBroker.Clients.Git;

/// <summary>The answer of a git credential helper's `get`: lines, in git's order. git drops what has expired, to the second.</summary>
internal sealed class GitFormat : CredentialFormat
{
    public override string Name => "git";

    public override bool IsOffered => false;

    public override long? ClientKeepsFor => null;

    public override bool Carries(CredentialKind kind) => kind is CredentialKind.Token or CredentialKind.Fields;

    /// <summary>Basic authentication, which every git understands.</summary>
    public override byte[] Write(in OutputCredential output)
    {
        StringBuilder lines = new();
        Append(lines, "username", output.BasicUser());
        Append(lines, "password", output.RevealPassword());
        return Ended(lines, output);
    }

    /// <summary>A bearer token, for a git that said that it can send one (2.46 and on).</summary>
    public static byte[] WriteBearer(in OutputCredential output)
    {
        StringBuilder lines = new();
        Append(lines, "capability[]", "authtype");
        Append(lines, "authtype", output.Credential.TokenType);
        Append(lines, "credential", output.RevealToken());
        Append(lines, "ephemeral", "1");
        return Ended(lines, output);
    }

    private static byte[] Ended(StringBuilder lines, in OutputCredential output)
    {
        if (output.EarlyExpiry is { } expiry)
        {
            lines.Append("password_expiry_utc=").Append(expiry).Append('\n');
        }
        return Encoding.UTF8.GetBytes(lines.ToString());
    }

    private static void Append(StringBuilder lines, string name, string value)
    {
        if (value.AsSpan().ContainsAny("\n\r\0"))
        {
            throw new BrokerException(ErrorCode.SettingInvalid, $"the {name} contains a line break, which git's protocol cannot carry", "use --format json");
        }
        lines.Append(name).Append('=').Append(value).Append('\n');
    }
}
