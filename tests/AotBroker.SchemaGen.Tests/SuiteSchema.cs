using System.Text.Json.Nodes;

namespace AotBroker.SchemaGen.Tests;

/// <summary>
/// A schema of the public JSON Schema test suite, as a file for the generator. It stays what it is, but for three things: all
/// files are compiled together, so the names of definitions get a prefix; what a member is required to be has to be described,
/// so <c>{}</c> describes it; and a file holds an object, so <c>true</c> and <c>false</c> become the schema of a member.
/// </summary>
internal sealed class SuiteSchema
{
    private const string Definitions = "#/$defs/";

    private readonly bool _isWrapped;
    private readonly string _prefix;

    /// <param name="prefix">Makes the names of the definitions unique among several schemas.</param>
    public SuiteSchema(JsonNode schema, string prefix)
    {
        _prefix = prefix;
        _isWrapped = schema is not JsonObject;
        JsonNode root = _isWrapped ? new JsonObject { ["type"] = "object", ["properties"] = new JsonObject { ["value"] = schema.DeepClone() } } : schema.DeepClone();
        if (root["$defs"] is JsonObject definitions)
        {
            root["$defs"] = new JsonObject(definitions.Select(item => KeyValuePair.Create(prefix + item.Key, item.Value?.DeepClone())));
        }

        Adapt(root);
        Text = root.ToJsonString();
    }

    public string Text { get; }

    /// <summary>A document for a case of the suite.</summary>
    public string Document(JsonNode? data) =>
        _isWrapped ? new JsonObject { ["value"] = data?.DeepClone() }.ToJsonString() : (data?.ToJsonString() ?? "null");

    private void Adapt(JsonNode? node)
    {
        if (node is not JsonObject schema)
        {
            return;
        }

        if (schema["$ref"] is JsonValue reference && reference.ToString() is var to && to.StartsWith(Definitions, StringComparison.Ordinal))
        {
            schema["$ref"] = to.Replace(Definitions, Definitions + _prefix, StringComparison.Ordinal);
        }

        DescribeRequired(schema);
        IEnumerable<JsonNode?> inner = (schema["properties"] as JsonObject ?? [])
            .Concat(schema["$defs"] as JsonObject ?? [])
            .Select(item => item.Value)
            .Concat(schema["oneOf"] as JsonArray ?? [])
            .Append(schema["items"])
            .Append(schema["additionalProperties"]);
        foreach (JsonNode? item in inner.ToList())
        {
            Adapt(item);
        }
    }

    /// <summary>Where other members are allowed, this says nothing new.</summary>
    private static void DescribeRequired(JsonObject schema)
    {
        if (schema["required"] is not JsonArray required || schema.ContainsKey("additionalProperties"))
        {
            return;
        }

        if (schema["properties"] is null && required.Count > 0)
        {
            schema["properties"] = new JsonObject();
        }

        foreach (JsonNode? name in required)
        {
            _ = (schema["properties"] as JsonObject)?.TryAdd(name!.ToString(), new JsonObject());
        }
    }
}
