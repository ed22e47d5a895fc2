using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using AotBroker.SchemaGen.Diagnostics;
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

        string rest = pattern.Substring(error!.Position, Math.Min(error.Length, pattern.Length - error.Position));
        Report(Descriptors.WrongPattern.Id, schema["pattern"]!.Span, rest.Length == 0 ? "the end" : rest, error.Message);
        return null;
    }

    private IntegerValue ParseInteger(JsonNode schema)
    {
        decimal? least = Larger(ParseNumber(schema, "minimum", Math.Ceiling), ParseNumber(schema, "exclusiveMinimum", n => Math.Floor(n) + 1));
        decimal? most = Smaller(ParseNumber(schema, "maximum", Math.Floor), ParseNumber(schema, "exclusiveMaximum", n => Math.Ceiling(n) - 1));
        if (least > most || least > long.MaxValue || most < long.MinValue)
        {
            Report(Descriptors.Unsatisfiable.Id, (schema["maximum"] ?? schema["exclusiveMaximum"] ?? schema["minimum"] ?? schema["exclusiveMinimum"])!.Span, "no integer of 64 bits lies between the bounds");
            return new IntegerValue(null, null, null);
        }

        return new IntegerValue(
            least > long.MinValue ? (long)least : null,
            most < long.MaxValue ? (long)most : null,
            ParseIntegerMultiple(schema));
    }

    /// <summary>The integers that are multiples of 1.5 are those that are multiples of 3.</summary>
    private long? ParseIntegerMultiple(JsonNode schema)
    {
        decimal? multiple = ParseNumber(schema, "multipleOf", n => n);
        if (multiple is null)
        {
            return null;
        }

        if (multiple <= 0)
        {
            Report(Descriptors.WrongKeywordValue.Id, schema["multipleOf"]!.Span, "multipleOf", "a number greater than 0");
            return null;
        }

        decimal numerator = multiple.Value;
        decimal denominator = 1;
        while (numerator != Math.Floor(numerator) && denominator < 1_000_000_000)
        {
            (numerator, denominator) = (numerator * 10, denominator * 10);
        }

        decimal result = numerator == Math.Floor(numerator) ? numerator / Gcd(numerator, denominator) : decimal.MaxValue;
        if (result > long.MaxValue)
        {
            Report(Descriptors.WrongKeywordValue.Id, schema["multipleOf"]!.Span, "multipleOf", "less than 2^63, with at most 9 places");
            return null;
        }

        return result == 1 ? null : (long)result;
    }

    private static decimal Gcd(decimal a, decimal b) => b == 0 ? a : Gcd(b, a % b);

    private static decimal? Larger(decimal? a, decimal? b) => a is null || b > a ? b : a;

    private static decimal? Smaller(decimal? a, decimal? b) => a is null || b < a ? b : a;

    private decimal? ParseNumber(JsonNode schema, string keyword, Func<decimal, decimal> round)
    {
        if (schema[keyword] is not { } node)
        {
            return null;
        }

        if (node.Kind == JsonKind.Number && decimal.TryParse(node.Text, NumberStyles.Float, CultureInfo.InvariantCulture, out decimal number))
        {
            return round(number);
        }

        Report(Descriptors.WrongKeywordValue.Id, node.Span, keyword, "a number of at most 28 digits");
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

    private ValueModel? ParseConst(JsonNode value)
    {
        switch (value.Kind)
        {
            case JsonKind.String:
                return new ConstStringValue(value.Text);
            case JsonKind.True or JsonKind.False:
                return new ConstBooleanValue(value.Kind == JsonKind.True);
            case JsonKind.Number when long.TryParse(value.Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number):
                return new ConstIntegerValue(number);
            default:
                Report(Descriptors.WrongKeywordValue.Id, value.Span, "const", "a string, an integer or a truth value");
                return null;
        }
    }

    private EnumValue? ParseEnum(JsonNode schema, string name, TextSpan nameSpan, ref bool isNullable)
    {
        JsonNode node = schema["enum"]!;
        var members = new List<EnumMemberModel>();
        foreach (JsonNode item in node.Items)
        {
            if (item.Kind == JsonKind.Null)
            {
                isNullable = true;
            }
            else if (item.Kind != JsonKind.String)
            {
                Report(Descriptors.WrongKeywordValue.Id, item.Span, "enum", "an array of strings");
                return null;
            }
            else
            {
                AddEnumMember(members, item);
            }
        }

        if (members.Count == 0)
        {
            Report(Descriptors.WrongKeywordValue.Id, node.Span, "enum", "an array of strings");
            return null;
        }

        AddType(new EnumModel(name, ParseDocumentation(schema, report: false), new EquatableArray<EnumMemberModel>(members)), nameSpan, "The enumeration");
        return new EnumValue(name, new EquatableArray<string>(members.Select(member => member.Value)));
    }

    private void AddEnumMember(List<EnumMemberModel> members, JsonNode item)
    {
        string name = Naming.Pascal(item.Text);
        EnumMemberModel? other = members.Find(member => member.Name == name);
        if (other is not null)
        {
            Report(Descriptors.NameCollision.Id, item.Span, $"'{item.Text}'", name, $"'{other.Value}'");
            return;
        }

        members.Add(new EnumMemberModel(name, item.Text));
    }

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
            StringValue => node.Kind == JsonKind.String ? null : "a string",
            IntegerValue => IsOfType(node, "integer") ? null : "an integer",
            BooleanValue => IsOfType(node, "boolean") ? null : "true or false",
            EnumValue choice => node.Kind == JsonKind.String && choice.Values.Contains(node.Text) ? null : "one of the values of 'enum'",
            _ => "left out: only strings, integers, truth values and enumerations can have one",
        };
        if (expected is null)
        {
            return node.Kind == JsonKind.String ? node.Text : _text.ToString(node.Span);
        }

        if (report)
        {
            Report(Descriptors.WrongDefault.Id, node.Span, expected);
        }

        return null;
    }
}
