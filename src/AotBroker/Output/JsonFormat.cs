using System.Buffers;
using System.Text.Json;

namespace AotBroker.Output;

/// <summary>The credential as one JSON object, for scripts. Instants are Unix seconds, and left out where it never expires.</summary>
internal static class JsonFormat
{
    public const string Name = "json";

    public static byte[] Write(in PresentedCredential presented)
    {
        ArrayBufferWriter<byte> buffer = new();
        using (Utf8JsonWriter writer = new(buffer))
        {
            writer.WriteStartObject();
            writer.WriteString("access_token"u8, presented.RevealToken());
            writer.WriteString("token_type"u8, presented.Credential.TokenType);
            if (presented.Credential.Expires)
            {
                writer.WriteNumber("expires_at"u8, presented.Credential.ExpiresAt);
                writer.WriteNumber("expires_in"u8, Math.Max(0, presented.Credential.RemainingAt(presented.Now)));
            }
            writer.WriteString("profile"u8, presented.Profile);
            writer.WriteEndObject();
        }
        buffer.Write("\n"u8);
        return buffer.WrittenSpan.ToArray();
    }
}
