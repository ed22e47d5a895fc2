using System;
using System.Collections.Generic;
using System.IO;
using System.Text;
using System.Text.Json;

namespace SchemaGenNamespace;

/// <summary>What happens when something is not as expected, or unusual; a good document never comes here.</summary>
internal ref partial struct SchemaReader
{
    /// <summary>Refuses the value that was just read, and shows it; of a choice, with the one that was probably meant.</summary>
    public void Refuse(string expected) =>
        Report(
            SchemaProblemKind.WrongValue,
            (int)_json.TokenStartIndex,
            expected,
            Found(showText: true),
            _json.TokenType == JsonTokenType.String && DecodeString() is { } text ? SchemaText.NearestChoice(text, expected) : null);

    /// <summary>Refuses the secret that was just read.</summary>
    public void RefuseSecret(string expected) =>
        Report(SchemaProblemKind.WrongValue, (int)_json.TokenStartIndex, expected, "another string, which is secret");

    /// <summary>Refuses a value of any kind that began there and was read to its end.</summary>
    public void RefuseValue(int start, string expected) =>
        Report(SchemaProblemKind.WrongValue, start, expected, _json.TokenType switch
        {
            JsonTokenType.EndObject => "another object",
            JsonTokenType.EndArray => "another array",
            _ => Found(showText: true),
        });

    /// <summary>Refuses an array for the number of its items.</summary>
    public void RefuseCount(int start, int count, string expected) =>
        Report(SchemaProblemKind.WrongValue, start, expected, count == 1 ? "1 item" : count + " items");

    /// <summary>Refuses an array that has an item twice.</summary>
    public void RefuseRepeated(int start, int index, string expected) =>
        Report(SchemaProblemKind.WrongValue, start, expected, "the same as before at index " + index);

    /// <summary>Refuses the value of a member of the object that begins here, and passes the object over.</summary>
    public void RefuseText(ReadOnlySpan<byte> member, string expected)
    {
        int depth = _json.CurrentDepth;
        while (_json.Read() && _json.CurrentDepth > depth)
        {
            if (_json.CurrentDepth == depth + 1 && _json.TokenType == JsonTokenType.PropertyName && IsName(_json, member))
            {
                _json.Read();
                Refuse(expected);
                break;
            }
        }

        while (_json.CurrentDepth > depth)
        {
            _json.Read();
        }
    }

    public void ReportMissing(int start, string member) =>
        Report(SchemaProblemKind.MissingMember, start, "the member \"" + member + "\"", null);

    /// <summary>Reports the member whose value is next, and passes its value over.</summary>
    public void ReportDuplicate()
    {
        Report(SchemaProblemKind.DuplicateMember, _nameStart, "each member once", null);
        _json.Skip();
    }

    /// <summary>Keeps a member that the schema does not name, and warns.</summary>
    /// <param name="count">How many members that the schema names stand before it.</param>
    public void KeepUnknown(ReadOnlySpan<byte> name, int count, ref UnknownMembersBuilder? unknown, string[] known)
    {
        string text = SchemaText.Decode(name);
        unknown ??= new UnknownMembersBuilder();
        if (!unknown.IsNew(text))
        {
            ReportDuplicate();
            return;
        }

        int position = count + unknown.Count;
        Report(SchemaProblemKind.UnknownMember, _nameStart, SchemaText.Expected(known), null, SchemaText.Nearest(text, known), isError: false);
        if (CopyValue() is { } json)
        {
            unknown.Add(new UnknownMember(text, json, position));
        }
    }

    /// <summary>Refuses a member that the schema does not name.</summary>
    public void RefuseUnknown(ReadOnlySpan<byte> name, string[] known)
    {
        string text = SchemaText.Decode(name);
        Report(SchemaProblemKind.UnknownMember, _nameStart, SchemaText.Expected(known), null, SchemaText.Nearest(text, known));
        _json.Skip();
    }

    /// <summary>After the framework's reader gave up: says where and why, in words for people.</summary>
    public void ReportMalformed()
    {
        (int offset, string expected, string found) = JsonSyntax.Explain(_utf8, MaxDepth);
        Report(SchemaProblemKind.Malformed, offset, expected, found);
    }

    /// <summary>Everything that was reported, in the order of the text.</summary>
    public readonly SchemaProblems Problems() => _problems is null ? default : new SchemaProblems(ProblemPlaces.Find(_utf8, _problems));

    private void ReportEncoding() =>
        Report(SchemaProblemKind.Malformed, JsonSyntax.FirstInvalidByte(_utf8), "UTF-8", "bytes that are no character");

    public void RefuseType(string expected, bool showText)
    {
        Report(SchemaProblemKind.WrongType, (int)_json.TokenStartIndex, expected, Found(showText));
        _json.Skip();
    }

    /// <param name="showText">Strings are shown only where one is expected, or a number or truth value; elsewhere one might be a secret.</param>
    private readonly string Found(bool showText) => _json.TokenType switch
    {
        JsonTokenType.StartObject => "an object",
        JsonTokenType.StartArray => "an array",
        JsonTokenType.String when showText => SchemaText.Bounded(Encoding.UTF8.GetString(_utf8[(int)_json.TokenStartIndex..(int)_json.BytesConsumed])),
        JsonTokenType.String => "a string",
        JsonTokenType.Number when !showText => "a number",
        _ => SchemaText.Bounded(Encoding.UTF8.GetString(_json.ValueSpan)),
    };

    /// <summary>Integers such as <c>1.0</c> and <c>12e2</c>, and those of 19 digits.</summary>
    private bool ReadUnusualInteger(string expected, out long value)
    {
        if (SchemaText.TryParseInteger(_json.ValueSpan, out value))
        {
            return true;
        }

        Refuse(expected);
        return false;
    }

    private bool TryFindUnusualText(Utf8JsonReader ahead, string expected, out ReadOnlySpan<byte> text)
    {
        Utf8JsonReader here = _json;
        _json = ahead;
        bool isRead = TryReadText(expected, out text);
        _json = here;
        if (!isRead)
        {
            _json.Skip();
        }

        return isRead;
    }

    private static bool IsName(Utf8JsonReader json, ReadOnlySpan<byte> name)
    {
        try
        {
            return json.ValueTextEquals(name);
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }

    /// <summary>A name or a string with its escapes replaced, as bytes.</summary>
    private bool TryDecode(out ReadOnlySpan<byte> text)
    {
        string? decoded = DecodeString();
        text = decoded is null ? _json.ValueSpan : Encoding.UTF8.GetBytes(decoded);
        return decoded is not null;
    }

    /// <summary>A name or a string with its escapes replaced. An escape may stand for half a character, which is no text.</summary>
    private string? DecodeString()
    {
        try
        {
            return _json.GetString();
        }
        catch (InvalidOperationException)
        {
            Report(SchemaProblemKind.Malformed, (int)_json.TokenStartIndex, "text of whole characters", "an escape that stands for half of one");
            return null;
        }
    }

    /// <summary>The value as compact JSON with its escapes normalised; null after a problem.</summary>
    private byte[]? CopyValue()
    {
        int start = (int)_json.TokenStartIndex;
        _json.Skip();
        ReadOnlySpan<byte> value = _utf8[start..(int)_json.BytesConsumed];
        try
        {
            int repeated = SchemaJson.FindRepeatedName(value);
            if (repeated < 0)
            {
                return SchemaJson.Normalize(value);
            }

            Report(SchemaProblemKind.DuplicateMember, start + repeated, "each member once", null);
            return null;
        }
        catch (InvalidOperationException)
        {
            Report(SchemaProblemKind.Malformed, start, "text of whole characters", "an escape that stands for half of one");
            return null;
        }
    }

    private void Report(SchemaProblemKind kind, int offset, string expected, string? found, string? suggestion = null, bool isError = true)
    {
        Errors += isError ? 1 : 0;
        _problems ??= [];
        _problems.Add(new SchemaProblem(kind, isError, offset, expected, found, suggestion));
    }
}
