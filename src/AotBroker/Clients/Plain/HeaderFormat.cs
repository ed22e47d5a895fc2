using AotBroker.Exchange;
using AotBroker.Reporting;

namespace AotBroker.Clients.Plain;

/// <summary>A JSON object of headers, as Claude Code's header helpers take it.</summary>
internal static class HeaderFormat
{
    public const string Name = "header";

    public static byte[] Write(in OutputCredential presented) => new JsonLine().BeginObject()
        .String("Authorization", $"{presented.Credential.TokenType} {presented.RevealToken()}")
        .EndObject().ToUtf8();
}
