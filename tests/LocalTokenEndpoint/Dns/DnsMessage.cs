using System.Buffers.Binary;
using System.Net;
using System.Text;

namespace LocalTokenEndpoint;

/// <summary>As much of RFC 1035 as a resolver with one question needs.</summary>
internal static class DnsMessage
{
    private const int HeaderBytes = 12;
    private const ushort TypeA = 1;
    private const ushort ClassInternet = 1;

    private const ushort IsResponse = 0x8000;
    private const ushort IsAuthoritative = 0x0400;
    private const ushort RecursionDesired = 0x0100;
    private const ushort RecursionAvailable = 0x0080;
    private const ushort NoSuchName = 3;

    /// <summary>
    /// The answer to a query: the address for an A question about a known name, nothing for its other types (so that a
    /// resolver that asks for AAAA as well is content), NXDOMAIN for other names. Null for what is not a query.
    /// </summary>
    public static byte[]? Answer(ReadOnlySpan<byte> query, IReadOnlySet<string> names, IPAddress address)
    {
        if (query.Length < HeaderBytes
            || (Read(query, 2) & IsResponse) != 0
            || Read(query, 4) != 1
            || ReadName(query, HeaderBytes, out var name) is not { } afterName
            || query.Length < afterName + 4)
        {
            return null;
        }

        var isKnown = names.Contains(name);
        var hasAnswer = isKnown && Read(query, afterName) == TypeA && Read(query, afterName + 2) == ClassInternet;
        var question = query[HeaderBytes..(afterName + 4)];
        var flags = IsResponse | IsAuthoritative | RecursionAvailable | (Read(query, 2) & RecursionDesired)
            | (isKnown ? 0 : NoSuchName);

        var answer = new List<byte>(64);
        Append(answer, Read(query, 0), (ushort)flags, 1, (ushort)(hasAnswer ? 1 : 0), 0, 0);

        // The question goes back byte for byte: some resolvers mix upper and lower case in it and insist on their own.
        answer.AddRange(question);
        if (hasAnswer)
        {
            const ushort pointerToQuestion = 0xC000 | HeaderBytes;
            const ushort lifeSeconds = 60;
            Append(answer, pointerToQuestion, TypeA, ClassInternet, 0, lifeSeconds, 4);
            answer.AddRange(address.GetAddressBytes());
        }

        return [.. answer];
    }

    /// <summary>The offset after the name, or null when it is malformed; a question has no compressed names.</summary>
    private static int? ReadName(ReadOnlySpan<byte> message, int offset, out string name)
    {
        var text = new StringBuilder();
        name = "";
        while (offset < message.Length)
        {
            int length = message[offset++];
            if (length == 0)
            {
                name = text.ToString();
                return offset;
            }

            if (length > 63 || offset + length > message.Length)
            {
                return null;
            }

            text.Append(text.Length == 0 ? "" : ".").Append(Encoding.ASCII.GetString(message.Slice(offset, length)));
            offset += length;
        }

        return null;
    }

    private static ushort Read(ReadOnlySpan<byte> message, int offset) => BinaryPrimitives.ReadUInt16BigEndian(message[offset..]);

    private static void Append(List<byte> message, params ReadOnlySpan<ushort> values)
    {
        foreach (var value in values)
        {
            message.Add((byte)(value >> 8));
            message.Add((byte)value);
        }
    }
}
