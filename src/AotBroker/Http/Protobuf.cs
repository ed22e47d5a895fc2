using System.Text;

namespace AotBroker.Http;

/// <summary>
/// As much of the Protocol Buffers wire format as texts in a flat or nested message need: a field is a number, a type and its
/// bytes. Source: protobuf.dev, "Encoding".
/// </summary>
internal static class Protobuf
{
    private const int Varint = 0;
    private const int Fixed64 = 1;
    private const int LengthDelimited = 2;
    private const int Fixed32 = 5;

    /// <summary>Adds a text, or nothing if it is empty: that is what an absent field means.</summary>
    public static void AddText(List<byte> message, int field, string text)
    {
        if (text.Length == 0)
        {
            return;
        }
        byte[] octets = Encoding.UTF8.GetBytes(text);
        AddVarint(message, (uint)((field << 3) | LengthDelimited));
        AddVarint(message, (uint)octets.Length);
        message.AddRange(octets);
    }

    private static void AddVarint(List<byte> message, uint value)
    {
        for (; value >= 0x80; value >>= 7)
        {
            message.Add((byte)(value | 0x80));
        }
        message.Add((byte)value);
    }

    /// <summary>Reads a message's fields one by one.</summary>
    internal ref struct Reader(ReadOnlySpan<byte> message)
    {
        private ReadOnlySpan<byte> _rest = message;

        /// <summary>The input is not a message: a field is cut off, or of an obsolete type.</summary>
        public bool IsMalformed { get; private set; }

        /// <summary>The next field that has bytes: a text, or a nested message. Others are skipped.</summary>
        public bool TryNext(out int field, out ReadOnlySpan<byte> octets)
        {
            octets = default;
            field = 0;
            while (!IsMalformed && _rest.Length > 0)
            {
                ulong tag = TakeVarint();
                ulong number = tag >> 3;
                if (number is 0 or > 0x1FFF_FFFF)
                {
                    IsMalformed = true;
                    return false;
                }
                switch ((int)(tag & 7))
                {
                    case Varint:
                        TakeVarint();
                        break;
                    case Fixed64:
                        Take(8);
                        break;
                    case Fixed32:
                        Take(4);
                        break;
                    case LengthDelimited:
                        octets = Take(TakeVarint());
                        field = (int)number;
                        return !IsMalformed;
                    default:
                        IsMalformed = true;
                        break;
                }
            }
            return false;
        }

        /// <summary>The content of one of its fields is malformed.</summary>
        public void Reject() => IsMalformed = true;

        private ReadOnlySpan<byte> Take(ulong length)
        {
            if (IsMalformed || length > (ulong)_rest.Length)
            {
                IsMalformed = true;
                return default;
            }
            ReadOnlySpan<byte> taken = _rest[..(int)length];
            _rest = _rest[(int)length..];
            return taken;
        }

        private ulong TakeVarint()
        {
            const int LongestVarint = 10;
            ulong value = 0;
            for (int i = 0; i < LongestVarint && i < _rest.Length; i++)
            {
                value |= (ulong)(_rest[i] & 0x7F) << (7 * i);
                if (_rest[i] < 0x80)
                {
                    _rest = _rest[(i + 1)..];
                    return value;
                }
            }
            IsMalformed = true;
            return 0;
        }
    }
}
