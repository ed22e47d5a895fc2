using System.Globalization;
using System.Text;
using System.Text.Json;

namespace AotBroker.SchemaGen.Tests;

/// <summary>
/// No input crashes the reader, hangs it, or is refused without a reason. SCHEMAGEN_SEED chooses other inputs, SCHEMAGEN_FUZZ how
/// many; a failure tells its seed and its input.
/// </summary>
public sealed class FuzzTests
{
    private static readonly int Seed = RunLength.Number("SCHEMAGEN_SEED", 20260131);
    private static readonly int Budget = RunLength.Number("SCHEMAGEN_FUZZ", 40_000);

    private static readonly Lazy<(EmittedCode Code, (SchemaText Schema, byte[] Document)[] Seeds)> Loaded = new(() =>
    {
        var files = Vectors.Load().ToList();
        return (
            EmittedCode.Compile([.. files.Select(file => file.Schema)]),
            [.. files.SelectMany(file => file.Cases.Select(vector => (file.Schema, vector.Document)))]);
    });

    [Fact]
    public void Mutated_documents_are_judged_and_never_crash()
    {
        Random random = new(Seed);
        (EmittedCode code, (SchemaText Schema, byte[] Document)[] seeds) = Loaded.Value;
        Dictionary<string, IDocument> documents = seeds.Select(seed => seed.Schema.Path).Distinct().ToDictionary(path => path, code.Document);
        for (int i = 0; i < Budget; i++)
        {
            (SchemaText schema, byte[] document) = seeds[random.Next(seeds.Length)];
            byte[] input = Mutate(random, document, seeds[random.Next(seeds.Length)].Document);
            try
            {
                Check(documents[schema.Path], input);
            }
            catch (Exception exception)
            {
                throw new InvalidOperationException($"seed {Seed}, schema {schema.Path}, input {Convert.ToHexString(input)}\n{exception.Message}", exception);
            }
        }
    }

    [Fact]
    public void Random_bytes_never_crash()
    {
        Random random = new(Seed);
        IDocument[] documents = [.. Loaded.Value.Seeds.Select(seed => seed.Schema.Path).Distinct().Select(Loaded.Value.Code.Document)];
        for (int i = 0; i < Budget; i++)
        {
            byte[] input = new byte[random.Next(40)];
            random.NextBytes(input);
            Check(documents[random.Next(documents.Length)], input);
        }
    }

    /// <summary>
    /// A mebibyte of what costs most is read at all. Work that grows with the square of the text would take hours; the limit is far
    /// from what is needed, on any machine.
    /// </summary>
    [Theory]
    [InlineData("unknown", "{", "\"u#\":1,", "\"z\":1}")]
    [InlineData("duplicates", "{", "\"a\":1,", "\"a\":1}")]
    [InlineData("additional-false", "{", "\"x#\":\"\",", "\"path\":\"\"}")]
    [InlineData("type-string", "", "[", "")]
    [InlineData("type-string", "", "{\"v\":", "")]
    [InlineData("items", "{\"v\":[", "-1,", "1]}")]
    [InlineData("any", "{\"v\":{", "\"k#\":[],", "\"k\":1}}")]
    [InlineData("maps", "{\"v\":{", "\"k#\":\"\",", "\"k\":\"1\"}}")]
    [InlineData("multipleOf-large", "{\"v\":1", "0", "}")]
    [InlineData("minimum-number", "{\"v\":0.", "9", "}")]
    [InlineData("type-integer", "{\"v\":0.", "0", "}")]
    [InlineData("uniqueItems", "{\"v\":[", "#,", "1]}")]
    [InlineData("oneOf", "{\"v\":{", "\"u#\":{},", "\"kind\":\"circle\",\"radius\":1}}")]
    public async Task A_large_input_does_not_hang_the_reader(string name, string start, string repeated, string end)
    {
        StringBuilder text = new(start);
        for (int i = 0; text.Length < 1 << 20; i++)
        {
            text.Append(repeated.Replace("#", i.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal));
        }

        IDocument document = Loaded.Value.Code.Document(name + ".schema.json");
        await Task.Run(() => document.Read(Encoding.UTF8.GetBytes(text + end))).WaitAsync(TimeSpan.FromMinutes(10));
    }

    private static void Check(IDocument document, byte[] input)
    {
        Reading reading = document.Read(input);
        Assert.Equal(reading.Value is null, reading.Problems.Any(problem => problem.IsError));
        Assert.All(reading.Problems, problem =>
        {
            Assert.InRange(problem.Line, 1, input.Length + 1);
            Assert.InRange(problem.Column, 1, input.Length + 1);
            Assert.InRange(problem.Found?.Length ?? 0, 0, 80);
            Assert.DoesNotContain(problem.Text, char.IsControl);
        });

        bool isJson = IsJson(input);
        Assert.True(isJson || reading.Value is null, "what is not JSON was accepted");

        // The framework and the explanation of a mistake agree on what JSON is: where one gives up, the other knows why.
        Assert.DoesNotContain(reading.Problems, problem => problem.Kind == "Malformed" && problem.Expected == "JSON");
        if (reading.Value is not null)
        {
            object? again = document.Read(Encoding.UTF8.GetBytes(document.Write(reading.Value, indented: false))).Value;
            Assert.Equal(reading.Value, again);
        }
    }

    private static bool IsJson(byte[] input)
    {
        try
        {
            ReadOnlyMemory<byte> text = input.AsMemory(input.AsSpan().StartsWith("\uFEFF"u8) ? 3 : 0);
            using JsonDocument document = JsonDocument.Parse(text);
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static byte[] Mutate(Random random, byte[] document, byte[] other)
    {
        List<byte> bytes = [.. document];
        for (int i = random.Next(4); i >= 0; i--)
        {
            int at = random.Next(bytes.Count + 1);
            switch (random.Next(6))
            {
                case 0 when at < bytes.Count:
                    bytes.RemoveAt(at);
                    break;
                case 1:
                    bytes.Insert(at, (byte)random.Next(256));
                    break;
                case 2:
                    bytes.Insert(at, "{}[]\",:\\u0d8-+.eE1 \n"u8.ToArray()[random.Next(20)]);
                    break;
                case 3 when at < bytes.Count:
                    bytes[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 4:
                    int length = random.Next(Math.Min(12, other.Length + 1));
                    int from = random.Next(other.Length - length + 1);
                    bytes.InsertRange(at, other[from..(from + length)]);
                    break;
                default:
                    bytes.RemoveRange(at, Math.Min(random.Next(6), bytes.Count - at));
                    break;
            }
        }

        return [.. bytes];
    }
}
