namespace AotBroker.SchemaGen.Tests;

/// <summary>The emitted code does with every vector what the vector says.</summary>
public sealed class VectorTests
{
    private static readonly Lazy<(EmittedCode Code, List<(SchemaText Schema, Vector Vector)> All)> Loaded = new(() =>
    {
        var files = Vectors.Load().ToList();
        return (EmittedCode.Compile([.. files.Select(file => file.Schema)]), [.. files.SelectMany(file => file.Cases.Select(vector => (file.Schema, vector)))]);
    });

    public static TheoryData<string> Names => new(Loaded.Value.All.Select(item => item.Vector.ToString()));

    [Theory]
    [MemberData(nameof(Names))]
    public void A_document_is_judged_as_its_vector_says(string name)
    {
        (SchemaText schema, Vector vector) = Loaded.Value.All.Single(item => item.Vector.ToString() == name);
        IDocument document = Loaded.Value.Code.Document(schema.Path);

        Reading reading = document.Read(vector.Document);
        string found = string.Join('\n', reading.Problems.Select(problem => (problem.IsError ? "" : "warning: ") + problem.Text));

        Assert.True(vector["expect"] == (reading.Value is null ? "invalid" : "valid"), found);
        if (vector["problem"] is not null || vector["expect"] == "valid")
        {
            Assert.Equal(vector["problem"] ?? "", found);
        }

        if (reading.Value is not null)
        {
            CheckRoundTrip(document, reading.Value, vector["writes"]);
        }
    }

    [Fact]
    public void An_unknown_header_is_fatal() =>
        Assert.Throws<InvalidDataException>(() => Vectors.Parse("x.vectors", "{}\n----\nexpect: valid\nexpects: valid\n\n{}\n"));

    [Fact]
    public void Every_vector_file_has_valid_and_invalid_documents() =>
        Assert.All(Vectors.Load(), file => Assert.Equal(2, file.Cases.Select(vector => vector["expect"]).Distinct().Count()));

    private static void CheckRoundTrip(IDocument document, object value, string? expected)
    {
        string text = document.Write(value, indented: false);
        if (expected is not null)
        {
            Assert.Equal(expected, text);
        }

        Assert.DoesNotContain(document.Validate(value), problem => problem.IsError);
        foreach (bool indented in new[] { false, true })
        {
            object? again = document.Read(System.Text.Encoding.UTF8.GetBytes(document.Write(value, indented))).Value;
            Assert.Equal(value, again);
            Assert.Equal(value.GetHashCode(), again!.GetHashCode());
            Assert.Equal(text, document.Write(again, indented: false));
        }
    }
}
