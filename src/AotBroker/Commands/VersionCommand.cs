using System.Buffers;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using AotBroker.Brokering;
using AotBroker.Evidence;
using AotBroker.Runtime;
using static AotBroker.Evidence.TextRow;

namespace AotBroker.Commands;

/// <summary>`version`: what to name in a report, and what to compare with a list of vulnerable versions.</summary>
internal static class VersionCommand
{
    public static int Run(bool verbose, bool json, Session session)
    {
        session.Write(json ? Json() : Encoding.UTF8.GetBytes(verbose ? Line + Details() : Line));
        return 0;
    }

    private static string Line => $"{Product.Name} {Product.Version} ({RuntimeInformation.RuntimeIdentifier}, {BuiltWith.Runtime})\n";

    private static string Details()
    {
        StringBuilder text = new();
        Append(text, "commit", Provenance.Commit, null);
        Append(text, "date", Provenance.Date, "of the commit");
        Append(text, "runtime", BuiltWith.Runtime, $"security updates until {BuiltWith.EndOfSupport}");
        Append(text, "OpenSSL", BuiltWith.OpenSsl ?? "none", null);
        Append(text, "glibc", BuiltWith.Glibc ?? "none", null);
        return text.ToString();
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
            writer.WriteString("framework", BuiltWith.Runtime);
            writer.WriteString("commit", Provenance.Commit);
            writer.WriteString("date", Provenance.Date);
            writer.WriteString("openssl", BuiltWith.OpenSsl);
            writer.WriteString("glibc", BuiltWith.Glibc);
            writer.WriteString("end_of_support", BuiltWith.EndOfSupport);
            writer.WriteEndObject();
        }
        buffer.Write("\n"u8);
        return buffer.WrittenSpan.ToArray();
    }
}
