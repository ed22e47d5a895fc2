using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;

namespace AotBroker.Bench;

/// <summary>One of many files with one schema. Their types share a namespace, so each file has names of its own.</summary>
internal sealed partial class NumberedSchema(string path, string text) : AdditionalText
{
    public override string Path { get; } = path;

    public override SourceText GetText(CancellationToken cancellationToken = default) => SourceText.From(text);

    /// <param name="edit">Shows in a member's description, and so in what is emitted.</param>
    public static NumberedSchema Of(string schema, int number, int edit)
    {
        HashSet<string> definitions = [.. Reference().Matches(schema).Select(match => match.Groups[1].Value)];
        string text = definitions.Aggregate(schema, (text, name) => text
            .Replace($"#/$defs/{name}\"", $"#/$defs/{name}{number}\"", StringComparison.Ordinal)
            .Replace($"\n    \"{name}\": {{\n", $"\n    \"{name}{number}\": {{\n", StringComparison.Ordinal)); // By its indentation: members have the same names.
        return new NumberedSchema($"/edited/file{number}.schema.json", EveryDescription().Replace(text, $"$1Edit {edit}. "));
    }

    [GeneratedRegex("#/\\$defs/([A-Za-z]+)\"")]
    private static partial Regex Reference();

    [GeneratedRegex("(\"description\": \")")]
    private static partial Regex EveryDescription();
}
