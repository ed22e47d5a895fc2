using System.Text.Json;
using AotBroker.Arguments;
using AotBroker.Brokering;
using AotBroker.Commands;
using AotBroker.Errors;
using AotBroker.Identity;
using AotBroker.Reporting;

namespace AotBroker.Tests;

/// <summary>`schema`: what is printed as JSON has a schema, and all of them are in one style.</summary>
public sealed class SchemaCommandTests : IDisposable
{
    private readonly Machine _machine = new();

    public void Dispose() => _machine.Dispose();

    private static IEnumerable<string> CommandsWithJson =>
        CommandTable.Names.Where(static name => CommandTable.Find(name)!.Find("--json") is not null).Append(GetOptions.Verb);

    private string Run(string? name, bool json = false)
    {
        int before = _machine.Output.Text.Length;
        SchemaCommand.Run(name, json, new Session(_machine.Environment, _machine.Output.Stream, _machine.Reporter, verbose: false));
        return _machine.Output.Text[before..];
    }

    [Fact]
    public void What_a_command_prints_as_JSON_has_a_schema_and_nothing_else_has_one() => Assert.Equal(
        CommandsWithJson.Select(static name => name + SchemaCommand.OutputEnding).Order(StringComparer.Ordinal),
        SchemaCommand.Names.Where(static name => name.EndsWith(SchemaCommand.OutputEnding, StringComparison.Ordinal)));

    [Fact]
    public void Every_command_with_a_text_of_its_own_can_print_JSON()
    {
        // A credential has formats; the others print another program's script, run another program, or answer a client.
        string[] others = [GetOptions.Verb, ExecOptions.Verb, "completion"];

        Assert.Equal(CommandTable.Own.Except(others), CommandTable.Own.Intersect(CommandsWithJson).Except([GetOptions.Verb]));
    }

    [Fact]
    public void Members_are_in_snake_case_and_instants_are_Unix_seconds()
    {
        foreach (string name in SchemaCommand.Names.Where(static name => name.EndsWith(SchemaCommand.OutputEnding, StringComparison.Ordinal)))
        {
            using JsonDocument schema = JsonDocument.Parse(Run(name));
            foreach (JsonProperty member in Members(schema.RootElement))
            {
                Assert.Matches("^[a-z]+(_[a-z]+)*$", member.Name);
                if (member.Name.EndsWith("_at", StringComparison.Ordinal))
                {
                    Assert.Equal("integer", member.Value.GetProperty("type").GetString());
                    Assert.Contains("Unix seconds", member.Value.GetProperty("description").GetString()!, StringComparison.Ordinal);
                }
            }
        }
    }

    /// <summary>All but those of a token: its claims have the names that their issuers gave them.</summary>
    private static IEnumerable<JsonProperty> Members(JsonElement schema)
    {
        foreach (string keyword in new[] { "properties", "items", "additionalProperties" })
        {
            if (!schema.TryGetProperty(keyword, out JsonElement part) || part.ValueKind != JsonValueKind.Object)
            {
                continue;
            }
            IEnumerable<JsonProperty> found = keyword == "properties"
                ? part.EnumerateObject().SelectMany(static member => member.Name == "claims" ? [member] : Members(member.Value).Prepend(member))
                : Members(part);
            foreach (JsonProperty member in found)
            {
                yield return member;
            }
        }
    }

    [Fact]
    public void Every_claim_that_is_shown_is_described()
    {
        using JsonDocument schema = JsonDocument.Parse(Run("identity-output"));
        JsonElement claims = schema.RootElement.GetProperty("properties").GetProperty("claims").GetProperty("properties");

        Assert.Equal(["iss", "sub", "aud", "iat", "nbf", "exp", "jti", "kid", .. WorkflowClaims.Names], claims.EnumerateObject().Select(static claim => claim.Name));
    }

    [Fact]
    public void The_list_has_all_with_their_first_sentence_and_as_JSON_with_all_of_it()
    {
        string[] lines = Run(null).TrimEnd('\n').Split('\n');
        using JsonDocument json = JsonDocument.Parse(Run(null, json: true));

        JsonProperty[] listed = [.. json.RootElement.GetProperty("schemas").EnumerateObject()];
        Assert.Equal(SchemaCommand.Names, listed.Select(static schema => schema.Name));
        Assert.Equal(listed.Length, lines.Length);
        foreach ((string line, JsonProperty schema) in lines.Zip(listed))
        {
            Assert.StartsWith(schema.Name + " ", line, StringComparison.Ordinal);
            string about = line[schema.Name.Length..].Trim();
            Assert.StartsWith(about + ".", schema.Value.GetProperty("description").GetString()!, StringComparison.Ordinal);
            Assert.NotEmpty(schema.Value.GetProperty("title").GetString()!);
        }
    }

    [Theory]
    [InlineData("status", "status-output")]
    [InlineData("profil", "profile")]
    [InlineData("status_output", "status-output")]
    public void A_slip_is_answered_with_what_was_probably_meant(string name, string meant) =>
        Assert.Contains($"did you mean `{meant}`?", Expect.Error("AB0201", () => Run(name)).Hints);

    [Fact]
    public void A_failure_is_a_document_too_where_JSON_was_asked_for()
    {
        BrokerException error = Expect.Error("AB0201", () => Bound("schema nothing --json"));

        using JsonDocument json = JsonDocument.Parse(_machine.Output.Text);
        JsonElement problem = Assert.Single(json.RootElement.EnumerateObject()).Value;
        Assert.Equal(("AB0201", error.Message), (problem.GetProperty("code").GetString(), problem.GetProperty("message").GetString()));
        Assert.Equal(error.Hints, problem.GetProperty("hints").EnumerateArray().Select(static hint => hint.GetString()!));
    }

    [Fact]
    public void What_has_printed_its_document_prints_no_second_one()
    {
        string directory = Directory.CreateDirectory(_machine.Home["bin"]).FullName;
        File.WriteAllText(directory + "/git-credential-aotbroker", "theirs");

        Expect.Error("AB0713", () => Bound($"link {directory} --json"));

        using JsonDocument json = JsonDocument.Parse(Assert.Single(_machine.Output.Lines));
        Assert.Equal("refused", json.RootElement.GetProperty("links").GetProperty("git-credential-aotbroker").GetString());
        Assert.Equal("AB0713", json.RootElement.GetProperty("problem").GetProperty("code").GetString());
    }

    [Fact]
    public void Where_the_document_cannot_be_written_the_error_itself_is_what_it_fails_with()
    {
        StandardStream closed = new(-1);

        Expect.Error("AB0201", () => CommandLine.Bind(["schema", "nothing", "--json"]).Run(new Session(_machine.Environment, closed, _machine.Reporter, verbose: false)));
        Expect.Error("AB0706", () => CommandLine.Bind(["schema", "--json"]).Run(new Session(_machine.Environment, closed, _machine.Reporter, verbose: false)));
    }

    [Fact]
    public void Without_JSON_a_failure_prints_nothing()
    {
        Expect.Error("AB0201", () => Bound("schema nothing"));

        Assert.Empty(_machine.Output.Text);
    }

    private int Bound(string line) => CommandLine.Bind(line.Split(' ')).Run(new Session(_machine.Environment, _machine.Output.Stream, _machine.Reporter, verbose: false));
}
