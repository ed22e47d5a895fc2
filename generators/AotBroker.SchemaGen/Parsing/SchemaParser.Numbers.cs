using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using AotBroker.SchemaGen.Diagnostics;
using AotBroker.SchemaGen.Json;
using AotBroker.SchemaGen.Model;

namespace AotBroker.SchemaGen.Parsing;

internal sealed partial class SchemaParser
{
    /// <summary>A decimal holds this, and one more or less.</summary>
    private const decimal MaxNumber = 1e28m;

    /// <summary>Integers as JSON Schema has them: 1.0 is one.</summary>
    internal static bool TryGetInteger(JsonNode node, out long integer)
    {
        integer = 0;
        bool isInteger = node.Kind == JsonKind.Number
            && decimal.TryParse(node.Text, NumberStyles.Float, CultureInfo.InvariantCulture, out decimal number)
            && number == Math.Floor(number) && number >= long.MinValue && number <= long.MaxValue
            && (integer = (long)number) == number;
        return isInteger;
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

        if (node.Kind == JsonKind.Number && decimal.TryParse(node.Text, NumberStyles.Float, CultureInfo.InvariantCulture, out decimal number)
            && Math.Abs(number) <= MaxNumber)
        {
            return round(number);
        }

        Report(Descriptors.WrongKeywordValue.Id, node.Span, keyword, "a number of at most 28 digits");
        return null;
    }

    private NumberValue ParseNumberValue(JsonNode schema)
    {
        NumberBound? least = Stricter(schema, "minimum", "exclusiveMinimum", (inclusive, exclusive) => exclusive >= inclusive);
        NumberBound? most = Stricter(schema, "maximum", "exclusiveMaximum", (inclusive, exclusive) => exclusive <= inclusive);
        if (least is not null && most is not null)
        {
            decimal from = decimal.Parse(least.Text, NumberStyles.Float, CultureInfo.InvariantCulture);
            decimal to = decimal.Parse(most.Text, NumberStyles.Float, CultureInfo.InvariantCulture);
            if (from > to || (from == to && (least.IsExclusive || most.IsExclusive)))
            {
                Report(Descriptors.Unsatisfiable.Id, (schema["maximum"] ?? schema["exclusiveMaximum"])!.Span, "no number lies between the bounds");
            }
        }

        return new NumberValue(least, most, ParseNumberMultiple(schema));
    }

    private NumberBound? Stricter(JsonNode schema, string inclusiveKeyword, string exclusiveKeyword, Func<decimal, decimal, bool> isExclusiveStricter)
    {
        decimal? inclusive = ParseNumber(schema, inclusiveKeyword, n => n);
        decimal? exclusive = ParseNumber(schema, exclusiveKeyword, n => n);
        if (exclusive is not null && (inclusive is null || isExclusiveStricter(inclusive.Value, exclusive.Value)))
        {
            return new NumberBound(schema[exclusiveKeyword]!.Text, IsExclusive: true);
        }

        return inclusive is null ? null : new NumberBound(schema[inclusiveKeyword]!.Text, IsExclusive: false);
    }

    private NumberMultiple? ParseNumberMultiple(JsonNode schema)
    {
        decimal? multiple = ParseNumber(schema, "multipleOf", n => n);
        if (multiple is null)
        {
            return null;
        }

        decimal digits = multiple.Value;
        int exponent = 0;
        for (; digits != Math.Floor(digits); exponent--)
        {
            digits *= 10;
        }

        for (; digits != 0 && digits % 10 == 0; exponent++)
        {
            digits /= 10;
        }

        if (digits is > 0 and <= ulong.MaxValue)
        {
            return new NumberMultiple(schema["multipleOf"]!.Text, (ulong)digits, exponent);
        }

        Report(Descriptors.WrongKeywordValue.Id, schema["multipleOf"]!.Span, "multipleOf", "a number greater than 0 of at most 19 digits");
        return null;
    }
}
