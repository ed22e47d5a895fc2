using System.Text.Json;
using System.Text.Json.Nodes;

namespace AotBroker.SchemaGen.Tests;

/// <summary>
/// A schema of the public JSON Schema test suite, made into a file for the generator. The suite's schemas are mostly one keyword;
/// a file describes an object, and says types. So a schema gets the type that its keywords are about, and where that is no
/// object, it becomes the schema of a member.
/// </summary>
internal sealed class SuiteSchema
{
    private static readonly (string Type, string[] Keywords)[] Types =
    [
        ("string", ["minLength", "maxLength", "pattern", "format"]),
        ("number", ["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"]),
        ("array", ["items", "minItems", "maxItems", "uniqueItems"]),
        ("object", ["properties", "required", "additionalProperties"]),
    ];

    private readonly string? _addedType;
    private readonly bool _isWrapped;
    private readonly string _prefix;

    /// <param name="prefix">Makes the names of the definitions unique among several schemas.</param>
    public SuiteSchema(JsonNode schema, string prefix)
    {
        _prefix = prefix;
        JsonNode value = schema.DeepClone();
        JsonObject? definitions = (value as JsonObject)?["$defs"] as JsonObject;
        (value as JsonObject)?.Remove("$schema");
        (value as JsonObject)?.Remove("$defs");
        string? type = TypeOf(value);
        Complete(value, isRoot: true);
        _addedType = TypeOf(value) == type ? null : TypeOf(value);

        // A reference to the root would lead to the object around it.
        _isWrapped = TypeOf(value) != "object" || (value as JsonObject)?["additionalProperties"] is JsonObject;
        JsonObject root = _isWrapped
            ? new() { ["type"] = "object", ["required"] = new JsonArray("value"), ["properties"] = new JsonObject { ["value"] = value } }
            : (JsonObject)value;
        if (definitions is not null)
        {
            root["$defs"] = new JsonObject(definitions.Select(item => KeyValuePair.Create(prefix + item.Key, item.Value?.DeepClone())));
            foreach (KeyValuePair<string, JsonNode?> item in root["$defs"]!.AsObject())
            {
                Complete(item.Value, isRoot: false);
            }
        }

        Text = root.ToJsonString();
    }

    public string Text { get; }

    /// <summary>A document for a case of the suite; null where the case is about another type than the one that was added.</summary>
    public string? Document(JsonNode? data)
    {
        if (_addedType is not null && _addedType != Kind(data))
        {
            return null;
        }

        return _isWrapped ? new JsonObject { ["value"] = data?.DeepClone() }.ToJsonString() : (data?.ToJsonString() ?? "null");
    }

    private static string? TypeOf(JsonNode? schema) => (schema as JsonObject)?["type"] is JsonValue type ? type.ToString() : null;

    private static string Kind(JsonNode? data) => data?.GetValueKind() switch
    {
        JsonValueKind.String => "string",
        JsonValueKind.Number => "number",
        JsonValueKind.Array => "array",
        JsonValueKind.Object => "object",
        null => "null",
        _ => "boolean",
    };

    private void Complete(JsonNode? node, bool isRoot)
    {
        if (node is not JsonObject schema)
        {
            return;
        }

        if (schema["type"] is null && schema["$ref"] is null && schema["oneOf"] is null && Types.FirstOrDefault(type => type.Keywords.Any(schema.ContainsKey)).Type is { } found)
        {
            schema["type"] = found;
        }

        if (TypeOf(schema) == "array" && !schema.ContainsKey("items"))
        {
            schema["items"] = new JsonObject();
        }

        DescribeRequired(schema);
        if (schema["$ref"] is JsonValue reference)
        {
            string to = reference.ToString();
            bool isToRoot = to == "#" && !(isRoot && TypeOf(schema) == "object");
            schema["$ref"] = isToRoot ? "#/root" : to.Replace("#/$defs/", "#/$defs/" + _prefix, StringComparison.Ordinal);
        }

        IEnumerable<JsonNode?> inner = (schema["properties"] as JsonObject ?? []).Select(item => item.Value)
            .Concat(schema["oneOf"] as JsonArray ?? [])
            .Append(schema["items"])
            .Append(schema["additionalProperties"]);
        foreach (JsonNode? item in inner.ToList())
        {
            Complete(item, isRoot: false);
        }
    }

    /// <summary>What a member is said to have has to be described.</summary>
    private static void DescribeRequired(JsonObject schema)
    {
        if (TypeOf(schema) != "object" || schema["required"] is not JsonArray required || schema["additionalProperties"] is JsonObject)
        {
            return;
        }

        if (schema["properties"] is null)
        {
            schema["properties"] = new JsonObject();
        }

        foreach (JsonNode? name in required)
        {
            _ = (schema["properties"] as JsonObject)?.TryAdd(name!.ToString(), new JsonObject());
        }
    }
}
