using System.Text;

namespace AotBroker.Clients.Plain;

/// <summary>The bare token and a newline: what `$(aotbroker get)` and Claude Code's apiKeyHelper take.</summary>
internal static class TokenFormat
{
    public const string Name = "token";

    public static byte[] Write(in OutputCredential presented)
    {
        string token = presented.RevealToken();
        byte[] line = new byte[token.Length + 1];
        // An access token is printable ASCII: anything else was refused when it was granted.
        Encoding.ASCII.GetBytes(token, line);
        line[^1] = (byte)'\n';
        return line;
    }
}
