using AotBroker.Reporting;

namespace AotBroker.Clients.Docker;

/// <summary>The answer of a Docker credential helper's `get`. It has no expiry: Docker asks each time.</summary>
internal static class DockerFormat
{
    public const string Name = "docker";

    public static byte[] Write(in OutputCredential presented) => Write(presented, presented.Hosts is [{ } first, ..] ? first : "");

    /// <param name="presented">The credential.</param>
    /// <param name="server">The server as Docker named it.</param>
    public static byte[] Write(in OutputCredential presented, string server) => new JsonLine().BeginObject()
        .String("ServerURL", server)
        .String("Username", presented.BasicUser())
        .String("Secret", presented.RevealPassword())
        .EndObject().ToUtf8();
}
