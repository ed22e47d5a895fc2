using System.Text.RegularExpressions;

namespace AotBroker.Tests;

/// <summary>The floors of docs/architecture.md are those of the code: each arrow is drawn there, and leads down.</summary>
public sealed partial class ArchitectureTests
{
    private const string Root = "Program";
    private static readonly Lazy<HashSet<string>> s_types = new(static () =>
    [
        .. Sources().SelectMany(static file => Declared().Matches(file.Text).Select(match => $"{Namespace().Match(file.Text).Groups[1].Value.Split('.')[^1]}.{match.Groups[1].Value}")),
    ]);

    private static readonly string s_source = Path.Combine(Repository.Root, "src", "AotBroker");

    [Fact]
    public void A_folder_depends_on_those_that_the_map_names_and_on_no_other()
    {
        Assert.Equal(Drawn().Select(static floor => floor.ToString()), Drawn().Select(static floor => floor with { Below = Used(floor.Name) }).Select(static floor => floor.ToString()));
    }

    [Fact]
    public void Every_arrow_of_the_map_leads_down()
    {
        List<string> names = [.. Drawn().Select(static floor => floor.Name)];

        Assert.All(Drawn(), floor => Assert.All(floor.Below, below => Assert.True(names.IndexOf(below) > names.IndexOf(floor.Name), $"{floor.Name} -> {below}")));
    }

    [Fact]
    public void Every_folder_is_on_the_map()
    {
        IEnumerable<string> folders = Sources().Select(static file => Path.GetRelativePath(s_source, file.Path).Split('/')).Where(static parts => parts.Length > 1).Select(static parts => parts[0]).Distinct();

        Assert.Equal(folders.Append(Root).Order(StringComparer.Ordinal), Drawn().Select(static floor => floor.Name).Order(StringComparer.Ordinal));
        Assert.Equal("Program.cs", Path.GetFileName(Assert.Single(Directory.GetFiles(s_source, "*.cs"))));
    }

    [Fact]
    public void A_namespace_is_its_folder()
    {
        Assert.All(Sources(), static file =>
        {
            string folder = Path.GetDirectoryName(Path.GetRelativePath(s_source, file.Path))!;
            Assert.Equal($"AotBroker{(folder.Length > 0 ? "." : "")}{folder.Replace('/', '.')}", Namespace().Match(file.Text).Groups[1].Value);
        });
    }

    private static IEnumerable<(string Path, string Text)> Sources() =>
        Directory.EnumerateFiles(s_source, "*.cs", SearchOption.AllDirectories)
            .Where(static path => !Path.GetRelativePath(s_source, path).StartsWith("obj", StringComparison.Ordinal) && !Path.GetRelativePath(s_source, path).StartsWith("bin", StringComparison.Ordinal))
            .Select(static path => (path, File.ReadAllText(path)));

    /// <summary>The folders that the sources of one name, by `using` or in a qualified name. The generated models are below all.</summary>
    private static string[] Used(string folder)
    {
        string[] names = [.. Drawn().Select(static floor => floor.Name)];
        return
        [
            .. Sources()
                .Where(file => (Path.GetRelativePath(s_source, file.Path).Split('/') is [var first, _, ..] ? first : Root) == folder)
                .SelectMany(static file => Named(Strings().Replace(Comments().Replace(file.Text, ""), "\"\"")))
                .Distinct()
                .Where(name => name != folder && names.Contains(name))
                .OrderBy(name => Array.IndexOf(names, name)),
        ];
    }

    private static IEnumerable<string> Named(string code) => Using().Matches(code).Select(static match => match.Groups[1].Value)
        .Concat(Qualified().Matches(code).Where(static match => s_types.Value.Contains(match.Value)).Select(static match => match.Groups[1].Value));

    private static List<Floor> Drawn()
    {
        string map = File.ReadAllText(Path.Combine(Repository.Root, "docs", "architecture.md"));
        string drawing = Assert.Single(Drawing().Matches(map)).Groups[1].Value;
        return
        [
            .. drawing.Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Where(static line => !line.StartsWith(' '))
                .Select(static line => line.Split(" -> "))
                .Select(static parts => new Floor(parts[0].Trim(), parts is [_, var below] ? below.Split(' ', StringSplitOptions.RemoveEmptyEntries) : [])),
        ];
    }

    private sealed record Floor(string Name, string[] Below)
    {
        public override string ToString() => $"{Name} -> {string.Join(' ', Below)}";
    }

    [GeneratedRegex(@"^```floors\n(.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Drawing();

    [GeneratedRegex(@"^namespace ([\w.]+);", RegexOptions.Multiline)]
    private static partial Regex Namespace();

    [GeneratedRegex(@"^using (?:static )?AotBroker\.(\w+)", RegexOptions.Multiline)]
    private static partial Regex Using();

    [GeneratedRegex(@"\b([A-Z]\w*)\.[A-Z]\w*")]
    private static partial Regex Qualified();

    [GeneratedRegex(@"\b(?:class|struct|record|interface|enum) ([A-Z]\w*)")]
    private static partial Regex Declared();

    [GeneratedRegex(@"//.*$", RegexOptions.Multiline)]
    private static partial Regex Comments();

    [GeneratedRegex("""
        "(?:\\.|[^"\\\n])*"
        """)]
    private static partial Regex Strings();
}
