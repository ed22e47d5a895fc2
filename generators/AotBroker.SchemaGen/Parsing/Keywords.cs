using System;
using System.Collections.Generic;
using System.Linq;

namespace AotBroker.SchemaGen.Parsing;

/// <summary>Which keywords there are, where each has an effect, and what to write instead of those that are not supported.</summary>
internal static class Keywords
{
    /// <summary>Accepted everywhere.</summary>
    public static readonly string[] Annotations = ["title", "description", "examples", "default", "deprecated", "$comment"];

    /// <summary>Accepted at the root of a file.</summary>
    public static readonly string[] Root = ["$schema", "$id", "$defs"];

    /// <summary>Of a string beside values of other types, which cannot be a secret.</summary>
    public static readonly string[] OfPlainString = ["type", "minLength", "maxLength", "pattern", "format"];

    public static readonly string[] OfString = [.. OfPlainString, "x-secret"];

    public static readonly string[] OfNumber =
        ["type", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"];

    public static readonly string[] OfBoolean = ["type"];

    public static readonly string[] OfArray = ["type", "items", "minItems", "maxItems", "uniqueItems"];

    public static readonly string[] OfObject = ["type", "properties", "required", "additionalProperties"];

    public static readonly string[] OfConst = ["type", "const"];

    public static readonly string[] OfEnum = ["type", "enum"];

    public static readonly string[] OfUnion = ["type", "oneOf"];

    public static readonly string[] OfReference = ["$ref"];

    private static readonly Dictionary<string, string> Unsupported = new(StringComparer.Ordinal)
    {
        ["$anchor"] = "refer to '#/$defs/NAME'",
        ["$dynamicAnchor"] = "refer to '#/$defs/NAME'",
        ["$dynamicRef"] = "write a '$ref' to '#/$defs/NAME'",
        ["$recursiveAnchor"] = "refer to '#/$defs/NAME'",
        ["$recursiveRef"] = "write a '$ref' to '#' or '#/$defs/NAME'",
        ["$vocabulary"] = "it belongs to meta-schemas; remove it",
        ["additionalItems"] = "it is an older draft's; write 'items'",
        ["allOf"] = "write the members of all its schemas into one",
        ["anyOf"] = "write 'oneOf' with alternatives that a constant member tells apart, or an array of types with \"null\"",
        ["contains"] = "describe every item with 'items'",
        ["contentEncoding"] = "describe the encoded string with 'pattern'",
        ["contentMediaType"] = "say it in 'description'",
        ["contentSchema"] = "say it in 'description'",
        ["definitions"] = "it is an older draft's; write '$defs'",
        ["dependencies"] = "write 'oneOf' with one alternative for each case",
        ["dependentRequired"] = "write 'oneOf' with one alternative for each case",
        ["dependentSchemas"] = "write 'oneOf' with one alternative for each case",
        ["else"] = "write 'oneOf' with one alternative for each case",
        ["if"] = "write 'oneOf' with one alternative for each case",
        ["id"] = "it is an older draft's; write '$id'",
        ["maxContains"] = "describe every item with 'items'",
        ["maxProperties"] = "an object's size cannot be bounded; remove it",
        ["minContains"] = "describe every item with 'items'",
        ["minProperties"] = "name the members that must be there in 'required'",
        ["not"] = "describe what is allowed, with 'enum', 'pattern' or 'oneOf'",
        ["patternProperties"] = "write 'additionalProperties' with the schema of every value",
        ["prefixItems"] = "write an object with one member for each position",
        ["propertyNames"] = "list the members in 'properties'",
        ["readOnly"] = "say it in 'description'",
        ["then"] = "write 'oneOf' with one alternative for each case",
        ["unevaluatedItems"] = "write 'items'",
        ["unevaluatedProperties"] = "write 'additionalProperties'",
        ["writeOnly"] = "say it in 'description', or write 'x-secret'",
    };

    private static readonly string[] Supported =
    [
        .. Annotations, .. Root, .. OfString, .. OfNumber, .. OfArray, .. OfObject, .. OfConst, .. OfEnum, .. OfUnion, .. OfReference,
    ];

    public static bool IsSupported(string keyword) => Supported.Contains(keyword);

    /// <summary>What to write instead of a keyword of JSON Schema that is not supported; null where there is no such keyword.</summary>
    public static string? InsteadOf(string keyword) => Unsupported.TryGetValue(keyword, out string instead) ? instead : null;

    /// <summary>The keyword that was probably meant.</summary>
    public static string? Nearest(string keyword)
    {
        string? nearest = null;
        int least = Math.Max(2, keyword.Length / 3) + 1;
        foreach (string candidate in Supported)
        {
            int distance = Distance(keyword.ToUpperInvariant(), candidate.ToUpperInvariant());
            if (distance < least)
            {
                (least, nearest) = (distance, candidate);
            }
        }

        return nearest;
    }

    private static int Distance(string a, string b)
    {
        int[] previous = [.. Enumerable.Range(0, b.Length + 1)];
        for (int i = 1; i <= a.Length; i++)
        {
            int[] current = new int[b.Length + 1];
            current[0] = i;
            for (int j = 1; j <= b.Length; j++)
            {
                int replaced = previous[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
                current[j] = Math.Min(replaced, Math.Min(previous[j], current[j - 1]) + 1);
            }

            previous = current;
        }

        return previous[b.Length];
    }
}
