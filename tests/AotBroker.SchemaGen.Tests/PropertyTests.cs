using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace AotBroker.SchemaGen.Tests;

/// <summary>
/// What holds for all schemas and all documents, on generated ones. SCHEMAGEN_SEED and SCHEMAGEN_ROUNDS choose another and a
/// longer run; a failure tells its seed.
/// </summary>
public sealed class PropertyTests
{
    private const int SchemaCount = 60;

    private static readonly int Seed = RunLength.Number("SCHEMAGEN_SEED", 20260131);
    private static readonly int Rounds = RunLength.Number("SCHEMAGEN_ROUNDS", 150);

    private static readonly Lazy<(JsonObject[] Schemas, EmittedCode Code)> Generated = new(() =>
    {
        RandomSchemas source = new(new Random(Seed));
        JsonObject[] schemas = [.. Enumerable.Range(0, SchemaCount).Select(i => source.Next($"s{i}"))];
        return (schemas, EmittedCode.Compile([.. schemas.Select((schema, i) => new SchemaText(FileName(i), schema.ToJsonString()))]));
    });

    [Fact]
    public void The_verdict_is_that_of_the_specification()
    {
        int accepted = 0;
        ForEachDocument((document, oracle, text) =>
        {
            using JsonDocument json = JsonDocument.Parse(text);
            bool expected = oracle.Accepts(json.RootElement);
            Reading reading = document.Read(Encoding.UTF8.GetBytes(text));

            Assert.True(expected == reading.Value is not null, string.Join('\n', reading.Problems.Select(problem => problem.Text)));
            accepted += expected ? 1 : 0;
        });

        // Neither verdict is rare, or the test says little.
        Assert.InRange(accepted, SchemaCount * Rounds / 20, SchemaCount * Rounds * 2);
    }

    [Fact]
    public void What_is_written_reads_back_equal_and_validates() => ForEachDocument((document, _, text) =>
    {
        object? value = document.Read(Encoding.UTF8.GetBytes(text)).Value;
        if (value is null)
        {
            return;
        }

        string written = document.Write(value, indented: false);
        using JsonDocument before = JsonDocument.Parse(text);
        using JsonDocument after = JsonDocument.Parse(written);
        Assert.True(Holds(after.RootElement, before.RootElement), written);
        object? again = document.Read(Encoding.UTF8.GetBytes(written)).Value;
        Assert.Equal(value, again);
        Assert.Equal(value.GetHashCode(), again!.GetHashCode());
        Assert.Equal(written, document.Write(again, indented: false));
        Assert.Equal(value, document.Read(Encoding.UTF8.GetBytes(document.Write(value, indented: true))).Value);
        Assert.DoesNotContain(document.Validate(value), problem => problem.IsError);
    });

    [Fact]
    public void Every_problem_has_a_place_in_the_document() => ForEachDocument((document, _, text) =>
    {
        using JsonDocument json = JsonDocument.Parse(text);
        foreach (Problem problem in document.Read(Encoding.UTF8.GetBytes(text)).Problems)
        {
            Assert.InRange(problem.Column, 1, text.Length + 1);
            Assert.Equal(1, problem.Line);
            Assert.True(Leads(json.RootElement, problem.JsonPointer), problem.Text);
        }
    });

    private static void ForEachDocument(Action<IDocument, Oracle, string> check)
    {
        for (int i = 0; i < SchemaCount; i++)
        {
            JsonObject schema = Generated.Value.Schemas[i];
            using JsonDocument parsed = JsonDocument.Parse(schema.ToJsonString());
            Oracle oracle = new(parsed.RootElement);
            IDocument document = Generated.Value.Code.Document(FileName(i));
            Random random = new(Seed + i);
            RandomDocuments documents = new(random, schema);
            for (int round = 0; round < Rounds; round++)
            {
                JsonNode? good = documents.Next();
                JsonNode? made = random.Next(3) == 0 ? documents.Mutate(good) : good;
                string text = made?.ToJsonString() ?? "null";
                try
                {
                    check(document, oracle, text);
                }
                catch (Exception exception)
                {
                    throw new InvalidOperationException($"seed {Seed}\nschema {schema.ToJsonString()}\ndocument {text}\n{exception.Message}", exception);
                }
            }
        }
    }

    /// <summary>Nothing of the document is lost. Constants that it does not have are written, too.</summary>
    private static bool Holds(JsonElement written, JsonElement document) => document.ValueKind switch
    {
        _ when written.ValueKind != document.ValueKind => false,
        JsonValueKind.Object => document.EnumerateObject().All(member => written.TryGetProperty(member.Name, out JsonElement same) && Holds(same, member.Value)),
        JsonValueKind.Array => written.GetArrayLength() == document.GetArrayLength() && written.EnumerateArray().Zip(document.EnumerateArray()).All(pair => Holds(pair.First, pair.Second)),
        _ => JsonElement.DeepEquals(written, document),
    };

    private static bool Leads(JsonElement value, string pointer)
    {
        foreach (string part in pointer.Split('/').Skip(1))
        {
            bool isThere = value.ValueKind == JsonValueKind.Array
                ? int.Parse(part, CultureInfo.InvariantCulture) < value.GetArrayLength()
                : value.TryGetProperty(part, out _);
            if (!isThere)
            {
                return false;
            }

            value = value.ValueKind == JsonValueKind.Array ? value[int.Parse(part, CultureInfo.InvariantCulture)] : value.GetProperty(part);
        }

        return true;
    }

    private static string FileName(int index) => $"root{index}.schema.json";
}
