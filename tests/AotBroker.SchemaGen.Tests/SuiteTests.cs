using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Xunit.Abstractions;

namespace AotBroker.SchemaGen.Tests;

/// <summary>
/// The verdict of the emitted code is that of the public JSON Schema test suite, for every schema of the suite that the
/// generator accepts. SCHEMAGEN_SUITE names the suite's folder of 2020-12 tests; without it the test is skipped.
/// </summary>
public sealed class SuiteTests(ITestOutputHelper output)
{
    /// <summary>A schema of the suite seldom says its type: what its keyword is about.</summary>
    private static readonly (string Type, string[] Keywords)[] Types =
    [
        ("string", ["minLength", "maxLength", "pattern", "format"]),
        ("number", ["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"]),
        ("array", ["items", "minItems", "maxItems", "uniqueItems"]),
        ("object", ["properties", "required", "additionalProperties"]),
    ];

    /// <summary>Where the generator means something else, and says so: formats are checked, and integers have 64 bits.</summary>
    private static readonly string[] Different = ["format.json", "bignum.json", "float-overflow.json"];

    [SuiteFact]
    public void The_verdict_is_that_of_the_suite()
    {
        string folder = SuiteFactAttribute.Folder!;
        List<(SchemaText Schema, string Name, JsonArray Tests)> accepted = [];
        int groups = 0;
        foreach (string path in Directory.EnumerateFiles(folder, "*.json", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            if (Different.Contains(Path.GetFileName(path)))
            {
                continue;
            }

            foreach (JsonNode? group in JsonNode.Parse(File.ReadAllText(path))!.AsArray())
            {
                string name = $"{Path.GetFileName(path)}, {group!["description"]}";
                SchemaText text = new($"group{++groups}.schema.json", Adapt(group["schema"]!, $"g{groups}"));
                if (GeneratorRun.Run(text).Diagnostics.FirstOrDefault() is { } refusal)
                {
                    output.WriteLine($"refused: {name}: {refusal.GetMessage(CultureInfo.InvariantCulture)}");
                }
                else
                {
                    accepted.Add((text, name, group["tests"]!.AsArray()));
                }
            }
        }

        EmittedCode code = EmittedCode.Compile([.. accepted.Select(item => item.Schema)]);
        List<string> wrong = [];
        int cases = 0;
        foreach ((SchemaText schema, string name, JsonArray tests) in accepted)
        {
            foreach (JsonNode? test in tests.Where(test => IsAbout(schema, test!["data"])))
            {
                cases++;
                string document = (IsWrapped(schema) ? new JsonObject { ["value"] = test!["data"]?.DeepClone() } : test!["data"]!).ToJsonString();
                Reading reading = code.Document(schema.Path).Read(Encoding.UTF8.GetBytes(document));
                if (reading.Value is not null != test["valid"]!.GetValue<bool>())
                {
                    wrong.Add($"{name}: {test["description"]}: {document}");
                }
            }
        }

        output.WriteLine($"{accepted.Count} of {groups} schemas accepted, {cases} cases");
        Assert.Equal("", string.Join('\n', wrong));
    }

    /// <summary>The root of a file is an object; where the schema is not about one, it becomes that of a member.</summary>
    private static string Adapt(JsonNode schema, string prefix)
    {
        JsonNode value = schema.DeepClone();
        JsonNode? definitions = null;
        if (value is JsonObject members)
        {
            members.Remove("$schema");
            definitions = members["$defs"]?.DeepClone();
            members.Remove("$defs");
            Complete(members);
        }

        bool isRoot = value is JsonObject { } whole && whole["type"] is JsonValue kind && kind.ToString() == "object" && whole.ContainsKey("properties");
        JsonObject root = isRoot ? (JsonObject)value : new() { ["type"] = "object", ["required"] = new JsonArray("value"), ["properties"] = new JsonObject { ["value"] = value } };
        if (definitions is JsonObject shared)
        {
            JsonObject renamed = new(shared.Select(item => KeyValuePair.Create(prefix + item.Key, item.Value?.DeepClone())));
            foreach (KeyValuePair<string, JsonNode?> item in renamed)
            {
                Complete(item.Value as JsonObject);
            }

            root["$defs"] = renamed;
        }

        // A reference to the root would lead to the object around it, or to a type that the suite does not ask for; such schemas
        // are left out by a reference that is refused.
        string text = root.ToJsonString().Replace("\"$ref\":\"#/$defs/", $"\"$ref\":\"#/$defs/{prefix}", StringComparison.Ordinal);
        return isRoot && schema["type"] is not null ? text : text.Replace("\"$ref\":\"#\"", "\"$ref\":\"#/root\"", StringComparison.Ordinal);
    }

    private static bool IsWrapped(SchemaText schema) => schema.Text.StartsWith("{\"type\":\"object\",\"required\":[\"value\"],\"properties\":{\"value\":", StringComparison.Ordinal);

    private static void Complete(JsonObject? schema)
    {
        if (schema is null)
        {
            return;
        }

        if (schema["type"] is null && Types.FirstOrDefault(type => type.Keywords.Any(schema.ContainsKey)).Type is { } found)
        {
            schema["type"] = found;
        }

        if (schema["type"] is JsonValue type && type.ToString() == "array" && !schema.ContainsKey("items"))
        {
            schema["items"] = new JsonObject();
        }

        // What a member is said to have has to be described.
        if (schema["required"] is JsonArray required && schema["type"]?.ToString() == "object")
        {
            JsonObject properties = schema["properties"] as JsonObject ?? [];
            schema["properties"] = properties.Parent is null ? properties : properties.DeepClone();
            foreach (JsonNode? name in required)
            {
                _ = schema["properties"]!.AsObject().TryAdd(name!.ToString(), new JsonObject());
            }
        }

        foreach (JsonNode? member in (schema["properties"] as JsonObject ?? []).Select(item => item.Value).Append(schema["items"]).Append(schema["additionalProperties"]))
        {
            Complete(member as JsonObject);
        }
    }

    /// <summary>With a type added, a value of another one is refused; the suite has it accepted because its keyword is not about it.</summary>
    private static bool IsAbout(SchemaText schema, JsonNode? data)
    {
        JsonNode root = JsonNode.Parse(schema.Text)!;
        string? type = ((IsWrapped(schema) ? root["properties"]!["value"] : root) as JsonObject)?["type"]?.ToString();
        return type is null || !Types.Any(item => item.Type == type) || type == data?.GetValueKind() switch
        {
            System.Text.Json.JsonValueKind.String => "string",
            System.Text.Json.JsonValueKind.Number => "number",
            System.Text.Json.JsonValueKind.Array => "array",
            System.Text.Json.JsonValueKind.Object => "object",
            _ => "",
        };
    }
}

/// <summary>A test that needs the public JSON Schema test suite.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class SuiteFactAttribute : FactAttribute
{
    public SuiteFactAttribute()
    {
        if (Folder is null)
        {
            Skip = "SCHEMAGEN_SUITE is not set; tests/json-schema-suite.sh fetches the suite and prints what to set it to";
        }
    }

    public static string? Folder => Environment.GetEnvironmentVariable("SCHEMAGEN_SUITE") is { Length: > 0 } folder ? folder : null;
}
