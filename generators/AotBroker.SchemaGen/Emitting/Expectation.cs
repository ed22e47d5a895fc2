using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using AotBroker.SchemaGen.Model;

namespace AotBroker.SchemaGen.Emitting;

/// <summary>What a value is expected to be, in words: "expected …" continues with one of these.</summary>
internal static class Expectation
{
    public static string Of(ValueModel value) => value switch
    {
        StringValue text => OfString(text),
        IntegerValue integer => OfInteger(integer),
        IntegerChoiceValue choice => "one of " + string.Join(", ", choice.Numbers.Select(Number)),
        NumberValue number => OfNumber(number),
        AnyValue => "a value",
        BooleanValue => "true or false",
        ConstStringValue constant => Quote(constant.Text),
        ConstIntegerValue constant => constant.Number.ToString(CultureInfo.InvariantCulture),
        ConstBooleanValue constant => constant.Truth ? "true" : "false",
        ConstJsonValue constant => constant.Json,
        JsonChoiceValue choice => "one of " + string.Join(", ", choice.Jsons),
        EnumValue choice => OneOf(choice.Values),
        ListValue list => OfList(list),
        MixedValue mixed => OfMixed(mixed),
        _ => "an object",
    };

    public static string OneOf(IReadOnlyList<string> values) =>
        values.Count == 1 ? Quote(values[0]) : "one of " + string.Join(", ", values.Select(Quote));

    private static string OfString(StringValue text)
    {
        var parts = new List<string>();
        if (text.MinLength > 0 || text.MaxLength is not null)
        {
            parts.Add("of " + Range(text.MinLength, text.MaxLength, "character"));
        }

        if (text.Format is not null)
        {
            parts.Add(text.Format switch
            {
                "uuid" => "that is a UUID",
                "uri" => "that is a URI",
                _ => "that is a date and time (RFC 3339)",
            });
        }

        if (text.Pattern is not null)
        {
            parts.Add("that matches " + text.Pattern);
        }

        return "a string" + Joined(parts);
    }

    private static string OfInteger(IntegerValue integer)
    {
        var parts = new List<string>();
        if (integer is { Minimum: { } least, Maximum: { } most })
        {
            parts.Add($"from {Number(least)} to {Number(most)}");
        }
        else if (integer.Minimum is { } minimum)
        {
            parts.Add($"of at least {Number(minimum)}");
        }
        else if (integer.Maximum is { } maximum)
        {
            parts.Add($"of at most {Number(maximum)}");
        }

        if (integer.MultipleOf is { } multiple)
        {
            parts.Add("that is a multiple of " + Number(multiple));
        }

        return "an integer" + Joined(parts);
    }

    private static string OfNumber(NumberValue number)
    {
        var parts = new List<string>();
        if (number.Minimum is { } least)
        {
            parts.Add((least.IsExclusive ? "greater than " : "of at least ") + least.Text);
        }

        if (number.Maximum is { } most)
        {
            parts.Add((most.IsExclusive ? "less than " : "of at most ") + most.Text);
        }

        if (number.MultipleOf is { } multiple)
        {
            parts.Add("that is a multiple of " + multiple.Text);
        }

        return "a number" + Joined(parts);
    }

    private static string OfList(ListValue list)
    {
        string items = list.MinItems > 0 || list.MaxItems is not null ? " of " + Range(list.MinItems, list.MaxItems, "item") : "";
        return "an array" + items + (list.IsUnique ? ", all different" : "");
    }

    private static string OfMixed(MixedValue mixed)
    {
        string[] kinds = [.. mixed.Kinds.SelectMany(Words)];
        return string.Join(", ", kinds.Take(kinds.Length - 1)) + " or " + kinds[kinds.Length - 1];

        static string[] Words(KindModel kind) => kind.Type switch
        {
            "boolean" => ["true", "false"],
            "null" => ["null"],
            "number" => [kind.Value is IntegerValue ? "an integer" : "a number"],
            "string" => ["a string"],
            _ => ["an " + kind.Type],
        };
    }

    private static string Range(long least, long? most, string unit)
    {
        string units = (most ?? least) == 1 ? unit : unit + "s";
        return most is null ? $"at least {Number(least)} {units}"
            : least == most ? $"exactly {Number(least)} {units}"
            : least == 0 ? $"at most {Number(most.Value)} {units}"
            : $"{Number(least)} to {Number(most.Value)} {units}";
    }

    private static string Joined(List<string> parts) => parts.Count == 0 ? "" : " " + string.Join(" and ", parts);

    private static string Quote(string text) => "\"" + text.Replace("\\", "\\\\").Replace("\"", "\\\"") + "\"";

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);
}
