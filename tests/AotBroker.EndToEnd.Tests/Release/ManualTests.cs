using System.Text.RegularExpressions;

namespace AotBroker.EndToEnd.Tests;

/// <summary>The manual pages: one a command, each with every option of its help, and nothing that man(1) or mandoc(1) complains of.</summary>
[Collection(ReleaseFolder.Collection)]
public sealed class ManualTests(ReleaseFolder release) : IDisposable
{
    private readonly Sandbox _sandbox = new();

    private string Man => Path.Combine(release.Tree, "man");

    [Fact]
    public async Task Every_command_has_a_page_with_every_option()
    {
        var commands = Regex.Matches((await _sandbox.RunAsync("--help")).Succeeded().OutputText.Split("Commands:")[1], "(?m)^  ([a-z]+)").Select(match => match.Groups[1].Value).ToArray();
        Assert.Contains("get", commands);

        foreach (var command in commands)
        {
            var page = await File.ReadAllTextAsync(Path.Combine(Man, $"man1/aotbroker-{command}.1"));
            var help = (await _sandbox.RunAsync(command, "--help")).Succeeded().OutputText;
            Assert.All(Regex.Matches(help, "(?m)^  (?:-\\S+, )*(--[a-z-]+)").Select(match => match.Groups[1].Value.Replace("-", @"\-", StringComparison.Ordinal)), option => Assert.Contains(option, page, StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task The_page_of_profiles_has_every_source_and_every_exchange()
    {
        var page = (await File.ReadAllTextAsync(Path.Combine(Man, "man5/aotbroker-profile.5"))).Replace(@"\-", "-", StringComparison.Ordinal);
        var schema = (await _sandbox.RunAsync("schema", "profile")).Succeeded().OutputText;
        var kinds = Regex.Matches(schema, "\"(?:source|type)\": \\{\\s*\"title\": \"[^\"]*\",\\s*\"const\": \"([^\"]+)\"").Select(match => match.Groups[1].Value).ToArray();

        Assert.Contains("github-actions", kinds);
        Assert.Contains("aws-sts", kinds);
        Assert.All(kinds, kind => Assert.Contains($"\"{kind}\"", page, StringComparison.Ordinal));
    }

    [ToolFact("mandoc")]
    public async Task Mandoc_has_nothing_to_complain_of() =>
        Assert.Equal("", (await _sandbox.RunAsync(new Launch("-c", $"mandoc -T lint -W warning '{Man}'/man?/*") { Program = "sh" })).Succeeded().OutputText);

    public void Dispose() => _sandbox.Dispose();
}
