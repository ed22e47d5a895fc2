using System.Globalization;
using System.Text;
using System.Text.Unicode;

namespace AotBroker.Http;

/// <summary>
/// Reads the texts of a few elements of an XML document, forward only and within bounds. It takes what services write:
/// elements, attributes and comments (which are skipped), text, CDATA, references to characters, and the five entities
/// that XML predefines. A document type, any other entity, a processing instruction, or an element that occurs twice where
/// one is expected is rejected: no service writes these, and each is a way to make two readers see different documents.
/// </summary>
internal ref struct XmlTexts
{
    private const int DeepestElement = 16;
    private const int LongestName = 128;

    private readonly ReadOnlySpan<char> _text;
    private readonly ReadOnlySpan<string> _paths;
    private readonly string?[] _found;
    private readonly List<string> _open = [];
    private readonly StringBuilder _content = new(); // The text since the last tag.
    private int _at;

    private XmlTexts(ReadOnlySpan<char> text, ReadOnlySpan<string> paths)
    {
        _text = text;
        _paths = paths;
        _found = new string?[paths.Length];
    }

    /// <param name="utf8">The document.</param>
    /// <param name="paths">The names from the root to an element that holds text alone, such as <c>Answer/Result/Key</c>.</param>
    /// <returns>The text of each path, null if there is no such element; null if the document is rejected.</returns>
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
            if (!ReadContent())
            {
                return false;
            }
            bool isEnd = _text[_at..].StartsWith('/');
            if (isEnd ? !Close(isLeaf) : !IsBlank() || !Open(ref isLeaf))
            {
                return false;
            }
            isLeaf = !isEnd && isLeaf;
            _content.Clear();
        }
        while (_open.Count > 0);
        return ReadContent(isEnd: true) && IsBlank();
    }

    /// <summary>Reads everything up to a tag, or to the document's end.</summary>
    private bool ReadContent(bool isEnd = false)
    {
        while (true)
        {
            int length = _text[_at..].IndexOf('<');
            ReadOnlySpan<char> plain = length < 0 ? _text[_at..] : _text.Slice(_at, length);
            if (!TryDecode(plain))
            {
                return false;
            }
            _at += plain.Length;
            ReadOnlySpan<char> rest = _text[_at..];
            if (rest.StartsWith("<!--"))
            {
                int end = rest[4..].IndexOf("--");
                if (end < 0 || !rest[(4 + end)..].StartsWith("-->"))
                {
                    return false;
                }
                _at += end + 7;
            }
            else if (rest.StartsWith("<![CDATA[") && _open.Count > 0)
            {
                int end = rest.IndexOf("]]>");
                if (end < 0 || rest[9..end].ContainsAnyInRange('\0', '\b'))
                {
                    return false;
                }
                _content.Append(rest[9..end]);
                _at += end + 3;
            }
            else
            {
                _at += length < 0 ? 0 : 1;
                return isEnd == length < 0;
            }
        }
    }

    private readonly bool IsBlank()
    {
        for (int i = 0; i < _content.Length; i++)
        {
            if (!char.IsWhiteSpace(_content[i]))
            {
                return false;
            }
        }
        return true;
    }

    /// <param name="isLeaf">Set to whether the element was left open, so that it may hold text.</param>
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

    private bool Close(bool isLeaf)
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
        bool isTaken = isLeaf ? Found(_content.ToString()) : IsBlank();
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

    private readonly bool TryDecode(ReadOnlySpan<char> content)
    {
        for (int i = 0; i < content.Length; i++)
        {
            char c = content[i];
            if (c < ' ' && c is not ('\t' or '\r' or '\n'))
            {
                return false;
            }
            if (c != '&')
            {
                _content.Append(c);
                continue;
            }
            if (Reference(content[i..], out int length) is not { } character)
            {
                return false;
            }
            _content.Append(character.ToString());
            i += length - 1;
        }
        return true;
    }

    /// <returns>The character that an entity or a number stands for; null if it stands for none.</returns>
    private static Rune? Reference(ReadOnlySpan<char> text, out int length)
    {
        int end = text[..Math.Min(text.Length, 12)].IndexOf(';');
        length = end + 1;
        return end < 2 ? null : text[1..end] switch
        {
            "amp" => new Rune('&'),
            "lt" => new Rune('<'),
            "gt" => new Rune('>'),
            "quot" => new Rune('"'),
            "apos" => new Rune('\''),
            ['#', 'x', .. var digits] when int.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out int number) => Character(number),
            ['#', .. var digits] when int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out int number) => Character(number),
            _ => null,
        };
    }

    /// <summary>What XML counts as a character (section 2.2).</summary>
    private static Rune? Character(int number) =>
        (number is '\t' or '\n' or '\r' or >= ' ') && number is not (0xFFFE or 0xFFFF) && Rune.IsValid(number) ? new Rune(number) : null;
}
