using AotBroker.Reporting;

namespace AotBroker.Clients.Cargo;

/// <summary>The answer of a cargo credential provider to a `get`; cargo sends the token as it is.</summary>
internal static class CargoFormat
{
    public const string Name = "cargo";

    public static byte[] Write(in OutputCredential presented)
    {
        JsonLine line = new JsonLine().BeginObject().BeginObject("Ok").String("kind", "get").String("token", presented.RevealToken());
        if (presented.EarlyExpiry is { } expiry)
        {
            line.String("cache", "expires").Number("expiration", expiry);
        }
        else
        {
            line.String("cache", "session");
        }
        return line.Boolean("operation_independent", true).EndObject().EndObject().ToUtf8();
    }
}
