using System.Text;
using AotBroker.Commands;

namespace AotBroker.Tests;

/// <summary>What a shell is told of a line that has been begun.</summary>
public sealed class SuggestionsTests : IDisposable
{
    private readonly Machine _machine = new();

    public SuggestionsTests()
    {
        _machine.WriteBrokerProfile("ci", """{"identity":{"source":"file","path":"/x"},"exchange":{"type":"none"}}""");
        _machine.WriteBrokerProfile("cd", "{");
    }

    public void Dispose() => _machine.Dispose();

    private string[] Of(string line) => Encoding.UTF8.GetString(Suggestions.Of(line.Split(' '), _machine.Environment)).TrimEnd('\n').Split('\n');

    [Theory]
    [InlineData("sta", ":words|status\tShow which credential would be used here, and why")]
    [InlineData("--v", ":words|--version\tPrint the version")]
    [InlineData("get --form", ":words|--format\tHow to print it")]
    [InlineData("get --format json --form", ":words")]
    [InlineData("get --format he", ":words|header")]
    [InlineData("get --format=he", ":words|--format=header")]
    [InlineData("get --profile ", ":words|cd\tcannot be read|ci\tnone")]
    [InlineData("get --profile=c", ":words|--profile=cd\tcannot be read|--profile=ci\tnone")]
    [InlineData("exec --with ci:an", ":words|ci:anthropic")]
    [InlineData("exec --with=ci", ":words|--with=ci\tnone")]
    [InlineData("exec --with=ci:an", ":words|--with=ci:anthropic")]
    [InlineData("exec --with ci --wit", ":words|--with\tAlso hand over this profile's credential; may be repeated")]
    [InlineData("exec -- ", ":command 2")]
    [InlineData("exec -- git st", ":command 2")]
    [InlineData("exec git --", ":command 1")]
    [InlineData("exec gi", ":command 1")]
    [InlineData("exec --profile ci --verbose -- git -", ":command 5")]
    [InlineData("exec -", ":words|--|--help|--keep-static-keys|--no-refresh|--profile|--timeout|--verbose|--wait|--with")]
    [InlineData("keep --publish ", ":directories")]
    [InlineData("setup --file ", ":files")]
    [InlineData("link ", ":directories")]
    [InlineData("completion ", ":words|bash|fish|zsh")]
    [InlineData("help licen", ":words|licenses\tPrint what is linked in, and under which licences")]
    [InlineData("schema prof", ":words|profile|profiles-output")]
    [InlineData("setup claude", ":words|claude-code")]
    [InlineData("nonsense ", ":words")]
    [InlineData("get --timeout ", ":words")]
    [InlineData("get -- --p", ":words")]
    public void Only_what_can_follow_is_offered(string line, string expected)
    {
        string[] found = Of(line);

        Assert.Equal(expected.Split('|'), line.EndsWith(" -", StringComparison.Ordinal) ? Array.ConvertAll(found, static one => one.Split('\t')[0]) : found);
    }

    [Fact]
    public void Every_command_is_offered_with_what_it_does()
    {
        string[] found = Of("");

        Assert.All(CommandTable.Names, name => Assert.Contains($"{name}\t{CommandTable.Find(name)!.About}", found));
    }
}
