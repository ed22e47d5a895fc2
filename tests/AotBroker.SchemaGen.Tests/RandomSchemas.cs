using System.Text.Json.Nodes;

namespace AotBroker.SchemaGen.Tests;

/// <summary>Makes schemas that the generator accepts, with every keyword that it knows.</summary>
internal sealed class RandomSchemas(Random random)
{
    private static readonly string[] Patterns = ["^[a-c]+$", "b", "^(ab|ac)?$", "a{2}", "^[^x]*$"];

    private readonly JsonObject _definitions = [];
    private string _prefix = "";

    /// <param name="prefix">Makes the names of types unique among several schemas.</param>
    public JsonObject Next(string prefix)
    {
        _prefix = prefix;
        _definitions.Clear();
        JsonObject root = random.Next(5) == 0 ? Any(3) : Object(3);
        JsonObject definitions = (JsonObject)_definitions.DeepClone();
        if (definitions.Count > 0)
        {
            root["$defs"] = definitions;
        }

        return root;
    }

    private JsonObject Any(int depth) => random.Next(depth > 0 ? 15 : 10) switch
    {
        0 or 1 => String(),
        2 or 3 => Number("integer"),
        4 => Number("number"),
        5 => new JsonObject { ["type"] = "boolean" },
        6 => new JsonObject { ["enum"] = random.Next(4) switch { 0 => new JsonArray(1, 2, 30), 1 => new JsonArray(1.5m, true, "a", new JsonArray(0)), 2 => new JsonArray(2, null, 9), _ => new JsonArray("red", "green", "") } },
        7 => new JsonObject { ["const"] = random.Next(5) switch { 0 => "k", 1 => 7, 2 => 1.5m, 3 => new JsonArray(new JsonObject { ["x"] = null }, 1), _ => true } },
        8 => Some() ? [] : String(),
        9 => Mixed(),
        10 or 11 => List(depth - 1),
        12 => new JsonObject { ["type"] = "object", ["additionalProperties"] = Any(depth - 1) },
        13 => Union(depth - 1),
        _ => Some() ? Object(depth - 1) : new JsonObject { ["$ref"] = Define(Object(depth - 1)) },
    };

    private JsonObject Object(int depth)
    {
        JsonObject properties = [];
        JsonArray required = [];
        for (int i = random.Next(5); i >= 0; i--)
        {
            JsonObject member = Any(depth);
            if (member["type"] is JsonValue && member["type"]!.GetValue<string>() is var type && random.Next(6) == 0)
            {
                member["type"] = new JsonArray(type, "null");
            }

            properties["m" + i] = member;
            if (Some())
            {
                required.Add("m" + i);
            }
        }

        JsonObject schema = new() { ["type"] = "object", ["properties"] = properties, ["required"] = required };
        if (random.Next(4) == 0)
        {
            schema["additionalProperties"] = false;
        }

        return schema;
    }

    private JsonObject Union(int depth)
    {
        JsonArray alternatives = [];
        for (int i = random.Next(3); i >= 0; i--)
        {
            JsonObject alternative = Object(depth);
            alternative["properties"]!.AsObject().Insert(random.Next(2), "kind", new JsonObject { ["const"] = "alternative" + i });
            alternative["required"]!.AsArray().Add("kind");
            alternatives.Add(new JsonObject { ["$ref"] = Define(alternative) });
        }

        return new JsonObject { ["oneOf"] = alternatives };
    }

    private string Define(JsonObject schema)
    {
        string name = _prefix + "Def" + _definitions.Count;
        _definitions[name] = schema;
        return "#/$defs/" + name;
    }

    /// <summary>Of several types, or of none: then every keyword speaks of its own.</summary>
    private JsonObject Mixed()
    {
        JsonObject schema = [];
        foreach (JsonObject part in new[] { String(), Number("number"), List(0), Object(0) })
        {
            foreach ((string keyword, JsonNode? argument) in part.Where(item => item.Key is not ("type" or "x-secret") && Some()).ToList())
            {
                schema[keyword] = argument?.DeepClone();
            }
        }

        string text = schema.ToJsonString();
        if (text.Contains("x-secret", StringComparison.Ordinal) || (schema.ContainsKey("required") && !schema.ContainsKey("properties")))
        {
            return new JsonObject { ["type"] = Some() ? new JsonArray("string", "integer") : new JsonArray("null", "number", "boolean") };
        }

        if (Some())
        {
            schema["type"] = new JsonArray("string", "number", "array", "object");
        }

        return schema;
    }

    private JsonObject List(int depth)
    {
        JsonObject schema = new() { ["type"] = "array", ["items"] = Any(depth) };
        Maybe(schema, "minItems", () => random.Next(3));
        Maybe(schema, "maxItems", () => 2 + random.Next(3));
        Maybe(schema, "uniqueItems", () => Some());
        return schema;
    }

    private JsonObject String()
    {
        JsonObject schema = new() { ["type"] = "string" };
        Maybe(schema, "minLength", () => random.Next(3));
        Maybe(schema, "maxLength", () => 2 + random.Next(4));
        Maybe(schema, "pattern", () => Patterns[random.Next(Patterns.Length)]);
        Maybe(schema, "x-secret", () => Some());
        if (random.Next(8) == 0)
        {
            schema = new JsonObject { ["type"] = "string", ["format"] = "uuid" };
        }

        return schema;
    }

    private JsonObject Number(string type)
    {
        JsonObject schema = new() { ["type"] = type };
        Maybe(schema, "minimum", () => random.Next(-5, 5));
        Maybe(schema, "maximum", () => random.Next(10, 20));
        Maybe(schema, "exclusiveMinimum", () => random.Next(-5, 5));
        Maybe(schema, "exclusiveMaximum", () => random.Next(10, 20));
        Maybe(schema, "multipleOf", () => new[] { 1, 2, 0.5m, 0.1m, 1.5m }[random.Next(5)]);
        return schema;
    }

    private void Maybe(JsonObject schema, string keyword, Func<JsonNode> value)
    {
        if (random.Next(3) == 0)
        {
            schema[keyword] = value();
        }
    }

    private bool Some() => random.Next(2) == 0;
}
