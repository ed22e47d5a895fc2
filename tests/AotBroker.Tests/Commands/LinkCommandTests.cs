using System.Text.Json;
using AotBroker.Brokering;
using AotBroker.Clients;
using AotBroker.Commands;
using AotBroker.Reporting;

namespace AotBroker.Tests;

/// <summary>`link`: makes what is missing, and touches nothing that is not its own.</summary>
public sealed class LinkCommandTests : IDisposable
{
    private readonly Machine _machine = new();
    private readonly string _directory;

    public LinkCommandTests() => _directory = Directory.CreateDirectory(_machine.Home["bin"]).FullName;

    public void Dispose() => _machine.Dispose();

    private int Link(string? profile = null, bool json = false) =>
        LinkCommand.Run(_directory, profile, json, new Session(_machine.Environment, _machine.Output.Stream, _machine.Reporter, verbose: false));

    private static string[] LinkNames => [.. HelperProtocols.All.Select(static one => one.Link?.Name).OfType<string>()];

    [Fact]
    public void Every_name_leads_to_this_program()
    {
        Assert.Equal(0, Link());

        Assert.Equal(LinkNames.Order(), Directory.GetFiles(_directory).Select(Path.GetFileName).Order());
        Assert.All(Directory.GetFiles(_directory), static path => Assert.Equal(Environment.ProcessPath, new FileInfo(path).LinkTarget));
        Assert.Equal(LinkNames.Select(name => $"made {_directory}/{name}"), _machine.Output.Lines);
    }

    [Fact]
    public void The_second_time_nothing_changes()
    {
        Link();
        Link(json: true);

        using JsonDocument json = JsonDocument.Parse(_machine.Output.Lines[^1]);
        Assert.Equal(_directory, json.RootElement.GetProperty("directory").GetString());
        Assert.All(json.RootElement.GetProperty("links").EnumerateObject(), static link => Assert.Equal("kept", link.Value.GetString()));
    }

    [Fact]
    public void A_profile_s_links_end_in_its_name_and_keyring_has_none()
    {
        Link("ci");

        Assert.Equal(LinkNames.Where(static name => name != "keyring").Select(static name => name + "-ci").Order(), Directory.GetFiles(_directory).Select(Path.GetFileName).Order());
        Expect.Error("AB0304", () => Link("../x"));
    }

    [Fact]
    public void A_link_of_its_own_that_leads_elsewhere_is_set_right()
    {
        string path = _directory + "/git-credential-aotbroker";
        File.CreateSymbolicLink(path, "/gone/aotbroker");

        Assert.Equal(0, Link());

        Assert.Equal(Environment.ProcessPath, new FileInfo(path).LinkTarget);
        Assert.Equal(LinkNames.Length, Directory.GetFileSystemEntries(_directory).Length);
    }

    [Theory]
    [InlineData("file")]
    [InlineData("link")]
    [InlineData("dangling link")]
    [InlineData("directory")]
    public void What_is_somebody_else_s_stays_and_the_others_are_made(string kind)
    {
        string path = _directory + "/keyring";
        string other = _machine.Home.Write("other", "#!/bin/sh\n");
        switch (kind)
        {
            case "file":
                File.WriteAllText(path, "theirs");
                break;
            case "directory":
                Directory.CreateDirectory(path);
                break;
            default:
                File.CreateSymbolicLink(path, kind == "link" ? other : "/gone/keyring");
                break;
        }

        var error = Expect.Error("AB0713", () => Link());

        Assert.Contains(path, error.Message, StringComparison.Ordinal);
        Assert.Equal(LinkNames.Length, Directory.GetFileSystemEntries(_directory).Length);
        Assert.Equal(kind switch { "link" => other, "dangling link" => "/gone/keyring", _ => null }, new FileInfo(path).LinkTarget);
        Assert.Equal(kind == "directory", Directory.Exists(path));
        Assert.Equal("#!/bin/sh\n", File.ReadAllText(other));
    }

    [Theory]
    [InlineData("link", "")]
    [InlineData("link", "", "--json")]
    [InlineData("link", "--", "")]
    public void An_empty_name_is_no_directory(params string[] arguments) => Expect.Error("AB0201", () => CommandLine.Bind(arguments));

    [Fact]
    public void A_directory_that_is_not_there_is_an_error() => Expect.Error("AB0713", () => LinkCommand.Run(
        _machine.Home["none"], null, false, new Session(_machine.Environment, _machine.Output.Stream, _machine.Reporter, verbose: false)));
}
