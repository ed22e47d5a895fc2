using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Xunit.Abstractions;

namespace AotBroker.SchemaGen.Tests;

/// <summary>
/// The verdict of the emitted code is that of the public JSON Schema test suite, for every schema of the suite that the
/// generator accepts. SCHEMAGEN_SUITE names the suite's folder of 2020-12 tests; without it the tests are skipped. Their output
/// says for each file how many schemas are accepted, and for each refused schema why.
/// </summary>
public sealed class SuiteTests(ITestOutputHelper output)
{
    /// <summary>Where the generator means something else, and says so: formats are checked, and integers have 64 bits.</summary>
    private static readonly string[] Different =
    [
        "format.json", "bignum.json, integer", "bignum.json, negative integer", "float-overflow.json, all integers are multiples of 0.5, if overflow is handled",
    ];

    /// <summary>
    /// The files about the keywords that the generator is for. Of each, some schema has to be accepted. Not of default.json: its
    /// defaults do not satisfy their schemas, which is a build error here. Not of oneOf.json: no constant member tells its
    /// alternatives apart.
    /// </summary>
    private static readonly string[] Keywords =
    [
        "additionalProperties", "const", "enum", "exclusiveMaximum", "exclusiveMinimum", "items", "maxItems", "maxLength", "maximum", "minItems",
        "minLength", "minimum", "multipleOf", "pattern", "properties", "ref", "required", "type", "uniqueItems", "date-time", "uri", "uuid",
    ];

    private static readonly Lazy<List<Group>> Groups = new(() => [.. Read(SuiteFactAttribute.Folder!)]);

    private static readonly Lazy<EmittedCode> Code = new(() =>
        EmittedCode.Compile([.. Groups.Value.Where(group => group.Refusal is null).Select(group => group.File)]));

    [SuiteFact]
    public void The_verdict_is_that_of_the_suite()
    {
        List<string> wrong = [];
        foreach (IGrouping<string, Group> file in Groups.Value.GroupBy(group => group.About))
        {
            List<string> found = [];
            int cases = 0;
            foreach (Group group in file.Where(group => group.Refusal is null))
            {
                foreach ((string description, string document, bool isValid) in group.Cases)
                {
                    cases++;
                    if (Code.Value.Document(group.File.Path).Read(Encoding.UTF8.GetBytes(document)).Value is not null != isValid)
                    {
                        found.Add($"{group.Name}: {description}: {document}");
                    }
                }
            }

            int accepted = file.Count(group => group.Refusal is null);
            output.WriteLine($"{file.Key,-32} {accepted,3} of {file.Count(),3} schemas accepted, {cases - found.Count,3} of {cases,3} cases agree");
            wrong.AddRange(found);
        }

        IEnumerable<Group> understood = Groups.Value.Where(group => group.Refusal is null);
        output.WriteLine($"{understood.Count()} of {Groups.Value.Count} schemas accepted, {understood.Sum(group => group.Cases.Count)} cases\n");
        foreach (Group group in Groups.Value.Where(group => group.Refusal is not null))
        {
            output.WriteLine($"refused: {group.Name}: {group.Refusal}");
        }

        Assert.Equal("", string.Join('\n', wrong));
    }

    [SuiteFact]
    public void Every_keyword_that_is_understood_is_put_to_the_test()
    {
        IEnumerable<string> tested = Groups.Value.Where(group => group.Refusal is null && group.Cases.Count > 0).Select(group => group.About);
        Assert.Empty(Keywords.Except(tested.Select(name => Path.GetFileNameWithoutExtension(name))));
    }

    private static IEnumerable<Group> Read(string folder)
    {
        int number = 0;
        foreach (string path in Directory.EnumerateFiles(folder, "*.json", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            foreach (JsonNode? group in JsonNode.Parse(File.ReadAllText(path))!.AsArray())
            {
                string file = Path.GetFileName(path);
                string name = $"{file}, {group!["description"]}";
                if (!Different.Contains(file) && !Different.Contains(name))
                {
                    yield return new Group(Path.GetRelativePath(folder, path), name, group, ++number);
                }
            }
        }
    }

    /// <summary>A schema of the suite and its cases.</summary>
    private sealed class Group
    {
        public Group(string about, string name, JsonNode group, int number)
        {
            SuiteSchema schema = new(group["schema"]!, $"g{number}");
            About = about;
            Name = name;
            File = new SchemaText($"group{number}.schema.json", schema.Text);
            Refusal = GeneratorRun.Run(File).Diagnostics.FirstOrDefault() is { } refusal ? $"{refusal.Id}: {refusal.GetMessage(CultureInfo.InvariantCulture)}" : null;
            Cases =
            [
                .. from test in @group["tests"]!.AsArray()
                   select (test["description"]!.ToString(), schema.Document(test["data"]), test["valid"]!.GetValue<bool>()),
            ];
        }

        public string About { get; }

        public string Name { get; }

        public SchemaText File { get; }

        public string? Refusal { get; }

        public List<(string Description, string Document, bool IsValid)> Cases { get; }
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
