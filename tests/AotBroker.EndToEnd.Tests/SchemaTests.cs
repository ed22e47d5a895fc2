namespace AotBroker.EndToEnd.Tests;

/// <summary>The schemas that the binary brings along are those of the repository.</summary>
public sealed class SchemaTests : IDisposable
{
    private readonly Sandbox _sandbox = new();

    public static TheoryData<string> Schemas => [.. Files.Keys];

    /// <summary>The files by the names of their documents.</summary>
    private static Dictionary<string, string> Files =>
        Directory.GetFiles(Path.Combine(Folder, "schemas"), "*", SearchOption.AllDirectories).ToDictionary(static path => Path.GetFileName(path)[..^".schema.json".Length]);

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

        Assert.Equal(await File.ReadAllTextAsync(Files[name]), result.OutputText);
    }

    [Fact]
    public async Task An_unknown_schema_is_a_usage_error_that_names_the_known_ones() =>
        (await _sandbox.RunAsync("schema", "nothing")).Failed("AB0201", 2).Says("profile").Says("credential");

    [Fact]
    public async Task A_commands_own_name_is_answered_with_its_outputs() =>
        (await _sandbox.RunAsync("schema", "status")).Failed("AB0201", 2).Says("did you mean `status-output`?");

    [Fact]
    public async Task Without_a_name_all_are_listed_with_a_line_each()
    {
        var lines = (await _sandbox.RunAsync("schema")).Succeeded().OutputText.TrimEnd('\n').Split('\n');

        Assert.Equal(Files.Keys.Order(StringComparer.Ordinal), lines.Select(static line => line.Split(' ')[0]));
        Assert.Contains("refusal                An exchange that failed, remembered for a short time so that processes that wait for it do not repeat it", lines);
    }

    public void Dispose() => _sandbox.Dispose();
}
