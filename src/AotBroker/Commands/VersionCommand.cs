using System.Buffers;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace AotBroker.Commands;

/// <summary>`version`: what to name in a report.</summary>
internal static class VersionCommand
{
    public static int Run(bool json, Session session)
    {
        session.Write(json ? Json() : Encoding.UTF8.GetBytes($"{Product.Name} {Product.Version} ({RuntimeInformation.RuntimeIdentifier}, {RuntimeInformation.FrameworkDescription})\n"));
        return 0;
    }

    private static byte[] Json()
    {
        ArrayBufferWriter<byte> buffer = new();
        using (Utf8JsonWriter writer = new(buffer))
        {
            writer.WriteStartObject();
            writer.WriteString("name", Product.Name);
            writer.WriteString("version", Product.Version);
            writer.WriteString("platform", RuntimeInformation.RuntimeIdentifier);
            writer.WriteString("framework", RuntimeInformation.FrameworkDescription);
            writer.WriteEndObject();
        }
        buffer.Write("\n"u8);
        return buffer.WrittenSpan.ToArray();
    }
}
