using System.Text;
using System.Text.Json;

namespace AotBroker.SchemaGen.Tests;

/// <summary>The schemas of this repository.</summary>
public sealed class ProjectSchemaTests
{
    private static readonly Lazy<(SchemaText[] Schemas, EmittedCode Code)> Loaded = new(() =>
    {
        SchemaText[] schemas = [.. Directory.EnumerateFiles(Repository.Schemas, "*.schema.json", SearchOption.AllDirectories).Select(SchemaText.Load)];
        return (schemas, EmittedCode.Compile(schemas));
    });

    /// <summary>Every example of a whole document is a document, and comes out as it went in.</summary>
    [Fact]
    public void The_examples_of_every_schema_are_accepted()
    {
        foreach (SchemaText schema in Loaded.Value.Schemas)
        {
            using JsonDocument json = JsonDocument.Parse(schema.Text);
            if (!json.RootElement.TryGetProperty("examples", out JsonElement examples))
            {
                continue;
            }

            foreach (JsonElement example in examples.EnumerateArray())
            {
                Reading reading = Loaded.Value.Code.Document(schema.Path).Read(Encoding.UTF8.GetBytes(example.GetRawText()));
                Assert.Empty(reading.Problems);
                Assert.NotNull(reading.Value);
            }
        }
    }

    /// <summary>An editor shows them while somebody writes a document. A member may have them from the definition that it refers to.</summary>
    [Fact]
    public void Every_member_of_every_schema_has_a_title_a_description_and_examples()
    {
        foreach (SchemaText schema in Loaded.Value.Schemas)
        {
            using JsonDocument json = JsonDocument.Parse(schema.Text);
            foreach (JsonProperty member in Members(json.RootElement))
            {
                JsonElement told = member.Value.TryGetProperty("$ref", out JsonElement reference)
                    ? json.RootElement.GetProperty("$defs").GetProperty(reference.GetString()!["#/$defs/".Length..])
                    : member.Value;
                foreach (string keyword in new[] { "title", "description", "examples" })
                {
                    Assert.True(told.TryGetProperty(keyword, out _) || member.Value.TryGetProperty(keyword, out _), $"{schema.Path}: {member.Name} has no {keyword}");
                }
            }
        }
    }

    /// <summary>Those of the schema and of what is in it, however deep.</summary>
    private static IEnumerable<JsonProperty> Members(JsonElement schema)
    {
        IEnumerable<JsonProperty> own = Of(schema, "properties");
        IEnumerable<JsonElement> inner = own.Concat(Of(schema, "$defs")).Select(static one => one.Value);
        IEnumerable<JsonElement> parts = new[] { "items", "additionalProperties" }.Where(keyword => schema.TryGetProperty(keyword, out JsonElement part) && part.ValueKind == JsonValueKind.Object).Select(schema.GetProperty);
        return own.Concat(inner.Concat(parts).SelectMany(Members));
    }

    private static JsonElement.ObjectEnumerator Of(JsonElement schema, string keyword) => schema.TryGetProperty(keyword, out JsonElement members) ? members.EnumerateObject() : default;
}
