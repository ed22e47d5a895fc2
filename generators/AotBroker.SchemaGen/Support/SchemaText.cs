using System;
using System.Globalization;
using System.Text;

namespace SchemaGenNamespace;

/// <summary>What the emitted code asks about texts.</summary>
internal static class SchemaText
{
    private const int MaxShown = 40;

    /// <summary>The char at a place; -1 behind the end.</summary>
    public static int CharAt(string text, int at) => at < text.Length ? text[at] : -1;

    /// <summary>The code point that begins at a place; -1 behind the end.</summary>
    public static int CodePointAt(string text, int at) =>
        at >= text.Length ? -1
        : WidthAt(text, at) == 2 ? char.ConvertToUtf32(text[at], text[at + 1])
        : text[at];

    /// <summary>How many chars the code point takes.</summary>
    public static int WidthAt(string text, int at) => at + 1 < text.Length && char.IsSurrogatePair(text[at], text[at + 1]) ? 2 : 1;

    public static bool HasAt(string text, int at, string part) => at <= text.Length && text.AsSpan(at).StartsWith(part);

    /// <summary>The text has fewer code points than that.</summary>
    public static bool IsShorter(string text, int length) => text.Length < length || (text.Length / 2 < length && CodePoints(text) < length);

    /// <summary>The text has more code points than that.</summary>
    public static bool IsLonger(string text, int length) => text.Length > length && CodePoints(text) > length;

    /// <summary>Decodes bytes that are known to be UTF-8.</summary>
    public static string Decode(ReadOnlySpan<byte> utf8) => Encoding.UTF8.GetString(utf8);

    /// <summary>What may be shown of a text in a problem.</summary>
    public static string Bounded(string text, int most = MaxShown)
    {
        if (text.Length <= most)
        {
            return text;
        }

        int end = char.IsHighSurrogate(text[most - 2]) ? most - 2 : most - 1;
        return text[..end] + "…";
    }

    /// <summary>A text with escapes for the characters that end a line, steer a terminal, or turn the direction of what follows.</summary>
    public static string OneLine(string text)
    {
        StringBuilder line = new(text.Length);
        foreach (char c in text)
        {
            if (char.IsControl(c) || c is (>= '\u2028' and <= '\u202E') or (>= '\u2066' and <= '\u2069'))
            {
                line.Append("\\u").Append(((int)c).ToString("X4", CultureInfo.InvariantCulture));
            }
            else
            {
                line.Append(c);
            }
        }

        return line.ToString();
    }

    /// <summary>Integers without a fraction or an exponent, and of so few digits that they surely fit: nearly all of them.</summary>
    public static bool TryParseDigits(ReadOnlySpan<byte> number, out long value)
    {
        const int surelyFits = 18;
        bool isNegative = number[0] == '-';
        long magnitude = 0;
        for (int i = isNegative ? 1 : 0; i < number.Length; i++)
        {
            uint digit = (uint)(number[i] - '0');
            if (digit > 9 || i >= surelyFits)
            {
                value = 0;
                return false;
            }

            magnitude = (magnitude * 10) + digit;
        }

        value = isNegative ? -magnitude : magnitude;
        return true;
    }

    /// <summary>Integers with a fraction of zeros or an exponent, such as <c>1.0</c> and <c>12e2</c>.</summary>
    public static bool TryParseInteger(ReadOnlySpan<byte> number, out long value)
    {
        value = 0;
        bool isNegative = number[0] == '-';
        ReadOnlySpan<byte> digits = isNegative ? number[1..] : number;
        int exponentAt = digits.IndexOfAny((byte)'e', (byte)'E');
        int exponent = exponentAt < 0 ? 0 : ParseExponent(digits[(exponentAt + 1)..]);
        digits = exponentAt < 0 ? digits : digits[..exponentAt];

        int point = digits.IndexOf((byte)'.');
        int whole = point < 0 ? digits.Length : point;
        long places = (long)whole + exponent;
        UInt128 magnitude = 0;
        long place = 0;
        foreach (byte digit in digits)
        {
            if (digit == '.')
            {
                continue;
            }

            if (place++ < places)
            {
                magnitude = (magnitude * 10) + (uint)(digit - '0');
            }
            else if (digit != '0')
            {
                return false;
            }

            if (magnitude > 1UL << 63)
            {
                return false;
            }
        }

        for (; place < places && magnitude != 0; place++)
        {
            magnitude *= 10;
            if (magnitude > 1UL << 63)
            {
                return false;
            }
        }

        if (magnitude == 1UL << 63)
        {
            value = long.MinValue;
            return isNegative;
        }

        value = isNegative ? -(long)magnitude : (long)magnitude;
        return true;
    }

    /// <summary>The members that there are, for a problem.</summary>
    public static string Expected(string[] known) => known.Length switch
    {
        0 => "no member",
        1 => "\"" + known[0] + "\"",
        _ => "one of " + string.Join(", ", known),
    };

    /// <summary>The name that was probably meant; null when none is near.</summary>
    public static string? Nearest(string name, string[] known)
    {
        string? nearest = null;
        int least = Math.Max(1, Math.Min(name.Length, MaxShown) / 3) + 1;
        foreach (string candidate in known)
        {
            int distance = name.Length > 2 * MaxShown ? int.MaxValue : Distance(name, candidate);
            if (name.Equals(candidate, StringComparison.OrdinalIgnoreCase))
            {
                return candidate;
            }

            // Where nothing is left of a name, it was not meant.
            if (distance < least && distance < Math.Max(name.Length, candidate.Length))
            {
                least = distance;
                nearest = candidate;
            }
        }

        return nearest;
    }

    /// <summary>The text of a choice that was probably meant; null when none is near, or the text that was expected is no choice.</summary>
    /// <param name="text">What was found.</param>
    /// <param name="expected">What was expected: <c>one of "a", "b"</c>. The readers hold no list beside it.</param>
    public static string? NearestChoice(string text, string expected)
    {
        const string Start = "one of \"";
        if (text.Length == 0 || !expected.StartsWith(Start, StringComparison.Ordinal) || !expected.EndsWith('"'))
        {
            return null;
        }

        string[] choices = expected[Start.Length..^1].Split("\", \"");
        string[] longer = Array.FindAll(choices, choice => choice.StartsWith(text + "-", StringComparison.OrdinalIgnoreCase));
        return longer.Length == 1 ? longer[0] : Nearest(text, choices);
    }

    /// <summary>Damerau and Levenshtein's distance: insertions, deletions, replacements, and neighbours that changed places.</summary>
    private static int Distance(string a, string b)
    {
        int[] before = new int[b.Length + 1];
        int[] previous = new int[b.Length + 1];
        int[] current = new int[b.Length + 1];
        for (int j = 0; j <= b.Length; j++)
        {
            previous[j] = j;
        }

        for (int i = 1; i <= a.Length; i++)
        {
            current[0] = i;
            for (int j = 1; j <= b.Length; j++)
            {
                int replaced = previous[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
                current[j] = Math.Min(replaced, Math.Min(previous[j], current[j - 1]) + 1);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                {
                    current[j] = Math.Min(current[j], before[j - 2] + 1);
                }
            }

            (before, previous, current) = (previous, current, before);
        }

        return previous[b.Length];
    }

    private static int CodePoints(string text)
    {
        int count = 0;
        for (int at = 0; at < text.Length; at += WidthAt(text, at))
        {
            count++;
        }

        return count;
    }

    private static int ParseExponent(ReadOnlySpan<byte> digits)
    {
        // Beyond this no digit of a number that fits into memory is left or right of the point any more.
        const int enough = 1_000_000_000;
        int exponent = 0;
        foreach (byte digit in digits)
        {
            if (digit is >= (byte)'0' and <= (byte)'9' && exponent < enough)
            {
                exponent = Math.Min(enough, (int)Math.Min((long)enough, (exponent * 10L) + (digit - '0')));
            }
        }

        return digits[0] == '-' ? -exponent : exponent;
    }
}
