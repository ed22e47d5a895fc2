using System.Globalization;
using System.Text;
using AotBroker.Exchange;
using AotBroker.Output;

namespace AotBroker.Errors;

/// <summary>
/// Standard error, for people. Each line starts with the program's name; nothing that came from outside can start a line
/// of its own, move the cursor or colour the terminal.
/// </summary>
internal sealed class Reporter(StandardStream stream, Func<bool> color)
{
    private const string Prefix = "aotbroker: ";
    private const int LongestLine = 3 * 1024;
    private const int ShortestToken = 16;
    private const string TokenCharacters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.";

    private const string CommandCharacters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(5);

    private bool _isStuck;
    private List<string>? _once;

    /// <summary>Where a client takes a line on standard error for a failure, or for a part of the answer.</summary>
    public bool KeepsWarnings { get; set; }

    public void Error(BrokerException error) => Error(error.Code, error.Message, error.Hints);

    public void Error(ErrorCode code, string message, IReadOnlyList<string> hints)
    {
        Line(Label("error", code, "31"), message);
        Hints(hints);
    }

    public void Warning(ErrorCode code, string message, params IReadOnlyList<string> hints)
    {
        if (KeepsWarnings)
        {
            return;
        }
        Line(Label("warning", code, "33"), message);
        Hints(hints);
    }

    /// <summary>A warning that this process says a single time, however many credentials it is about.</summary>
    public void WarningOnce(ErrorCode code, string message, params IReadOnlyList<string> hints)
    {
        _once ??= [];
        if (!_once.Contains(message))
        {
            _once.Add(message);
            Warning(code, message, hints);
        }
    }

    /// <summary>A line without a label, such as progress that was asked for.</summary>
    public void Note(string message) => Line("", message);

    private void Hints(IReadOnlyList<string> hints)
    {
        foreach (string hint in hints)
        {
            Line("hint: ", hint);
        }
    }

    /// <summary><c>AB0401</c> for <see cref="ErrorCode.IdentityNotFound"/>.</summary>
    public static string Name(ErrorCode code) => "AB" + ((int)code).ToString("D4", CultureInfo.InvariantCulture);

    private string Label(string word, ErrorCode code, string sgr)
    {
        string label = $"{word}[{Name(code)}]";
        return (color() ? $"\e[{sgr}m{label}\e[0m" : label) + ": ";
    }

    private void Line(string label, string message)
    {
        // A pipe that is full and that nobody reads must not hold this process, and with it those who wait for its lock.
        _isStuck = _isStuck || !stream.IsWritableWithin(LongestWait);
        if (_isStuck)
        {
            return;
        }
        byte[] line = Encoding.UTF8.GetBytes(Prefix + label + Shown(message) + "\n");
        // Where standard error is closed there is nobody to tell.
        _ = stream.Write(line);
    }

    /// <summary>
    /// The text as it may be shown: no longer than anybody reads, printable, and without what starts as the tokens do that
    /// this program handles. Messages hold none by themselves; what a person wrote in the wrong place, and a message quotes,
    /// may be one.
    /// </summary>
    public static string Shown(string text) => Printable(WithoutTokens(ErrorBody.Shorten(text, LongestLine)));

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
}
