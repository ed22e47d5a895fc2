using System.Text;

namespace AotBroker.Output;

/// <summary>A JSON object of headers, as Claude Code's header helpers take it.</summary>
internal static class HeaderFormat
{
    public const string Name = "header";

    // The token needs no escape: it is printable ASCII without quotes, or it would not have been granted.
    public static byte[] Write(in PresentedCredential presented) => Encoding.ASCII.GetBytes(
        $"{{\"Authorization\":\"{presented.Credential.TokenType} {System.Text.Json.JsonEncodedText.Encode(presented.RevealToken())}\"}}\n");
}
