using System.Text.RegularExpressions;

namespace AotBroker.EndToEnd.Tests;

/// <summary>
/// The table in docs/reliability.md. Each row is written by the test that provokes the fault: the test fails where the
/// document says something else. AOTBROKER_UPDATE_GOLDEN=1 writes the rows anew; the difference is then reviewed like code.
/// </summary>
/// <remarks>A row of the document without a test that names its fault is found by <see cref="ReliabilityTableTests"/>.</remarks>
internal static class ReliabilityTable
{
    private static readonly Lock s_oneAtATime = new();

    private static string Document => Path.Combine(PublishedBinary.RepositoryRoot, "docs/reliability.md");

    /// <summary>The faults of all rows.</summary>
    public static IReadOnlyList<string> Faults => [.. File.ReadAllLines(Document).Where(IsRow).Select(FaultOf)];

    /// <summary>Holds a row against the document, at the end of the test that has earned it.</summary>
    /// <param name="fault">What goes wrong; it names the row.</param>
    /// <param name="how">How that is provoked.</param>
    /// <param name="runs">How many runs there were, in words that are true on every machine.</param>
    /// <param name="seen">What was counted.</param>
    public static void Check(string fault, string how, string runs, string seen)
    {
        var row = $"| {fault} | {how} | {runs} | {seen} |";
        Assert.DoesNotContain('\n', row);
        lock (s_oneAtATime)
        {
            if (Environment.GetEnvironmentVariable("AOTBROKER_UPDATE_GOLDEN") == "1")
            {
                Write(fault, row);
            }

            Assert.Contains(row, File.ReadAllLines(Document));
        }
    }

    private static void Write(string fault, string row)
    {
        List<string> lines = [.. File.ReadAllLines(Document)];
        var at = lines.FindIndex(line => IsRow(line) && FaultOf(line) == fault);
        if (at >= 0)
        {
            lines[at] = row;
        }
        else
        {
            lines.Insert(lines.FindLastIndex(line => line.StartsWith('|')) + 1, row);
        }

        File.WriteAllText(Document, string.Join('\n', lines) + "\n");
    }

    private static bool IsRow(string line) => line.StartsWith("| ", StringComparison.Ordinal) && !line.StartsWith("| fault |", StringComparison.Ordinal);

    private static string FaultOf(string row) => row.Split(" | ")[0]["| ".Length..];
}

/// <summary>Nothing in the table that no test produces.</summary>
public sealed partial class ReliabilityTableTests
{
    [Fact]
    public void Every_row_has_a_test_that_names_its_fault()
    {
        var tests = Path.Combine(PublishedBinary.RepositoryRoot, "tests");
        HashSet<string> named = [.. Directory.EnumerateFiles(tests, "*Tests.cs", SearchOption.AllDirectories)
            .SelectMany(file => Named().Matches(File.ReadAllText(file)))
            .Select(match => match.Groups["fault"].Value)];

        Assert.NotEmpty(ReliabilityTable.Faults);
        Assert.All(ReliabilityTable.Faults, fault => Assert.Contains(fault, named));
        Assert.Equal(ReliabilityTable.Faults.Count, ReliabilityTable.Faults.Distinct().Count());
    }

    [GeneratedRegex("""fault: "(?<fault>[^"]+)"[,)]""")]
    private static partial Regex Named();
}
