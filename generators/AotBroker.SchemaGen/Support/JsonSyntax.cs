using System;
using System.Text;

namespace SchemaGenNamespace;

/// <summary>Finds where a text stops being JSON (RFC 8259), and says what belongs there instead.</summary>
internal ref struct JsonSyntax
{
    private readonly ReadOnlySpan<byte> _utf8;
    private readonly int _maxDepth;
    private int _at;
    private int _depth;
    private string? _expected;

    private JsonSyntax(ReadOnlySpan<byte> utf8, int maxDepth)
    {
        _utf8 = utf8;
        _maxDepth = maxDepth;
    }

    public static (int Offset, string Expected, string Found) Explain(ReadOnlySpan<byte> utf8, int maxDepth)
    {
        JsonSyntax syntax = new(utf8, maxDepth);
        if (syntax.Value())
        {
            syntax.SkipSpace();
            syntax.Expect("the end of the text");
        }

        return (syntax._at, syntax._expected ?? "JSON", syntax.Found());
    }

    public static int FirstInvalidByte(ReadOnlySpan<byte> utf8)
    {
        int at = 0;
        while (at < utf8.Length && Rune.DecodeFromUtf8(utf8[at..], out _, out int width) == System.Buffers.OperationStatus.Done)
        {
            at += width;
        }

        return at;
    }

    private bool Value()
    {
        SkipSpace();
        switch (Peek())
        {
            case '{':
                return Deeper() && Object();
            case '[':
                return Deeper() && Array();
            case '"':
                return String();
            case '-' or (>= '0' and <= '9'):
                return Number();
            default:
                return Word("true"u8) || Word("false"u8) || Word("null"u8) || Expect("a value");
        }
    }

    private bool Deeper()
    {
        if (_depth == _maxDepth)
        {
            return Expect("at most " + _maxDepth + " levels of nesting");
        }

        _depth++;
        _at++;
        return true;
    }

    private bool Object()
    {
        SkipSpace();
        if (!Take('}'))
        {
            do
            {
                SkipSpace();
                if (Peek() != '"')
                {
                    return Expect("a member's name in double quotes");
                }

                if (!String())
                {
                    return false;
                }

                SkipSpace();
                if (!Take(':'))
                {
                    return Expect("a colon");
                }

                if (!Value())
                {
                    return false;
                }

                SkipSpace();
            }
            while (Take(','));
            if (!Take('}'))
            {
                return Expect("a comma or a closing brace");
            }
        }

        _depth--;
        return true;
    }

    private bool Array()
    {
        SkipSpace();
        if (!Take(']'))
        {
            do
            {
                if (!Value())
                {
                    return false;
                }

                SkipSpace();
            }
            while (Take(','));
            if (!Take(']'))
            {
                return Expect("a comma or a closing bracket");
            }
        }

        _depth--;
        return true;
    }

    private bool String()
    {
        _at++;
        while (!Take('"'))
        {
            int current = Peek();
            if (current < ' ')
            {
                return Expect(current < 0 ? "a closing quotation mark" : "a closing quotation mark, or an escape for a control character");
            }

            _at++;
            if (current == '\\' && !Escape())
            {
                return false;
            }
        }

        return true;
    }

    private bool Escape()
    {
        int escaped = Peek();
        if (escaped != 'u')
        {
            if (escaped is '"' or '\\' or '/' or 'b' or 'f' or 'n' or 'r' or 't')
            {
                _at++;
                return true;
            }

            return Expect("one of \" \\ / b f n r t u after a backslash");
        }

        _at++;
        for (int i = 0; i < 4; i++)
        {
            if (Peek() is not ((>= '0' and <= '9') or (>= 'a' and <= 'f') or (>= 'A' and <= 'F')))
            {
                return Expect("four hexadecimal digits after \\u");
            }

            _at++;
        }

        return true;
    }

    private bool Number()
    {
        Take('-');
        if (!Take('0') && !Digits())
        {
            return false;
        }

        if (Take('.') && !Digits())
        {
            return false;
        }

        if (Take('e') || Take('E'))
        {
            _ = Take('+') || Take('-');
            if (!Digits())
            {
                return false;
            }
        }

        return true;
    }

    private bool Digits()
    {
        if (Peek() is not (>= '0' and <= '9'))
        {
            return Expect("a digit");
        }

        while (Peek() is >= '0' and <= '9')
        {
            _at++;
        }

        return true;
    }

    private bool Word(ReadOnlySpan<byte> word)
    {
        bool isThere = _utf8[_at..].StartsWith(word);
        if (isThere)
        {
            _at += word.Length;
        }

        return isThere;
    }

    private readonly int Peek() => _at < _utf8.Length ? _utf8[_at] : -1;

    private bool Take(char expected)
    {
        bool isThere = Peek() == expected;
        if (isThere)
        {
            _at++;
        }

        return isThere;
    }

    private void SkipSpace()
    {
        while (Peek() is ' ' or '\t' or '\n' or '\r')
        {
            _at++;
        }
    }

    private bool Expect(string expected)
    {
        _expected = expected;
        return false;
    }

    /// <summary>One character at most: more might be part of a secret.</summary>
    private readonly string Found()
    {
        if (_at >= _utf8.Length)
        {
            return "the end of the text";
        }

        return _utf8[_at] switch
        {
            (byte)'\n' or (byte)'\r' => "a line break",
            (byte)'\t' => "a tab",
            < 0x20 => "a control character",
            _ when Rune.DecodeFromUtf8(_utf8[_at..], out Rune rune, out _) == System.Buffers.OperationStatus.Done => rune.ToString(),
            _ => "something else",
        };
    }
}
