using System.Text;

namespace AotBroker.Clients.Editing;

/// <summary>
/// A client's file as text in which a character is an octet: whatever its encoding, what is not changed stays as it is.
/// </summary>
internal static class OctetText
{
    private const string ByteOrderMark = "\u00ef\u00bb\u00bf";

    private static readonly char[] s_space = [' ', '\t', '\r', '\n', '\f', '\v'];

    public static string Read(ReadOnlySpan<byte> content) => Encoding.Latin1.GetString(content);

    public static byte[] Write(string text) => Encoding.Latin1.GetBytes(text);

    /// <summary>A text of this program's own as its octets in UTF-8.</summary>
    public static string Of(string text) => Read(Encoding.UTF8.GetBytes(text));

    /// <summary>Octets of a file as the text that they are in UTF-8.</summary>
    public static string ToText(string octets) => Encoding.UTF8.GetString(Write(octets));

    /// <summary>What makes every line-based reader differ from the next; null if there is nothing of the kind.</summary>
    public static string? WhyNoLines(string text)
    {
        if (text.Contains('\0', StringComparison.Ordinal))
        {
            return "it contains bytes that are not text";
        }
        for (int i = text.IndexOf('\r', StringComparison.Ordinal); i >= 0; i = text.IndexOf('\r', i + 1))
        {
            if (i + 1 == text.Length || text[i + 1] != '\n')
            {
                return "it contains a carriage return that only some programs read as the end of a line";
            }
        }
        return null;
    }

    /// <summary>How many characters at the start only name the encoding.</summary>
    public static int MarkLength(string text) => text.StartsWith(ByteOrderMark, StringComparison.Ordinal) ? ByteOrderMark.Length : 0;

    /// <summary>How the file ends its lines.</summary>
    public static string LineEnd(string text)
    {
        int end = text.IndexOf('\n', StringComparison.Ordinal);
        return end > 0 && text[end - 1] == '\r' ? "\r\n" : "\n";
    }

    /// <summary>Without the white space of ASCII: what else is white may be a part of a character here.</summary>
    public static string Trim(string octets) => octets.Trim(s_space);

    public static string TrimStart(string octets) => octets.TrimStart(s_space);

    /// <summary>The lines, each with its end, so that together they are the text again.</summary>
    public static List<string> Lines(string text)
    {
        List<string> lines = [];
        for (int start = 0; start < text.Length;)
        {
            int end = text.IndexOf('\n', start) + 1;
            end = end == 0 ? text.Length : end;
            lines.Add(text[start..end]);
            start = end;
        }
        return lines;
    }

    /// <summary>The text with more lines behind it, which may follow its last one after an empty one.</summary>
    /// <param name="text">What is there.</param>
    /// <param name="lines">Ended with "\n", as octets.</param>
    /// <param name="apart">Whether an empty line is to be between.</param>
    public static string Append(string text, string lines, bool apart)
    {
        string end = LineEnd(text);
        string rest = text.TrimEnd('\r', '\n');
        bool isBlank = rest.Length == MarkLength(text);
        if (!isBlank)
        {
            int ends = text.AsSpan(rest.Length).Count('\n');
            for (int wanted = apart ? 2 : 1; ends < wanted; ends++)
            {
                text += end;
            }
        }
        return text + lines.ReplaceLineEndings(end);
    }
}
