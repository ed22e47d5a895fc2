using System.Text;
using AotBroker.Errors;
using AotBroker.Exchange;

namespace AotBroker.Clients.Git;

/// <summary>The answer of a git credential helper's `get`: lines, in git's order. git drops what has expired, to the second.</summary>
internal static class GitFormat
{
    public const string Name = "git";

    /// <summary>Basic authentication, which every git understands.</summary>
    public static byte[] Write(in OutputCredential presented)
    {
        StringBuilder lines = new();
        Append(lines, "username", presented.BasicUser());
        Append(lines, "password", presented.RevealPassword());
        return Ended(lines, presented);
    }

    /// <summary>A bearer token, for a git that said that it can send one (2.46 and on).</summary>
    public static byte[] WriteBearer(in OutputCredential presented)
    {
        StringBuilder lines = new();
        Append(lines, "capability[]", "authtype");
        Append(lines, "authtype", presented.Credential.TokenType);
        Append(lines, "credential", presented.RevealToken());
        Append(lines, "ephemeral", "1");
        return Ended(lines, presented);
    }

    private static byte[] Ended(StringBuilder lines, in OutputCredential presented)
    {
        if (presented.EarlyExpiry is { } expiry)
        {
            lines.Append("password_expiry_utc=").Append(expiry).Append('\n');
        }
        return Encoding.UTF8.GetBytes(lines.ToString());
    }

    private static void Append(StringBuilder lines, string name, string value)
    {
        if (value.AsSpan().ContainsAny("\n\r\0"))
        {
            throw new BrokerException(ErrorCode.SettingInvalid, $"the {name} holds the end of a line, which git cannot be told", "use --format json");
        }
        lines.Append(name).Append('=').Append(value).Append('\n');
    }
}
