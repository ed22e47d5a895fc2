using System;
using System.Collections.Generic;
using System.Globalization;
using System.Text;
using Microsoft.CodeAnalysis.Text;

namespace AotBroker.SchemaGen.Json;

/// <summary>Where a text stops being JSON. Never leaves <see cref="JsonParser.TryParse"/>.</summary>
internal sealed class JsonSyntaxException(string message, TextSpan span) : Exception(message)
{
    public TextSpan Span { get; } = span;
}

/// <summary>Reads JSON (RFC 8259) and keeps the position of every name and value, for diagnostics.</summary>
internal sealed class JsonParser
{
    private const int MaxDepth = 128;

    private readonly string _text;
    private int _at;
    private int _depth;

    private JsonParser(string text) => _text = text;

    public static JsonNode? TryParse(string text, out JsonSyntaxException? error)
    {
        var parser = new JsonParser(text);
        try
        {
            JsonNode root = parser.ReadValue();
            parser.SkipSpace();
            if (parser._at < text.Length)
            {
                throw parser.Expected("the end of the file");
            }

            error = null;
            return root;
        }
        catch (JsonSyntaxException exception)
        {
            error = exception;
            return null;
        }
    }

    private JsonNode ReadValue()
    {
        SkipSpace();
        return Peek() switch
        {
            '{' => Nested(ReadObject),
            '[' => Nested(ReadArray),
            '"' => ReadString(),
            't' => ReadWord("true", JsonKind.True),
            'f' => ReadWord("false", JsonKind.False),
            'n' => ReadWord("null", JsonKind.Null),
            '-' or (>= '0' and <= '9') => ReadNumber(),
            _ => throw Expected("a value"),
        };
    }

    private JsonNode Nested(Func<JsonNode> read)
    {
        if (++_depth > MaxDepth)
        {
            throw Expected($"at most {MaxDepth} levels of nesting");
        }

        JsonNode node = read();
        _depth--;
        return node;
    }

    private JsonNode ReadObject()
    {
        int start = _at++;
        var members = new List<JsonMember>();
        SkipSpace();
        if (!Take('}'))
        {
            do
            {
                members.Add(ReadMember());
                SkipSpace();
            }
            while (Take(','));
            Require('}', "a comma or a closing brace");
        }

        return new JsonNode(JsonKind.Object, TextSpan.FromBounds(start, _at)) { Members = members };
    }

    private JsonMember ReadMember()
    {
        SkipSpace();
        if (Peek() != '"')
        {
            throw Expected("a member's name in double quotes");
        }

        JsonNode name = ReadString();
        SkipSpace();
        Require(':', "a colon");
        return new JsonMember(name.Text, name.Span, ReadValue());
    }

    private JsonNode ReadArray()
    {
        int start = _at++;
        var items = new List<JsonNode>();
        SkipSpace();
        if (!Take(']'))
        {
            do
            {
                items.Add(ReadValue());
                SkipSpace();
            }
            while (Take(','));
            Require(']', "a comma or a closing bracket");
        }

        return new JsonNode(JsonKind.Array, TextSpan.FromBounds(start, _at)) { Items = items };
    }

    private JsonNode ReadString()
    {
        int start = _at++;
        var text = new StringBuilder();
        while (Peek() != '"')
        {
            if (_at == _text.Length || _text[_at] < ' ')
            {
                throw Expected("a closing quotation mark");
            }

            text.Append(_text[_at] == '\\' ? ReadEscape() : _text[_at++]);
        }

        _at++;
        return new JsonNode(JsonKind.String, TextSpan.FromBounds(start, _at)) { Text = text.ToString() };
    }

    private char ReadEscape()
    {
        _at++;
        char escaped = Peek();
        switch (escaped)
        {
            case '"' or '\\' or '/':
                _at++;
                return escaped;
            case 'b' or 'f' or 'n' or 'r' or 't':
                _at++;
                return "\b\f\n\r\t"["bfnrt".IndexOf(escaped)];
            case 'u' when _at + 5 <= _text.Length && ushort.TryParse(
                _text.Substring(_at + 1, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ushort code):
                _at += 5;
                return (char)code;
            default:
                throw Expected("one of the escapes \\\" \\\\ \\/ \\b \\f \\n \\r \\t \\uXXXX");
        }
    }

    private JsonNode ReadNumber()
    {
        int start = _at;
        Take('-');
        if (!Take('0'))
        {
            ReadDigits();
        }

        if (Take('.'))
        {
            ReadDigits();
        }

        if (Take('e') || Take('E'))
        {
            _ = Take('+') || Take('-');
            ReadDigits();
        }

        return new JsonNode(JsonKind.Number, TextSpan.FromBounds(start, _at)) { Text = _text.Substring(start, _at - start) };
    }

    private void ReadDigits()
    {
        if (Peek() is < '0' or > '9')
        {
            throw Expected("a digit");
        }

        while (Peek() is >= '0' and <= '9')
        {
            _at++;
        }
    }

    private JsonNode ReadWord(string word, JsonKind kind)
    {
        if (string.CompareOrdinal(_text, _at, word, 0, word.Length) != 0)
        {
            throw Expected("a value");
        }

        _at += word.Length;
        return new JsonNode(kind, new TextSpan(_at - word.Length, word.Length));
    }

    private char Peek() => _at < _text.Length ? _text[_at] : '\0';

    private bool Take(char expected)
    {
        bool taken = Peek() == expected;
        if (taken)
        {
            _at++;
        }

        return taken;
    }

    private void Require(char expected, string description)
    {
        if (!Take(expected))
        {
            throw Expected(description);
        }
    }

    private void SkipSpace()
    {
        while (Peek() is ' ' or '\t' or '\n' or '\r')
        {
            _at++;
        }
    }

    private JsonSyntaxException Expected(string what) =>
        new(what, new TextSpan(Math.Min(_at, _text.Length), _at < _text.Length ? 1 : 0));
}
