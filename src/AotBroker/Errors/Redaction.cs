using System.Globalization;
using System.Text;

namespace AotBroker.Errors;

/// <summary>Makes text from outside fit to be shown: printable, short, and without anything that could be a secret.</summary>
internal static class Redaction
{
    private const int LongestLine = 3 * 1024;
    private const int LongestText = 300;
    private const int ShortestToken = 16;
    private const int ShortestSecret = 32;
    private const string TokenCharacters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.";
    private const string CommandCharacters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    private static readonly char[] LineBreaks = ['\r', '\n', '\t'];

    /// <summary>
    /// The text as it may be shown: short enough to read, printable, and without anything that starts like the tokens that
    /// this program handles. Messages contain no tokens themselves, but a value that a person put in the wrong place, and that a message quotes,
    /// may be one.
    /// </summary>
    public static string Shown(string text) => Printable(WithoutTokens(Shorten(text, LongestLine)));

    private static string WithoutTokens(string text)
    {
        StringBuilder? result = null;
        int from = 0;
        for (int i = 0; i < text.Length; i++)
        {
            ReadOnlySpan<char> rest = text.AsSpan(i);
            if (!rest.StartsWith("eyJ", StringComparison.Ordinal) && !rest.StartsWith("sk-ant-", StringComparison.Ordinal))
            {
                continue;
            }
            int length = rest.IndexOfAnyExcept(TokenCharacters);
            length = length < 0 ? rest.Length : length;
            if (length >= ShortestToken)
            {
                result = (result ?? new StringBuilder()).Append(text, from, i - from).Append("[redacted]");
                from = i + length;
            }
            i += length - 1;
        }
        return result?.Append(text, from, text.Length - from).ToString() ?? text;
    }

    /// <summary>
    /// The text with every control and format character, and every half of a surrogate pair, shown as an escape; and with what
    /// starts a command of a build's runner, which reads all output. Azure Pipelines and GitHub obey <c>##vso[</c> and
    /// <c>##[</c> anywhere in a line; <c>::name::</c> is obeyed at its start.
    /// </summary>
    public static string Printable(string text)
    {
        StringBuilder? result = null;
        for (int i = 0; i < text.Length; i++)
        {
            int length = i + 1 < text.Length && char.IsSurrogatePair(text[i], text[i + 1]) ? 2 : 1;
            if (IsUnprintable(char.GetUnicodeCategory(text, i)) || StartsCommand(text, i))
            {
                result ??= new StringBuilder(text, 0, i, text.Length + 16);
                foreach (char c in text.AsSpan(i, length))
                {
                    result.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}");
                }
            }
            else
            {
                result?.Append(text, i, length);
            }
            i += length - 1;
        }
        return result?.ToString() ?? text;
    }

    /// <summary>Whether the character at the index is the second one of what starts a command.</summary>
    private static bool StartsCommand(string text, int index)
    {
        if (index == 0 || text[index] != text[index - 1])
        {
            return false;
        }
        return text[index] switch
        {
            '#' => true,
            ':' => IsNamed(text.AsSpan(index + 1)),
            _ => false,
        };

        // "error::", "error file=x::", and no "123456789012:role/x" of an ARN.
        static bool IsNamed(ReadOnlySpan<char> rest)
        {
            int length = rest.IndexOfAnyExcept(CommandCharacters);
            if (length <= 0 || !char.IsAsciiLetter(rest[0]))
            {
                return false;
            }
            rest = rest[length..];
            int end = rest.IndexOf("::", StringComparison.Ordinal);
            return end == 0 || (end > 0 && rest[0] == ' ' && rest[..end].Contains('='));
        }
    }

    private static bool IsUnprintable(UnicodeCategory category) => category
        is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.Surrogate;

    /// <summary>The text in one line, shortened, with every long unbroken run of a token's characters taken out.</summary>
    public static string WithoutSecrets(string text)
    {
        text = string.Join(' ', text.Split(LineBreaks, StringSplitOptions.RemoveEmptyEntries));
        StringBuilder result = new();
        int start = 0;
        while (start < text.Length && result.Length <= LongestText)
        {
            int end = start;
            while (end < text.Length && IsTokenCharacter(text[end]))
            {
                end++;
            }
            if (end - start >= ShortestSecret)
            {
                result.Append("[redacted]");
            }
            else
            {
                result.Append(text, start, end - start);
            }
            if (end < text.Length)
            {
                result.Append(text[end++]);
            }
            start = end;
        }
        return Shorten(result.ToString(), LongestText);
    }

    /// <summary>The text's beginning, never with half of a surrogate pair at its end.</summary>
    public static string Shorten(string text, int length) => text.Length <= length
        ? text
        : text[..(char.IsHighSurrogate(text[length - 1]) ? length - 1 : length)] + "…";

    private static bool IsTokenCharacter(char c) => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' or '+' or '=' or '~';
}
