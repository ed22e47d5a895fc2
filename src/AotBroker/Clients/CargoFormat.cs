using AotBroker.Reporting;

namespace AotBroker.Clients;

/// <summary>The answer of a cargo credential provider to a `get`; cargo sends the token as it is.</summary>
internal static class CargoFormat
{
    public const string Name = "cargo";

    public static byte[] Write(in PresentedCredential presented)
    {
        JsonLine line = new JsonLine().Open().Open("Ok").Text("kind", "get").Text("token", presented.RevealToken());
        if (presented.EarlyExpiry is { } expiry)
        {
            line.Text("cache", "expires").Number("expiration", expiry);
        }
        else
        {
            line.Text("cache", "session");
        }
        return line.Truth("operation_independent", true).Close().Close().ToUtf8();
    }
}
