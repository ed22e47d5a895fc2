using System.Text;
using System.Text.Unicode;

namespace AotBroker.Exchange;

/// <summary>
/// Reads the texts of a few elements of an XML document, forward only and within bounds. It takes what services write:
/// elements, attributes (which are passed over), text, and the five entities that XML predefines. A document type, CDATA, a
/// comment, any other entity, or an element that is there twice where one is asked for is not taken: no service writes
/// these, and each is a way to make two readers see two documents.
/// </summary>
internal ref struct XmlTexts
{
    private const int DeepestElement = 16;
    private const int LongestName = 128;

    private readonly ReadOnlySpan<char> _text;
    private readonly ReadOnlySpan<string> _paths;
    private readonly string?[] _found;
    private readonly List<string> _open = [];
    private int _at;

    private XmlTexts(ReadOnlySpan<char> text, ReadOnlySpan<string> paths)
    {
        _text = text;
        _paths = paths;
        _found = new string?[paths.Length];
    }

    /// <param name="utf8">The document.</param>
    /// <param name="paths">The names from the root to an element that holds text alone, such as <c>Answer/Result/Key</c>.</param>
    /// <returns>The text of each path, null where there is no such element; null where the document is not taken.</returns>
    public static string?[]? Read(ReadOnlySpan<byte> utf8, params ReadOnlySpan<string> paths)
    {
        if (!Utf8.IsValid(utf8))
        {
            return null;
        }
        XmlTexts reader = new(Encoding.UTF8.GetString(utf8), paths);
        return reader.ReadAll() ? reader._found : null;
    }

    private bool ReadAll()
    {
        if (_text.StartsWith("<?xml "))
        {
            int end = _text.IndexOf("?>");
            if (end < 0)
            {
                return false;
            }
            _at = end + 2;
        }
        bool isLeaf = false; // Whether the last tag was the start of the element that is open.
        do
        {
            int length = _text[_at..].IndexOf('<');
            if (length < 0)
            {
                return false;
            }
            ReadOnlySpan<char> content = _text.Slice(_at, length);
            _at += length + 1;
            bool isEnd = _text[_at..].StartsWith('/');
            if (isEnd ? !Close(isLeaf, content) : !content.IsWhiteSpace() || !Open(ref isLeaf))
            {
                return false;
            }
            isLeaf = !isEnd && isLeaf;
        }
        while (_open.Count > 0);
        return _text[_at..].IsWhiteSpace();
    }

    /// <param name="isLeaf">Set to whether the element was left open: it may hold text then.</param>
    private bool Open(ref bool isLeaf)
    {
        if (_open.Count == DeepestElement || !TryName(out string name))
        {
            return false;
        }
        _open.Add(name);
        while (true)
        {
            bool isApart = SkipSpace();
            ReadOnlySpan<char> rest = _text[_at..];
            if (rest.StartsWith('>'))
            {
                _at++;
                isLeaf = true;
                return true;
            }
            if (rest.StartsWith("/>"))
            {
                _at += 2;
                isLeaf = false;
                bool isTaken = Found("");
                _open.RemoveAt(_open.Count - 1);
                return isTaken;
            }
            if (!isApart || !SkipAttribute())
            {
                return false;
            }
        }
    }

    private bool Close(bool isLeaf, ReadOnlySpan<char> content)
    {
        _at++;
        if (!TryName(out string name) || _open.Count == 0 || _open[^1] != name)
        {
            return false;
        }
        SkipSpace();
        if (!_text[_at..].StartsWith('>'))
        {
            return false;
        }
        _at++;
        bool isTaken = isLeaf ? TryDecode(content, out string text) && Found(text) : content.IsWhiteSpace();
        _open.RemoveAt(_open.Count - 1);
        return isTaken;
    }

    /// <summary>Keeps the open element's text, if it was asked for.</summary>
    private readonly bool Found(string text)
    {
        int index = _paths.IndexOf(string.Join('/', _open));
        if (index >= 0 && _found[index] is not null)
        {
            return false;
        }
        if (index >= 0)
        {
            _found[index] = text;
        }
        return true;
    }

    private bool TryName(out string name)
    {
        ReadOnlySpan<char> rest = _text[_at..];
        int length = 0;
        while (length < rest.Length && (char.IsAsciiLetterOrDigit(rest[length]) || rest[length] is '_' or '-' or '.' or ':'))
        {
            length++;
        }
        bool isName = length is > 0 and <= LongestName && (char.IsAsciiLetter(rest[0]) || rest[0] == '_');
        name = isName ? rest[..length].ToString() : "";
        _at += length;
        return isName;
    }

    private bool SkipAttribute()
    {
        if (!TryName(out _))
        {
            return false;
        }
        SkipSpace();
        if (!_text[_at..].StartsWith('='))
        {
            return false;
        }
        _at++;
        SkipSpace();
        ReadOnlySpan<char> rest = _text[_at..];
        if (rest is not ['"' or '\'', ..] || rest[1..].IndexOf(rest[0]) is not (>= 0 and int length) || rest.Slice(1, length).Contains('<'))
        {
            return false;
        }
        _at += length + 2;
        return true;
    }

    private bool SkipSpace()
    {
        int length = _text[_at..].IndexOfAnyExcept(" \t\r\n");
        length = length < 0 ? _text.Length - _at : length;
        _at += length;
        return length > 0;
    }

    private static bool TryDecode(ReadOnlySpan<char> content, out string text)
    {
        text = "";
        StringBuilder decoded = new(content.Length);
        for (int i = 0; i < content.Length; i++)
        {
            char c = content[i];
            if (c < ' ' && c is not ('\t' or '\r' or '\n'))
            {
                return false;
            }
            if (c == '&')
            {
                (c, int length) = Entity(content[i..]);
                if (length == 0)
                {
                    return false;
                }
                i += length - 1;
            }
            decoded.Append(c);
        }
        text = decoded.ToString();
        return true;
    }

    private static (char Character, int Length) Entity(ReadOnlySpan<char> text) => text switch
    {
        ['&', 'a', 'm', 'p', ';', ..] => ('&', 5),
        ['&', 'l', 't', ';', ..] => ('<', 4),
        ['&', 'g', 't', ';', ..] => ('>', 4),
        ['&', 'q', 'u', 'o', 't', ';', ..] => ('"', 6),
        ['&', 'a', 'p', 'o', 's', ';', ..] => ('\'', 6),
        _ => ('\0', 0),
    };
}
