using System.Globalization;
using System.Text;

namespace AotBroker.Http;

/// <summary>A text as it was before it was escaped: %XX, \uXXXX, \xXX, \n and the like, and HTML's references.</summary>
/// <remarks>Only for comparing: everything else stays as it is, and characters outside ASCII may come out wrong.</remarks>
internal static class EscapedText
{
    public static string Decode(string text)
    {
        StringBuilder result = new(text.Length);
        for (int i = 0; i < text.Length;)
        {
            ReadOnlySpan<char> rest = text.AsSpan(i);
            int length = rest switch
            {
                ['%', _, _, ..] when IsHexadecimal(rest[1..3], out char c) => Append(c, 3),
                ['\\', 'u' or 'U', _, _, _, _, ..] when IsHexadecimal(rest[2..6], out char c) => Append(c, 6),
                ['\\', 'x' or 'X', _, _, ..] when IsHexadecimal(rest[2..4], out char c) => Append(c, 4),
                ['\\', 'n' or 'r' or 't' or 'b' or 'f' or 'v' or '0', ..] => Append(' ', 2),
                ['&', ..] => Reference(rest),
                _ => Append(rest[0], 1),
            };
            i += length;
        }
        return result.ToString();

        int Append(char c, int length)
        {
            result.Append(c);
            return length;
        }

        int Reference(ReadOnlySpan<char> rest)
        {
            const int Longest = 10;
            int end = rest[..Math.Min(rest.Length, Longest)].IndexOf(';');
            if (end < 2)
            {
                return Append('&', 1);
            }
            ReadOnlySpan<char> name = rest[1..end];
            bool isHexadecimal = name is ['#', 'x' or 'X', ..];
            return name[0] != '#' ? Append(' ', end + 1)
                : int.TryParse(name[(isHexadecimal ? 2 : 1)..], isHexadecimal ? NumberStyles.AllowHexSpecifier : NumberStyles.None, CultureInfo.InvariantCulture, out int value)
                    ? Append((char)value, end + 1)
                    : Append('&', 1);
        }
    }

    private static bool IsHexadecimal(ReadOnlySpan<char> digits, out char c)
    {
        bool isRead = ushort.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ushort value);
        c = (char)value;
        return isRead;
    }
}
