namespace AotBroker.EndToEnd.Tests;

/// <summary>The schemas that the binary brings along are those of the repository.</summary>
public sealed class SchemaTests : IDisposable
{
    private readonly Sandbox _sandbox = new();

    public static TheoryData<string> Schemas => [.. Directory.GetFiles(Path.Combine(Folder, "schemas")).Select(static path => Path.GetFileName(path)[..^".schema.json".Length])];

    private static string Folder
    {
        get
        {
            var folder = AppContext.BaseDirectory;
            while (!File.Exists(Path.Combine(folder, "AotBroker.sln")))
            {
                folder = Path.GetDirectoryName(folder)!;
            }
            return folder;
        }
    }

    [Theory]
    [MemberData(nameof(Schemas))]
    public async Task A_schema_is_printed_to_the_octet(string name)
    {
        var result = (await _sandbox.RunAsync("schema", name)).Succeeded();

        Assert.Equal(await File.ReadAllTextAsync(Path.Combine(Folder, "schemas", name + ".schema.json")), result.OutputText);
    }

    [Fact]
    public async Task An_unknown_schema_is_a_usage_error_that_names_the_known_ones() =>
        (await _sandbox.RunAsync("schema", "nothing")).Failed("AB0201", 2).Says("profile").Says("credential");

    public void Dispose() => _sandbox.Dispose();
}
