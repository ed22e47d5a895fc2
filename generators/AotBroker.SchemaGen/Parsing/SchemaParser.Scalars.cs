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

    private ValueModel ParseConst(JsonNode value) => value.Kind switch
    {
        JsonKind.String => new ConstStringValue(value.Text),
        JsonKind.True or JsonKind.False => new ConstBooleanValue(value.Kind == JsonKind.True),
        JsonKind.Number when TryGetInteger(value, out long number) => new ConstIntegerValue(number),
        _ => new ConstJsonValue(Compact(value)),
    };

    /// <summary>Strings become a C# enumeration, integers stay integers, and everything else stays JSON.</summary>
    private ValueModel? ParseEnum(JsonNode schema, string name, TextSpan nameSpan, out bool isNullable)
    {
        JsonNode node = schema["enum"]!;
        isNullable = node.Items.Any(item => item.Kind == JsonKind.Null);
        JsonNode[] items = [.. node.Items.Where(item => item.Kind != JsonKind.Null)];
        JsonNode? repeated = node.Items.Where((item, i) => node.Items.Take(i).Any(before => JsonNode.AreEqual(item, before))).FirstOrDefault();
        if (node.Kind != JsonKind.Array || node.Items.Count == 0 || repeated is not null)
        {
            Report(Descriptors.WrongKeywordValue.Id, (repeated ?? node).Span, "enum", "an array of different values");
            return null;
        }

        if (items.Length == 0)
        {
            isNullable = false;
            return new ConstJsonValue("null");
        }

        if (items.All(item => TryGetInteger(item, out _)))
        {
            return new IntegerChoiceValue(new EquatableArray<long>(items.Select(item => TryGetInteger(item, out long number) ? number : 0)));
        }

        if (items.Any(item => item.Kind != JsonKind.String))
        {
            return new JsonChoiceValue(new EquatableArray<string>(items.Select(Compact)));
        }

        var members = new List<EnumMemberModel>();
        foreach (JsonNode item in items)
        {
            AddEnumMember(members, Naming.EnumMember(items.Select(other => other.Text), item.Text), item);
        }

        AddType(new EnumModel(name, ParseDocumentation(schema, report: false), new EquatableArray<EnumMemberModel>(members)), nameSpan, "The enumeration");
        return new EnumValue(name, new EquatableArray<string>(members.Select(member => member.Value)));
    }

    /// <summary>A value as the file writes it, without white space.</summary>
    private string Compact(JsonNode node) => node.Kind switch
    {
        JsonKind.Array => "[" + string.Join(",", node.Items.Select(Compact)) + "]",
        JsonKind.Object => "{" + string.Join(",", node.Members.Select(member => _text.ToString(member.NameSpan) + ":" + Compact(member.Value))) + "}",
        _ => _text.ToString(node.Span),
    };

    private void AddEnumMember(List<EnumMemberModel> members, string name, JsonNode item)
    {
        EnumMemberModel? other = members.Find(member => member.Name == name);
        if (other is not null)
        {
            Report(Descriptors.NameCollision.Id, item.Span, $"'{item.Text}'", name, $"'{other.Value}'");
            return;
        }

        members.Add(new EnumMemberModel(name, item.Text));
    }

    /// <summary>The default, for the emitter: a string's content, or JSON.</summary>
    private string? ParseDefault(JsonNode schema, ValueModel value, bool isNullable, bool report = true)
    {
        if (schema["default"] is not { } node)
        {
            return null;
        }

        Nonconformance? wrong = value switch
        {
            StringValue { IsSecret: true } => new Nonconformance(node, "left out: a secret has none"),
            StringValue or IntegerValue or IntegerChoiceValue or NumberValue or BooleanValue or EnumValue => new Conformance(_types).Check(value, isNullable, node),
            _ => new Nonconformance(node, "left out: only strings, numbers, truth values and enumerations can have one"),
        };
        if (wrong is not null && report)
        {
            Report(Descriptors.WrongDefault.Id, node.Span, "default", wrong.Expected);
        }

        // Without a default, an absent member is null anyway.
        return wrong is not null || node.Kind == JsonKind.Null ? null
            : node.Kind == JsonKind.String ? node.Text
            : value is IntegerValue or IntegerChoiceValue && TryGetInteger(node, out long integer) ? integer.ToString(CultureInfo.InvariantCulture)
            : _text.ToString(node.Span);
    }

    /// <summary>Examples teach whoever writes a document; one that would be refused teaches what is wrong.</summary>
    private void CheckExamples()
    {
        var conformance = new Conformance(_types);
        foreach ((JsonNode schema, Shape shape) in _withExamples)
        {
            foreach (JsonNode example in schema["examples"]!.Items)
            {
                if (conformance.Check(shape.Value, shape.IsNullable, example) is { } wrong)
                {
                    Report(Descriptors.WrongDefault.Id, wrong.Where.Span, "example", wrong.Expected);
                }
            }
        }
    }
}
