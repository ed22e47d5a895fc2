using System;
using System.Collections.Generic;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace SchemaGenNamespace;

/// <summary>
/// Reads one document and collects what is wrong with it. Problems keep their byte offset; lines, columns and pointers are
/// worked out at the end, and only when there are problems, so that a good document does not pay for them.
/// </summary>
internal ref partial struct SchemaReader
{
    /// <summary>How deep objects and arrays may be nested: the framework's default.</summary>
    public const int MaxDepth = 64;

    private readonly ReadOnlySpan<byte> _utf8;
    private Utf8JsonReader _json;
    private List<SchemaProblem>? _problems;
    private int _nameStart;
    private bool _isAscii;

    public SchemaReader(ReadOnlySpan<byte> utf8)
    {
        // A byte order mark is what some editors leave at the start of a file.
        _utf8 = utf8.StartsWith("\uFEFF"u8) ? utf8[3..] : utf8;
        _json = new Utf8JsonReader(_utf8, isFinalBlock: true, state: default);
    }

    /// <summary>How many errors there were so far; warnings do not count.</summary>
    public int Errors { get; private set; }

    public readonly bool HasFailed => Errors > 0;

    public readonly JsonTokenType Token => _json.TokenType;

    public readonly bool IsNull => _json.TokenType == JsonTokenType.Null;

    /// <summary>Moves to the first value. False when the text is not even UTF-8.</summary>
    public bool Start()
    {
        _isAscii = Ascii.IsValid(_utf8);
        if (!_isAscii && !Utf8.IsValid(_utf8))
        {
            ReportEncoding();
            return false;
        }

        return _json.Read();
    }

    /// <summary>Makes sure that nothing follows the document.</summary>
    public void Finish() => _json.Read();

    public bool BeginObject(out int start)
    {
        start = (int)_json.TokenStartIndex;
        if (_json.TokenType == JsonTokenType.StartObject)
        {
            return true;
        }

        RefuseType("an object", showText: false);
        return false;
    }

    /// <summary>Moves to the next member's value; false after the last.</summary>
    public bool NextMember(out ReadOnlySpan<byte> name)
    {
        _json.Read();
        if (_json.TokenType == JsonTokenType.EndObject)
        {
            name = default;
            return false;
        }

        _nameStart = (int)_json.TokenStartIndex;
        if (_json.ValueIsEscaped)
        {
            TryDecode(out name);
        }
        else
        {
            name = _json.ValueSpan;
        }

        _json.Read();
        return true;
    }

    /// <summary>Notes that a member is there. False when it was there before, which is an error.</summary>
    public bool IsFirst(ref ulong seen, int place)
    {
        ulong bit = 1UL << place;
        if ((seen & bit) == 0)
        {
            seen |= bit;
            return true;
        }

        ReportDuplicate();
        return false;
    }

    public bool BeginArray(string expected, out int start)
    {
        start = (int)_json.TokenStartIndex;
        if (_json.TokenType == JsonTokenType.StartArray)
        {
            return true;
        }

        RefuseType(expected, showText: false);
        return false;
    }

    public bool NextItem()
    {
        _json.Read();
        return _json.TokenType != JsonTokenType.EndArray;
    }

    public string? ReadString(string expected)
    {
        if (_json.TokenType != JsonTokenType.String)
        {
            RefuseType(expected, showText: false);
            return null;
        }

        return _json.ValueIsEscaped ? DecodeString() : Text(_json.ValueSpan);
    }

    /// <summary>As <see cref="ReadString"/>, but no problem ever shows what was found.</summary>
    public string? ReadSecretText(string expected)
    {
        if (_json.TokenType == JsonTokenType.String)
        {
            return ReadString(expected);
        }

        RefuseType(expected, showText: false);
        return null;
    }

    /// <summary>The bytes of a string, without its quotation marks and escapes.</summary>
    public bool TryReadText(string expected, out ReadOnlySpan<byte> text)
    {
        if (_json.TokenType != JsonTokenType.String)
        {
            RefuseType(expected, showText: false);
            text = default;
            return false;
        }

        if (_json.ValueIsEscaped)
        {
            return TryDecode(out text);
        }

        text = _json.ValueSpan;
        return true;
    }

    public bool ReadInteger(string expected, out long value)
    {
        if (_json.TokenType != JsonTokenType.Number)
        {
            RefuseType(expected, showText: true);
            value = 0;
            return false;
        }

        return SchemaText.TryParseDigits(_json.ValueSpan, out value) || ReadUnusualInteger(expected, out value);
    }

    public bool ReadNumber(string expected, out SchemaNumber value)
    {
        if (_json.TokenType != JsonTokenType.Number)
        {
            RefuseType(expected, showText: true);
            value = default;
            return false;
        }

        value = new SchemaNumber(Encoding.Latin1.GetString(_json.ValueSpan));
        return true;
    }

    /// <summary>Reads a value that is equal to an item of an array.</summary>
    public SchemaValue? ReadChoice(ReadOnlySpan<byte> choices, string expected)
    {
        int start = (int)_json.TokenStartIndex;
        if (ReadValue() is not { } value)
        {
            return null;
        }

        if (SchemaJson.HasItem(choices, value))
        {
            return value;
        }

        RefuseValue(start, expected);
        return null;
    }

    public SchemaValue? ReadValue() => CopyValue() is { } json ? new SchemaValue(json) : null;

    public bool ReadBoolean(string expected)
    {
        if (_json.TokenType is JsonTokenType.True or JsonTokenType.False)
        {
            return _json.GetBoolean();
        }

        RefuseType(expected, showText: true);
        return false;
    }

    public void ReadConstant(ReadOnlySpan<byte> constant, string expected)
    {
        if (TryReadText(expected, out ReadOnlySpan<byte> text) && !text.SequenceEqual(constant))
        {
            Refuse(expected);
        }
    }

    public void ReadConstant(long constant, string expected)
    {
        if (ReadInteger(expected, out long value) && value != constant)
        {
            Refuse(expected);
        }
    }

    public void ReadConstant(SchemaValue constant, string expected)
    {
        int start = (int)_json.TokenStartIndex;
        if (ReadValue() is { } value && !value.Equals(constant))
        {
            RefuseValue(start, expected);
        }
    }

    public void ReadConstant(bool constant, string expected)
    {
        if (_json.TokenType is not (JsonTokenType.True or JsonTokenType.False))
        {
            RefuseType(expected, showText: true);
        }
        else if (_json.GetBoolean() != constant)
        {
            Refuse(expected);
        }
    }

    /// <summary>Looks ahead for a member of the object that begins here, which may stand behind others. The reader does not move.</summary>
    public bool TryFindText(ReadOnlySpan<byte> member, string expected, out ReadOnlySpan<byte> text)
    {
        text = default;
        if (_json.TokenType != JsonTokenType.StartObject)
        {
            RefuseType("an object", showText: false);
            return false;
        }

        Utf8JsonReader ahead = _json;
        while (ahead.Read() && ahead.TokenType == JsonTokenType.PropertyName)
        {
            bool isFound = ahead.ValueIsEscaped ? IsName(ahead, member) : ahead.ValueSpan.SequenceEqual(member);
            ahead.Read();
            if (isFound && ahead.TokenType == JsonTokenType.String && !ahead.ValueIsEscaped)
            {
                text = ahead.ValueSpan;
                return true;
            }

            if (isFound)
            {
                return TryFindUnusualText(ahead, expected, out text);
            }

            ahead.Skip();
        }

        ReportMissing((int)_json.TokenStartIndex, Encoding.UTF8.GetString(member));
        _json.Skip();
        return false;
    }

    /// <summary>A text without escapes. What is ASCII needs no decoding: Latin-1 is its bytes, widened.</summary>
    private readonly string Text(ReadOnlySpan<byte> utf8) => (_isAscii ? Encoding.Latin1 : Encoding.UTF8).GetString(utf8);
}
