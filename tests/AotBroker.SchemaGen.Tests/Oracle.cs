using System.Globalization;
using System.Numerics;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace AotBroker.SchemaGen.Tests;

/// <summary>
/// Says whether a document satisfies a schema, by looking at both. Slow, plain, and written from the specification of JSON
/// Schema: what the emitted code is compared with.
/// </summary>
internal sealed class Oracle(JsonElement root)
{
    public bool Accepts(JsonElement value) => Accepts(root, value);

    private bool Accepts(JsonElement schema, JsonElement value) =>
        schema.ValueKind == JsonValueKind.True || schema.EnumerateObject().All(keyword => Accepts(schema, keyword.Name, keyword.Value, value));

    private bool Accepts(JsonElement schema, string keyword, JsonElement argument, JsonElement value) => keyword switch
    {
        "type" => argument.ValueKind == JsonValueKind.Array ? argument.EnumerateArray().Any(type => IsOfType(type.GetString()!, value)) : IsOfType(argument.GetString()!, value),
        "$ref" => Accepts(Resolve(argument.GetString()!), value),
        "oneOf" => argument.EnumerateArray().Count(alternative => Accepts(alternative, value)) == 1,
        "const" => AreEqual(argument, value),
        "enum" => argument.EnumerateArray().Any(item => AreEqual(item, value)),
        "properties" => value.ValueKind != JsonValueKind.Object || value.EnumerateObject().All(member => !argument.TryGetProperty(member.Name, out JsonElement own) || Accepts(own, member.Value)),
        "required" => value.ValueKind != JsonValueKind.Object || argument.EnumerateArray().All(name => value.TryGetProperty(name.GetString()!, out _)),
        "additionalProperties" => value.ValueKind != JsonValueKind.Object || value.EnumerateObject().All(member => IsNamed(schema, member.Name) || (argument.ValueKind != JsonValueKind.False && Accepts(argument, member.Value))),
        "items" => value.ValueKind != JsonValueKind.Array || value.EnumerateArray().All(item => Accepts(argument, item)),
        "minItems" => value.ValueKind != JsonValueKind.Array || value.GetArrayLength() >= argument.GetInt32(),
        "maxItems" => value.ValueKind != JsonValueKind.Array || value.GetArrayLength() <= argument.GetInt32(),
        "uniqueItems" => value.ValueKind != JsonValueKind.Array || !argument.GetBoolean() || AreUnique([.. value.EnumerateArray()]),
        "minLength" => value.ValueKind != JsonValueKind.String || value.GetString()!.EnumerateRunes().Count() >= argument.GetInt32(),
        "maxLength" => value.ValueKind != JsonValueKind.String || value.GetString()!.EnumerateRunes().Count() <= argument.GetInt32(),
        "pattern" => value.ValueKind != JsonValueKind.String || Regex.IsMatch(value.GetString()!, argument.GetString()!.Replace("$", "\\z", StringComparison.Ordinal), RegexOptions.CultureInvariant),
        "minimum" => value.ValueKind != JsonValueKind.Number || Compare(value, argument) >= 0,
        "maximum" => value.ValueKind != JsonValueKind.Number || Compare(value, argument) <= 0,
        "exclusiveMinimum" => value.ValueKind != JsonValueKind.Number || Compare(value, argument) > 0,
        "exclusiveMaximum" => value.ValueKind != JsonValueKind.Number || Compare(value, argument) < 0,
        "multipleOf" => value.ValueKind != JsonValueKind.Number || IsMultiple(value, argument),
        "format" => value.ValueKind != JsonValueKind.String || Guid.TryParseExact(value.GetString(), "D", out _),
        _ => true,
    };

    private static bool IsOfType(string type, JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => type == "object",
        JsonValueKind.Array => type == "array",
        JsonValueKind.String => type == "string",
        JsonValueKind.Number => type == "number" || (type == "integer" && IsInteger(value)),
        JsonValueKind.Null => type == "null",
        _ => type == "boolean",
    };

    private static bool IsInteger(JsonElement value)
    {
        (BigInteger digits, int exponent) = Parse(value);
        return exponent >= 0 && BigInteger.Abs((digits * BigInteger.Pow(10, exponent) * 2) + 1) < BigInteger.Pow(2, 64);
    }

    private static bool IsNamed(JsonElement schema, string name) => schema.TryGetProperty("properties", out JsonElement properties) && properties.TryGetProperty(name, out _);

    private JsonElement Resolve(string reference) => reference == "#" ? root : root.GetProperty("$defs").GetProperty(reference["#/$defs/".Length..]);

    private static bool AreUnique(JsonElement[] items) => !items.Where((item, i) => items.Take(i).Any(other => AreEqual(item, other))).Any();

    private static bool AreEqual(JsonElement a, JsonElement b)
    {
        if (a.ValueKind != b.ValueKind)
        {
            return false;
        }

        return a.ValueKind switch
        {
            JsonValueKind.Number => Compare(a, b) == 0,
            JsonValueKind.Array => a.GetArrayLength() == b.GetArrayLength() && a.EnumerateArray().Zip(b.EnumerateArray()).All(pair => AreEqual(pair.First, pair.Second)),
            JsonValueKind.Object => a.EnumerateObject().Count() == b.EnumerateObject().Count() && a.EnumerateObject().All(member => b.TryGetProperty(member.Name, out JsonElement other) && AreEqual(member.Value, other)),
            JsonValueKind.String => a.GetString() == b.GetString(),
            _ => true,
        };
    }

    private static int Compare(JsonElement a, JsonElement b)
    {
        (BigInteger left, BigInteger right) = Align(a, b);
        return left.CompareTo(right);
    }

    private static bool IsMultiple(JsonElement value, JsonElement divisor)
    {
        (BigInteger left, BigInteger right) = Align(value, divisor);
        return left % right == 0;
    }

    private static (BigInteger Left, BigInteger Right) Align(JsonElement a, JsonElement b)
    {
        (BigInteger left, int leftExponent) = Parse(a);
        (BigInteger right, int rightExponent) = Parse(b);
        int least = Math.Min(leftExponent, rightExponent);
        return (left * BigInteger.Pow(10, leftExponent - least), right * BigInteger.Pow(10, rightExponent - least));
    }

    /// <summary>A number as an integer times a power of ten; the integer does not end in zero.</summary>
    private static (BigInteger Digits, int Exponent) Parse(JsonElement number)
    {
        string[] parts = number.GetRawText().ToUpperInvariant().Split('E');
        int exponent = parts.Length > 1 ? int.Parse(parts[1], CultureInfo.InvariantCulture) : 0;
        string[] halves = parts[0].Split('.');
        BigInteger digits = BigInteger.Parse(string.Concat(halves), CultureInfo.InvariantCulture);
        exponent -= halves.Length > 1 ? halves[1].Length : 0;
        while (!digits.IsZero && digits % 10 == 0)
        {
            (digits, exponent) = (digits / 10, exponent + 1);
        }

        return digits.IsZero ? (digits, 0) : (digits, exponent);
    }
}
