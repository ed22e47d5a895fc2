using System.Text.Json;
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
        using var help = JsonDocument.Parse((await _sandbox.RunAsync("help", "--json")).Succeeded().Output);
        var commands = help.RootElement.GetProperty("commands");
        Assert.True(commands.TryGetProperty("get", out _));

        foreach (var command in commands.EnumerateObject())
        {
            var page = await File.ReadAllTextAsync(Path.Combine(Man, $"man1/aotbroker-{command.Name}.1"));
            Assert.All(command.Value.GetProperty("options").EnumerateObject(), option => Assert.Contains(option.Name.Replace("-", @"\-", StringComparison.Ordinal), page, StringComparison.Ordinal));
            Assert.All(command.Value.GetProperty("examples").EnumerateArray(), example => Assert.Contains(example.GetString()!.Split(' ')[^1].Replace("-", @"\-", StringComparison.Ordinal).Replace("~", @"\(ti", StringComparison.Ordinal), page, StringComparison.Ordinal));
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
