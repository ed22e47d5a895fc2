using System.Text.Json;
using AotBroker.Arguments;
using AotBroker.Brokering;
using AotBroker.Clients;
using AotBroker.Commands;
using AotBroker.Errors;

namespace AotBroker.Tests;

/// <summary>Parser, help and completion go by one table, and what is generated for its commands binds all of it.</summary>
public sealed class CommandTableTests
{
    private static IEnumerable<CommandRow> Rows => CommandTable.Names.Select(static name => CommandTable.Find(name)!);

    private static bool IsHelper(CommandRow row) => row.Argument is { Value: Value.ClientWords };

    [Fact]
    public void Every_name_has_its_row_and_another_has_none()
    {
        Assert.All(CommandTable.Names, static name => Assert.Equal(name, CommandTable.Find(name)?.Name));
        Assert.Equal(CommandTable.Names.Distinct(), CommandTable.Names);
        Assert.All(["", "Get", "companion", "--help"], static name => Assert.Null(CommandTable.Find(name)));
    }

    [Fact]
    public void Every_option_of_every_command_is_bound()
    {
        foreach (CommandRow row in Rows.Where(static row => !IsHelper(row)))
        {
            List<string> line = [row.Name];
            foreach (Option option in row.Options.Where(option => option.Name != row.Exclusive?.Other))
            {
                line.Add(option.Name);
                line.AddRange(option.Value switch
                {
                    Value.None => [],
                    Value.Number => [$"{option.Least + 3}"],
                    Value.Format => ["json"],
                    _ => ["word"],
                });
            }
            if (row.Argument is not null)
            {
                line.AddRange(["--", "-word"]);
            }

            Assert.NotNull(CommandLine.Bind([.. line]));
            Assert.All(row.Options.Where(static option => !option.IsRequired), option => Assert.NotNull(CommandLine.Bind(Shortest(row, option))));
        }
    }

    private static string[] Shortest(CommandRow row, Option option)
    {
        string[] value = option.Value switch { Value.None => [], Value.Number => [$"{option.Least}"], Value.Format => ["token"], _ => ["x"] };
        string[] required = [.. row.Options.Where(static one => one.IsRequired).SelectMany(static one => new[] { one.Name, "x" })];
        return [row.Name, option.Name, .. value, .. required, .. row.Argument is null ? Array.Empty<string>() : ["word"]];
    }

    [Fact]
    public void Every_number_has_its_bounds()
    {
        foreach (CommandRow row in Rows)
        {
            foreach (Option option in row.Options.Where(static option => option.Value == Value.Number))
            {
                string[] wrong = [$"{option.Least - 1}", $"+{option.Least}", $" {option.Least}", "1.0", "x", .. option.Most < long.MaxValue ? new[] { $"{option.Most + 1}" } : []];
                Assert.All(wrong, value => Expect.Error("AB0201", () => CommandArguments.Of(row, [option.Name, value])));
            }
        }
    }

    [Fact]
    public void The_order_of_the_options_and_their_form_do_not_matter()
    {
        const int Seed = 20300112;
        Random random = new(Seed);
        CommandRow[] rows = [.. Rows.Where(static row => !IsHelper(row) && row.Exclusive is null)];
        for (int i = 0; i < 5000; i++)
        {
            CommandRow row = rows[random.Next(rows.Length)];
            Dictionary<string, string> given = [];
            foreach (Option option in row.Options.Where(option => option.IsRequired || random.Next(2) == 0))
            {
                given[option.Name] = option.Value switch { Value.None => "", Value.Number => $"{random.Next(3, 3000)}", _ => new[] { "a", "-x", "a=b", "get", "/h", "@f", "a b" }[random.Next(7)] };
            }
            string[] names = [.. given.Keys];
            random.Shuffle(names);
            List<string> line = [];
            foreach (string name in names)
            {
                line.AddRange(given[name] is not { Length: > 0 } value ? [name] : random.Next(2) == 0 ? [name, value] : [$"{name}={value}"]);
            }
            line.AddRange(row.Argument is null ? [] : ["--", "-word"]);

            CommandArguments taken = CommandArguments.Of(row, [.. line]);

            Assert.All(row.Options, option => Assert.True(taken.Find(option.Name) == given.GetValueOrDefault(option.Name), $"seed {Seed}, round {i}: {row.Name} {string.Join(' ', line)}"));
            Assert.Equal(row.Argument is null ? [] : ["-word"], taken.Words);
        }
    }

    [Theory]
    [InlineData("get", "gett")]
    [InlineData("--format", "get --formt json")]
    [InlineData("--format", "get --formt=json")]
    [InlineData("--all", "clear --al")]
    [InlineData("json", "get --format jsn")]
    [InlineData("status", "help statsu")]
    public void A_slip_is_told_with_what_was_probably_meant(string meant, string line) =>
        Assert.Contains($"did you mean `{meant}`?", Expect.Error("AB0201", () => Run(line)).Hints);

    [Theory]
    [InlineData("get --profile NAME", "--profile ci get")]
    [InlineData("get --profile NAME", "--profile=ci get")]
    [InlineData("status --json", "--json status")]
    [InlineData("get --verbose", "get -- --verbose")]
    [InlineData("exec --profile NAME", "--profile ci exec -- true")]
    public void An_option_in_the_wrong_place_is_told_its_own(string right, string line) =>
        Assert.Contains($"options come after the command, as in `aotbroker {right}`", Expect.Error("AB0201", () => Run(line)).Hints);

    [Theory]
    [InlineData("git get -- --help")]
    [InlineData("docker list -- -h")]
    [InlineData("goauth -? --profile")]
    public void A_helpers_call_that_has_an_option_of_help_somewhere_is_bound_or_a_matter_of_usage(string line)
    {
        Exception? error = Record.Exception(() => CommandLine.Bind(line.Split(' ')));

        Assert.True(error is null or BrokerException { Code: ErrorCode.Usage }, error?.ToString());
    }

    [Fact]
    public void No_line_of_the_help_is_wider_than_the_terminal_and_no_word_is_split()
    {
        foreach (CommandRow? row in Rows.Append(null))
        {
            string whole = HelpText.Of(row, null);
            foreach (int width in new[] { 40, 60, 72, 80, 200 })
            {
                string text = HelpText.Of(row, width);
                Assert.Equal(whole.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries), text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
                IEnumerable<string> prose = text.Split('\n').Where(line => row is null || !row.Examples.Contains(line.TrimStart()));
                Assert.All(prose, line => Assert.True(line.Length <= Math.Min(width, 80) || !line.TrimStart().Contains(' ', StringComparison.Ordinal), line));
            }
        }
    }

    [Fact]
    public void The_overview_has_every_command_on_a_line_of_its_own() => Assert.All(Rows, static row => Assert.Matches($"(?m)^  {row.Name} +\\S", HelpText.Of(null, 80)));

    [Fact]
    public void Every_example_is_right()
    {
        foreach (string example in Rows.SelectMany(static row => row.Examples))
        {
            string line = example.Contains("$(", StringComparison.Ordinal) || example.Contains("<(", StringComparison.Ordinal) ? example.Split('(')[1].Split(')')[0] : example;
            string[] words = line.Split(" > ")[0].Split(" | ")[0].Replace("$$", "1", StringComparison.Ordinal).Split(' ');

            Assert.Equal("aotbroker", words[0]);
            Assert.NotNull(CommandLine.Bind(words.AsSpan(1)));
        }
    }

    [Fact]
    public void The_help_as_JSON_has_every_option()
    {
        using JsonDocument json = JsonDocument.Parse(Run("help --json"));

        foreach (CommandRow row in Rows)
        {
            JsonElement options = json.RootElement.GetProperty("commands").GetProperty(row.Name).GetProperty("options");
            Assert.Equal(row.Options.Where(static option => !option.IsHidden).Select(static option => option.Name), options.EnumerateObject().Select(static option => option.Name));
        }
        using JsonDocument one = JsonDocument.Parse(Run("help get --json"));
        Assert.Equal("get", Assert.Single(one.RootElement.GetProperty("commands").EnumerateObject()).Name);
    }

    private static string Run(string line)
    {
        using Machine machine = new();
        CommandLine.Bind(line.Split(' ')).Run(new Session(machine.Environment, machine.Output.Stream, machine.Reporter, verbose: false));
        return machine.Output.Text;
    }
}
