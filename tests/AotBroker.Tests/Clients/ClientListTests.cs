using System.Text.RegularExpressions;
using AotBroker.Clients;

namespace AotBroker.Tests;

/// <summary>A client is one folder with one entry, and its tests and its page go by the same name.</summary>
public sealed partial class ClientListTests
{
    private static readonly string s_folder = Path.Combine(Repository.Root, "src", "AotBroker", "Clients");

    /// <summary>What clients share.</summary>
    private const string Shared = "Editing";

    private static IEnumerable<string> Clients => ClientList.All.Select(static client => client.GetType().Name[..^"Client".Length]);

    private static string[] Folders => [.. Directory.GetDirectories(s_folder).Select(static path => Path.GetFileName(path)).Where(static name => name != Shared).Order(StringComparer.Ordinal)];

    [Fact]
    public void Every_folder_is_a_client_of_the_list()
    {
        Assert.Equal(Folders, Clients.Order(StringComparer.Ordinal));
        Assert.All(ClientList.All, static client => Assert.Equal($"AotBroker.Clients.{client.GetType().Name[..^"Client".Length]}", client.GetType().Namespace));
    }

    [Fact]
    public void Every_client_has_a_page_and_tests()
    {
        string[] pages = [.. Directory.GetFiles(Path.Combine(Repository.Root, "docs", "clients"), "*.md").Select(static path => Path.GetFileNameWithoutExtension(path).Replace("-", "", StringComparison.Ordinal))];

        Assert.Equal(Clients.Append("README").Select(static name => name.ToUpperInvariant()).Order(StringComparer.Ordinal), pages.Select(static name => name.ToUpperInvariant()).Order(StringComparer.Ordinal));
        Assert.All(Clients, static name => Assert.NotEmpty(Directory.GetFiles(Path.Combine(Repository.Root, "tests", "AotBroker.Tests", "Clients", name), "*Tests.cs")));
    }

    [Fact]
    public void Parts_of_a_client_are_its_own()
    {
        Assert.All(ClientList.All, static client =>
        {
            object?[] parts = [.. client.Formats, client.Helper, client.Setup, .. client.Deliveries];
            Assert.NotEmpty(parts.OfType<object>());
            Assert.All(parts.OfType<object>(), part => Assert.Equal(client.GetType().Namespace, part.GetType().Namespace));
        });
    }

    [Fact]
    public void No_part_is_left_out_of_its_entry()
    {
        Type[] bases = [typeof(CredentialFormat), typeof(HelperProtocol), typeof(ClientSetup), typeof(Delivery)];

        Assert.Equal(
            typeof(Client).Assembly.GetTypes().Where(type => bases.Contains(type.BaseType)).Select(static type => type.Name).Order(StringComparer.Ordinal),
            ClientList.All.SelectMany(static client => (object?[])[.. client.Formats, client.Helper, client.Setup, .. client.Deliveries]).OfType<object>().Select(static part => part.GetType().Name).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_name_is_given_once()
    {
        Assert.Distinct(Formats.All.Select(static one => one.Name));
        Assert.Distinct(HelperProtocols.All.Select(static one => one.Name));
        Assert.Distinct(HelperProtocols.All.Where(static one => one.Link is not null).Select(static one => one.Link!.Value.Name));
        Assert.Distinct(ClientSetups.Names);
        Assert.Distinct(Deliveries.Names);
    }

    /// <summary>Claude Code reads AWS keys for Bedrock as AWS's own tools do.</summary>
    [Fact]
    public void No_client_knows_another_one_but_Claude_Code_the_format_of_AWS()
    {
        IEnumerable<string> arrows = Folders.SelectMany(static folder => Directory.GetFiles(Path.Combine(s_folder, folder), "*.cs")
            .SelectMany(static file => Reference().Matches(File.ReadAllText(file)))
            .Select(static match => match.Groups[1].Value)
            .Where(name => name != folder && name != Shared)
            .Distinct()
            .Select(name => $"{folder} -> {name}"));

        Assert.Equal(["ClaudeCode -> Aws"], arrows);
    }

    [GeneratedRegex(@"^using AotBroker\.Clients\.(\w+)", RegexOptions.Multiline)]
    private static partial Regex Reference();
}
