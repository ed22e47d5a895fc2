using AotBroker.Evidence;

namespace AotBroker.Tests;

/// <summary>A report for people fits its terminal, and no word of it is split.</summary>
public sealed class TextRowTests
{
    private const string Report = "profile           ci  (selected by AOTBROKER_PROFILE)\nfile              /home/someone/a-directory-with-a-long-name/that-is-a-word.json\n\nWhat each client would use here\n  Go SDK          \e[32m✓\e[0m the federation variables  (ANTHROPIC_FEDERATION_RULE_ID and an identity token are set)\n";

    [Theory]
    [InlineData(40)]
    [InlineData(60)]
    [InlineData(80)]
    public void No_line_is_wider_than_the_terminal_and_no_word_is_split(int width)
    {
        string text = TextRow.Wrapped(Report, width);

        Assert.Equal(Report.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries), text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        Assert.All(
            text.Replace("\e[32m", "", StringComparison.Ordinal).Replace("\e[0m", "", StringComparison.Ordinal).Split('\n'),
            line => Assert.True(line.Length <= width || line.Length <= 18 + line.Trim().Split(' ')[^1].Length, line));
        Assert.EndsWith("set)\n", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null)]
    [InlineData(200)]
    public void Where_there_is_room_nothing_changes(int? width) => Assert.Equal(Report, TextRow.Wrapped(Report, width));

    [Fact]
    public void Marks_are_where_colours_are()
    {
        Assert.Equal("", TextRow.Mark(true, inColour: false));
        Assert.Equal("\e[32m✓\e[0m ", TextRow.Mark(true, inColour: true));
        Assert.Equal("\e[31m✗\e[0m ", TextRow.Mark(false, inColour: true));
    }
}
