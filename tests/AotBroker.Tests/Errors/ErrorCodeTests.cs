using System.Text.RegularExpressions;
using AotBroker.Errors;

namespace AotBroker.Tests;

/// <summary>Invariant 10: every code has its cure in the manual.</summary>
public sealed partial class ErrorCodeTests
{
    private static readonly string[] InTheProgram = [.. Enum.GetValues<ErrorCode>().Select(ErrorCodes.NameOf).Order(StringComparer.Ordinal)];

    [GeneratedRegex(@"^### (AB\d{4})$", RegexOptions.Multiline)]
    private static partial Regex Heading();

    [Fact]
    public void The_manual_has_every_code_once_and_no_other()
    {
        string manual = File.ReadAllText(Path.Combine(Repository.Root, "docs", "errors.md"));

        Assert.Equal(InTheProgram, Heading().Matches(manual).Select(static match => match.Groups[1].Value).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Every_heading_of_the_manual_is_followed_by_words()
    {
        string manual = File.ReadAllText(Path.Combine(Repository.Root, "docs", "errors.md"));
        string[] sections = Heading().Split(manual);

        // Between the headings: code, text, code, text.
        for (int i = 1; i < sections.Length; i += 2)
        {
            string text = sections[i + 1].Split("\n## ")[0];
            Assert.True(text.Trim().Contains(' ', StringComparison.Ordinal), sections[i]);
        }
    }

    [Fact]
    public void A_code_is_AB_and_four_digits_and_each_stands_for_one_thing()
    {
        Assert.All(InTheProgram, static name => Assert.Matches(@"^AB0[1-8]\d\d$", name));
        Assert.Distinct(InTheProgram);
    }
}
