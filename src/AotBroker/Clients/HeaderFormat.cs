using AotBroker.Exchange;
using AotBroker.Reporting;

namespace AotBroker.Clients;

/// <summary>A JSON object of headers, as Claude Code's header helpers take it.</summary>
internal static class HeaderFormat
{
    public const string Name = "header";

    public static byte[] Write(in PresentedCredential presented) => new JsonLine().Open()
        .Text("Authorization", $"{presented.Credential.TokenType} {presented.RevealToken()}")
        .Close().ToUtf8();
}
