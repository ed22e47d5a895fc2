using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using AotBroker.SchemaGen.Diagnostics;
using AotBroker.SchemaGen.Emitting;
using AotBroker.SchemaGen.Json;
using AotBroker.SchemaGen.Model;
using AotBroker.SchemaGen.Patterns;
using Microsoft.CodeAnalysis.Text;

namespace AotBroker.SchemaGen.Parsing;

internal sealed partial class SchemaParser
{
    private static readonly string[] Formats = ["uuid", "uri", "date-time"];

    private StringValue ParseString(JsonNode schema)
    {
        long least = ParseCount(schema, "minLength") ?? 0;
        long? most = ParseCount(schema, "maxLength");
        if (least > most)
        {
            Report(Descriptors.Unsatisfiable.Id, schema["maxLength"]!.Span, "'maxLength' is less than 'minLength'");
        }

        string? format = Annotation(schema, "format", report: true);
        if (format is not null && schema["format"]!.Kind == JsonKind.String && !Formats.Contains(format))
        {
            Report(Descriptors.UnsupportedFormat.Id, schema["format"]!.Span, format);
        }

        return new StringValue(least, most, ParsePattern(schema), format, ParseFlag(schema, "x-secret"));
    }

    private string? ParsePattern(JsonNode schema)
    {
        string? pattern = Annotation(schema, "pattern", report: true);
        if (pattern is null || schema["pattern"]!.Kind != JsonKind.String)
        {
            return null;
        }

        if (PatternParser.TryParse(pattern, out PatternSyntaxException? error) is not null)
        {
            return pattern;
        }

        int length = Math.Min(error!.Length, pattern.Length - error.Position);
        string part = length == 0 ? "the end" : pattern.Substring(error.Position, length);
        Report(Descriptors.WrongPattern.Id, SpanInString(schema["pattern"]!, error.Position, length), part, error.Message);
        return null;
    }

    private long? ParseCount(JsonNode schema, string keyword)
    {
        if (schema[keyword] is not { } node)
        {
            return null;
        }

        if (node.Kind == JsonKind.Number
            && decimal.TryParse(node.Text, NumberStyles.Float, CultureInfo.InvariantCulture, out decimal number)
            && number >= 0 && number <= int.MaxValue && number == Math.Floor(number))
        {
            return (long)number;
        }

        Report(Descriptors.WrongKeywordValue.Id, node.Span, keyword, "an integer from 0 to 2147483647");
        return null;
    }

    /// <summary>Where a part of a string's content stands in the file, which may write it with escapes.</summary>
    private TextSpan SpanInString(JsonNode text, int start, int length)
    {
        string raw = _text.ToString(text.Span);
        var places = new List<int>();
        for (int at = 1; at < raw.Length; at += raw[at] != '\\' ? 1 : raw[at + 1] == 'u' ? 6 : 2)
        {
            places.Add(text.Span.Start + at);
        }

        return TextSpan.FromBounds(places[start], places[start + length]);
    }

    private ValueModel? ParseConst(JsonNode value)
    {
        switch (value.Kind)
        {
            case JsonKind.String:
                return new ConstStringValue(value.Text);
            case JsonKind.True or JsonKind.False:
                return new ConstBooleanValue(value.Kind == JsonKind.True);
            case JsonKind.Number when TryGetInteger(value, out long number):
                return new ConstIntegerValue(number);
            default:
                Report(Descriptors.WrongKeywordValue.Id, value.Span, "const", "a string, an integer or a truth value");
                return null;
        }
    }

    private ValueModel? ParseEnum(JsonNode schema, string name, TextSpan nameSpan, ref bool isNullable)
    {
        JsonNode node = schema["enum"]!;
        if (node.Items.Any(item => TryGetInteger(item, out _)))
        {
            return ParseIntegerChoice(node, ref isNullable);
        }

        var members = new List<EnumMemberModel>();
        foreach (JsonNode item in node.Items)
        {
            if (item.Kind == JsonKind.Null)
            {
                isNullable = true;
            }
            else if (item.Kind != JsonKind.String)
            {
                Report(Descriptors.WrongKeywordValue.Id, item.Span, "enum", "an array of different strings, or of different integers");
                return null;
            }
            else
            {
                AddEnumMember(members, item);
            }
        }

        if (members.Count == 0)
        {
            Report(Descriptors.WrongKeywordValue.Id, node.Span, "enum", "an array of different strings, or of different integers");
            return null;
        }

        AddType(new EnumModel(name, ParseDocumentation(schema, report: false), new EquatableArray<EnumMemberModel>(members)), nameSpan, "The enumeration");
        return new EnumValue(name, new EquatableArray<string>(members.Select(member => member.Value)));
    }

    private void AddEnumMember(List<EnumMemberModel> members, JsonNode item)
    {
        string name = Naming.Pascal(item.Text);
        EnumMemberModel? other = members.Find(member => member.Name == name);
        if (other?.Value == item.Text)
        {
            Report(Descriptors.WrongKeywordValue.Id, item.Span, "enum", "an array of different strings, or of different integers");
            return;
        }

        if (other is not null)
        {
            Report(Descriptors.NameCollision.Id, item.Span, $"'{item.Text}'", name, $"'{other.Value}'");
            return;
        }

        members.Add(new EnumMemberModel(name, item.Text));
    }

    private static bool Accepts(StringValue text, string value)
    {
        int length = Enumerable.Range(0, value.Length).Count(i => i == 0 || !char.IsSurrogatePair(value, i - 1));
        return length >= text.MinLength
            && (text.MaxLength is null || length <= text.MaxLength)
            && (text.Pattern is null || Dfa.TryBuild(PatternParser.TryParse(text.Pattern, out _)!)?.Matches(value) != false);
    }

    private static bool Accepts(IntegerValue integer, long value) =>
        (integer.Minimum is null || value >= integer.Minimum)
        && (integer.Maximum is null || value <= integer.Maximum)
        && (integer.MultipleOf is null || value % integer.MultipleOf == 0);

    /// <summary>The default as JSON, for the emitter. It has to be of the schema's own type.</summary>
    private string? ParseDefault(JsonNode schema, ValueModel value, bool report = true)
    {
        if (schema["default"] is not { } node)
        {
            return null;
        }

        string? expected = value switch
        {
            StringValue { IsSecret: true } => "left out: a secret has none",
            StringValue text => node.Kind == JsonKind.String && Accepts(text, node.Text) ? null : Expectation.Of(text),
            IntegerValue integer => TryGetInteger(node, out long number) && Accepts(integer, number) ? null : Expectation.Of(integer),
            IntegerChoiceValue choice => TryGetInteger(node, out long number) && choice.Numbers.Contains(number) ? null : Expectation.Of(choice),
            NumberValue number => node.Kind == JsonKind.Number && Accepts(number, node) ? null : Expectation.Of(number),
            BooleanValue => IsOfType(node, "boolean") ? null : "true or false",
            EnumValue choice => node.Kind == JsonKind.String && choice.Values.Contains(node.Text) ? null : "one of the values of 'enum'",
            _ => "left out: only strings, numbers, truth values and enumerations can have one",
        };
        if (expected is null)
        {
            return node.Kind == JsonKind.String ? node.Text
                : value is IntegerValue or IntegerChoiceValue && TryGetInteger(node, out long integer) ? integer.ToString(CultureInfo.InvariantCulture)
                : _text.ToString(node.Span);
        }

        if (report)
        {
            Report(Descriptors.WrongDefault.Id, node.Span, expected);
        }

        return null;
    }
}
