using AotBroker.Reporting;

namespace AotBroker.Clients;

/// <summary>The answer of a Docker credential helper's `get`. It has no expiry: Docker asks each time.</summary>
internal static class DockerFormat
{
    public const string Name = "docker";

    public static byte[] Write(in PresentedCredential presented) => Write(presented, presented.Hosts is [{ } first, ..] ? first : "");

    /// <param name="presented">The credential.</param>
    /// <param name="server">The server as Docker named it.</param>
    public static byte[] Write(in PresentedCredential presented, string server) => new JsonLine().Open()
        .Text("ServerURL", server)
        .Text("Username", presented.BasicUser())
        .Text("Secret", presented.RevealPassword())
        .Close().ToUtf8();
}
