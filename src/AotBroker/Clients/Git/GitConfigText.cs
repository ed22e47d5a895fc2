using System.Text;
using AotBroker.Clients.Editing;

namespace AotBroker.Clients.Git;

/// <summary>git's configuration, read as git reads it. Source: git-config(1), "Syntax", and config.c of git 2.39.</summary>
internal sealed class GitConfigText
{
    private const string HelperKey = "helper";

    private readonly string _text;
    private readonly string _url;
    private readonly List<HelperLine> _helpers = [];
    private int _at;

    /// <summary>The start of the last line that continues the one before.</summary>
    private int _continuation;

    private GitConfigText(string text, string url)
    {
        _text = text;
        _url = url;
        _at = OctetText.MarkLength(text);
    }

    /// <summary>A line that gives the URL a credential helper.</summary>
    private sealed class HelperLine(string value, int start, int end)
    {
        public string Value => value;

        public int Start => start;

        public int End => end;
    }

    /// <summary>Gives a URL a credential helper.</summary>
    /// <param name="text">What the file holds.</param>
    /// <param name="url">As it stands in a section's head.</param>
    /// <param name="helper">The helper's value, as git has it when it has been read.</param>
    /// <param name="setting">The line for it, without its end.</param>
    /// <param name="section">The whole section, for a file that has none.</param>
    public static FileEdit Put(string text, string url, string helper, string setting, string section)
    {
        if (OctetText.WhyNoLines(text) is { } reason)
        {
            return FileEdit.Refused(reason);
        }
        GitConfigText file = new(text, Normal(url));
        if (file.Parse() is { } what)
        {
            return FileEdit.NotUnderstood(file.Line(file._at), what);
        }
        HelperLine? own = null;
        foreach (HelperLine one in file._helpers)
        {
            if (!BrokerInvocation.IsCall(one.Value.TrimStart('!')))
            {
                return FileEdit.NotUnderstood(file.Line(one.Start), $"gives {url} another credential helper; remove it, or let another host be served");
            }
            if (own is not null)
            {
                return FileEdit.NotUnderstood(file.Line(one.Start), $"gives {url} a credential helper, as line {file.Line(own.Start) + 1} does");
            }
            own = one;
        }
        if (own is null)
        {
            // What follows a line that goes on would be a part of it.
            text += file._continuation == text.Length && text.Length > 0 ? OctetText.LineEnd(text) : "";
            return FileEdit.To(OctetText.Append(text, section, apart: false));
        }
        return FileEdit.To(own.Value == helper ? text : text[..own.Start] + setting + text[own.End..]);
    }

    /// <summary>A value as it is written: in quotes where something in it would be read as something else.</summary>
    public static string Quoted(string value) => value.AsSpan().IndexOfAny("\"\\;#") < 0
        ? value
        : "\"" + Escaped(value) + "\"";

    /// <summary>What stands between quotes.</summary>
    public static string Escaped(string text) => text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal);

    private static string Normal(string url) => url.TrimEnd('/').ToLowerInvariant();

    private int Line(int offset) => _text.AsSpan(0, Math.Min(offset, _text.Length)).Count('\n');

    private char Current => _at < _text.Length ? _text[_at] : '\n';

    private bool IsAtLineEnd => Current is '\n' or '\r';

    private string? Parse()
    {
        bool? isOurs = null;
        while (_at < _text.Length)
        {
            char c = Current;
            if (c is ' ' or '\t' or '\r' or '\n')
            {
                _at++;
            }
            else if (c is '#' or ';')
            {
                SkipLine();
            }
            else if (c == '[')
            {
                if (ReadHead() is not { } section)
                {
                    return "is not a section header";
                }
                isOurs = section == "credential." + _url;
            }
            else if (!char.IsAsciiLetter(c) || isOurs is null || !ReadSetting(isOurs.Value))
            {
                return isOurs is null ? "is before the first section" : "is not a setting";
            }
        }
        return null;
    }

    private void SkipLine()
    {
        while (!IsAtLineEnd)
        {
            _at++;
        }
    }

    /// <returns>The section's name in small letters, and after a dot what stands in quotes, as <see cref="Normal"/> has it.</returns>
    private string? ReadHead()
    {
        int start = ++_at;
        while (char.IsAsciiLetterOrDigit(Current) || Current is '-' or '.')
        {
            _at++;
        }
        string name = _text[start.._at].ToLowerInvariant();
        if (Current is not (' ' or '\t'))
        {
            return Current == ']' && _at++ >= 0 ? name : null;
        }
        while (Current is ' ' or '\t')
        {
            _at++;
        }
        if (Current != '"')
        {
            return null;
        }
        StringBuilder inner = new();
        for (_at++; Current != '"'; _at++)
        {
            if (Current == '\\')
            {
                _at++;
            }
            if (IsAtLineEnd)
            {
                return null;
            }
            inner.Append(Current);
        }
        _at++;
        return Current == ']' && _at++ >= 0 ? $"{name}.{Normal(inner.ToString())}" : null;
    }

    private bool ReadSetting(bool isOurs)
    {
        int start = _at;
        while (char.IsAsciiLetterOrDigit(Current) || Current == '-')
        {
            _at++;
        }
        bool isHelper = isOurs && _text.AsSpan(start, _at - start).Equals(HelperKey, StringComparison.OrdinalIgnoreCase);
        while (Current is ' ' or '\t')
        {
            _at++;
        }
        if (IsAtLineEnd)
        {
            return true;
        }
        if (Current != '=')
        {
            return false;
        }
        _at++;
        if (ReadValue() is not { } value)
        {
            return false;
        }
        if (isHelper && value.Length > 0)
        {
            _helpers.Add(new HelperLine(value, start, _at));
        }
        return true;
    }

    private string? ReadValue()
    {
        StringBuilder value = new();
        bool isQuoted = false;
        int length = 0;
        for (; isQuoted ? _at < _text.Length : !IsAtLineEnd; _at++)
        {
            char c = Current;
            if (isQuoted && IsAtLineEnd)
            {
                return null;
            }
            if (!isQuoted && c is ' ' or '\t')
            {
                if (value.Length > 0)
                {
                    value.Append(c);
                }
                continue;
            }
            if (!isQuoted && c is '#' or ';')
            {
                SkipLine();
                break;
            }
            if (c == '"')
            {
                isQuoted = !isQuoted;
                length = value.Length;
                continue;
            }
            if (c == '\\')
            {
                _at++;
                if (Current == '\r')
                {
                    _at++;
                }
                if (Current == '\n' && _at < _text.Length)
                {
                    _continuation = _at + 1;
                    continue;
                }
                int escape = "tbn\\\"".IndexOf(Current, StringComparison.Ordinal);
                if (escape < 0 || _at >= _text.Length)
                {
                    return null;
                }
                c = "\t\b\n\\\""[escape];
            }
            value.Append(c);
            length = value.Length;
        }
        return isQuoted ? null : value.ToString(0, length);
    }
}
