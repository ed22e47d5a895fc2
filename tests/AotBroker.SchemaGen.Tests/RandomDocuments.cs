using System.Text.Json.Nodes;

namespace AotBroker.SchemaGen.Tests;

/// <summary>Makes documents that are likely to satisfy a schema, and changes them so that they are likely not to.</summary>
internal sealed class RandomDocuments(Random random, JsonObject root)
{
    private static readonly string[] Texts = ["", "a", "ab", "aab", "abc", "cab", "é😀", "xb", "3f0c9d1e-5a7b-4c2d-9e8f-1a2b3c4d5e6f"];
    private static readonly string[] Numbers = ["0", "1", "2", "7", "9", "10", "12", "1.5", "-1", "0.1", "3.0", "12e0", "100e-1", "30", "-0", "1e30", "4.00", "9223372036854775807", "9223372036854775808", "0.30000000000000000001"];

    public JsonNode? Next() => Value(root, 0);

    /// <summary>One value somewhere in the document becomes another, a member goes, or one comes.</summary>
    public JsonNode? Mutate(JsonNode? document)
    {
        List<JsonNode> places = [];
        Collect(document, places);
        if (places.Count == 0)
        {
            return Anything(2);
        }

        JsonNode place = places[random.Next(places.Count)];
        switch (place)
        {
            case JsonObject members when members.Count > 0 && random.Next(3) > 0:
                string name = members.ElementAt(random.Next(members.Count)).Key;
                if (random.Next(2) == 0)
                {
                    members.Remove(name);
                }
                else
                {
                    members[name] = Anything(2);
                }

                break;
            case JsonObject members:
                members["new"] = Anything(1);
                break;
            case JsonArray items when items.Count > 0 && random.Next(2) == 0:
                items[random.Next(items.Count)] = Anything(2);
                break;
            case JsonArray items:
                items.Add(items.Count > 0 && random.Next(2) == 0 ? items[0]?.DeepClone() : Anything(1));
                break;
        }

        return document;
    }

    private JsonNode? Value(JsonObject schema, int depth)
    {
        if (schema["$ref"]?.GetValue<string>() is { } reference)
        {
            return Value(root["$defs"]![reference["#/$defs/".Length..]]!.AsObject(), depth);
        }

        if (schema["const"] is { } constant)
        {
            return constant.DeepClone();
        }

        if ((schema["enum"] ?? schema["oneOf"]) is JsonArray choices)
        {
            JsonNode? choice = choices[random.Next(choices.Count)];
            return choice is JsonObject alternative ? Value(alternative, depth) : choice?.DeepClone();
        }

        JsonNode? type = schema["type"];
        if (type is JsonArray types)
        {
            return Typed(types[random.Next(types.Count)]!.GetValue<string>(), schema, depth);
        }

        if (type is null && random.Next(2) == 0)
        {
            return Typed(new[] { "string", "number", "array", "object" }[random.Next(4)], schema, depth);
        }

        return type is null ? Anything(2) : Typed(type.GetValue<string>(), schema, depth);
    }

    private JsonNode? Typed(string type, JsonObject schema, int depth)
    {
        switch (type)
        {
            case "string":
                return Texts[random.Next(Texts.Length)];
            case "integer" or "number":
                return JsonNode.Parse(Numbers[random.Next(Numbers.Length)])!;
            case "null":
                return null;
            case "boolean":
                return random.Next(2) == 0;
            case "array":
                return new JsonArray([.. Enumerable.Range(0, random.Next(4)).Select(_ => Value(schema["items"] as JsonObject ?? [], depth + 1))]);
            default:
                return schema["additionalProperties"] is JsonObject values
                    ? new JsonObject(Enumerable.Range(0, random.Next(3)).Select(i => KeyValuePair.Create("k" + i, Value(values, depth + 1))))
                    : Object(schema, depth);
        }
    }

    private JsonObject Object(JsonObject schema, int depth)
    {
        HashSet<string> required = [.. (schema["required"] as JsonArray ?? []).Select(name => name!.GetValue<string>())];
        List<KeyValuePair<string, JsonNode?>> members = [];
        foreach ((string name, JsonNode? member) in schema["properties"] as JsonObject ?? [])
        {
            if (required.Contains(name) || random.Next(2) == 0)
            {
                members.Add(KeyValuePair.Create(name, Value(member!.AsObject(), depth + 1)));
            }
        }

        if (schema["additionalProperties"] is null && random.Next(4) == 0)
        {
            members.Add(KeyValuePair.Create("unknown", Anything(2)));
        }

        KeyValuePair<string, JsonNode?>[] shuffled = [.. members];
        random.Shuffle(shuffled);
        return new JsonObject(shuffled);
    }

    private JsonNode? Anything(int depth) => random.Next(depth > 0 ? 7 : 5) switch
    {
        0 => null,
        1 => random.Next(2) == 0,
        2 => Texts[random.Next(Texts.Length)],
        3 or 4 => JsonNode.Parse(Numbers[random.Next(Numbers.Length)]),
        5 => new JsonArray(Anything(depth - 1), Anything(depth - 1)),
        _ => new JsonObject { ["m0"] = Anything(depth - 1), ["x"] = Anything(depth - 1) },
    };

    private static void Collect(JsonNode? node, List<JsonNode> places)
    {
        if (node is JsonObject members)
        {
            places.Add(members);
            foreach (KeyValuePair<string, JsonNode?> member in members)
            {
                Collect(member.Value, places);
            }
        }
        else if (node is JsonArray items)
        {
            places.Add(items);
            foreach (JsonNode? item in items)
            {
                Collect(item, places);
            }
        }
    }
}
