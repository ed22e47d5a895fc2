using System.Text;
using AotBroker.Arguments;
using AotBroker.Runtime;

namespace AotBroker.Commands;

/// <summary>The help for people, from the table of commands, in lines of 80 characters or of a narrower terminal.</summary>
internal static class HelpText
{
    private const string Indent = "  ";
    private const int Widest = 80;
    private const int Narrowest = 40;

    /// <summary>A longer term in the left column has its description on the next line.</summary>
    private const int WidestTerm = 26;

    private const string About = "Trades this workload's identity for a short-lived credential: any number of processes, one exchange.";

    private const string Selection = """
        Which profile applies: --profile, AOTBROKER_PROFILE, ANTHROPIC_PROFILE, the ANTHROPIC_FEDERATION_RULE_ID and ANTHROPIC_ORGANIZATION_ID variables, active_config, "default".

        Exit codes: 0 done, 2 usage, 3 profile, 4 identity, 5 refused, 6 unreachable, 7 cache or file system.
        """;

    private static string Documentation => Provenance.Documentation.Length > 0 ? Provenance.Documentation : $"man {Product.Name}, and docs/ in the source";

    /// <param name="row">The command; null for an overview.</param>
    /// <param name="terminal">How many characters a line of the terminal has; null if it is not a terminal.</param>
    public static string Of(CommandRow? row, int? terminal)
    {
        int width = Math.Clamp(terminal ?? Widest, Narrowest, Widest);
        StringBuilder text = new();
        if (row is null)
        {
            Overview(text, width);
        }
        else
        {
            Command(text, row, width);
        }
        text.Append('\n');
        Wrap(text, "Documentation: " + Documentation, "", width);
        return text.ToString();
    }

    /// <summary>How a command is called.</summary>
    public static string Usage(CommandRow row)
    {
        string argument = row.Argument switch
        {
            null => "",
            { Value: Value.Executable } program => $" -- {program.Name} ...",
            { Value: Value.ClientWords } words => $" [{words.Name} ...]",
            { IsRequired: true } one => $" {one.Name}",
            { } one => $" [{one.Name}]",
        };
        string required = "";
        string options = "";
        foreach (Option option in row.Options)
        {
            if (option.IsRequired)
            {
                required += $" {option.Name} {option.ValueName}";
            }
            else
            {
                options = " [options]";
            }
        }
        return $"{Product.Name} {row.Name}{required}{options}{argument}";
    }

    private static void Overview(StringBuilder text, int width)
    {
        Wrap(text, About, "", width);
        text.Append($"\nUsage: {Product.Name} COMMAND [options]\n\nStart with:\n");
        Columns(
            text,
            [
                ($"{Product.Name} status", "show what would be used here, and why"),
                ($"{Product.Name} identity", "show who this workload is, and what its token says"),
                ($"{Product.Name} get", "print the credential"),
                ($"{Product.Name} exec -- COMMAND", "run a command whose SDKs find the credential"),
            ],
            width);
        text.Append("\nCommands:\n");
        Columns(text, Rows(CommandTable.Own), width);
        text.Append("\nCalled by clients:\n");
        Columns(text, Rows(CommandTable.Helpers), width);
        text.Append("\nOptions:\n");
        Columns(text, [("-h, --help", "Print this help, or that of a command"), ("-V, --version", "Print the version")], width);
        foreach (string paragraph in Selection.Split("\n\n"))
        {
            text.Append('\n');
            Wrap(text, paragraph, "", width);
        }
    }

    private static List<(string, string)> Rows(string[] names)
    {
        List<(string, string)> rows = [];
        foreach (string name in names)
        {
            rows.Add((name, CommandTable.Find(name)!.About));
        }
        return rows;
    }

    private static void Command(StringBuilder text, CommandRow row, int width)
    {
        Wrap(text, $"{row.About}.{(row.More.Length > 0 ? " " : "")}{row.More}", "", width);
        text.Append('\n');
        Wrap(text, "Usage: " + Usage(row), "", width);
        if (row.Argument is { } argument)
        {
            text.Append("\nArguments:\n");
            Columns(text, [(argument.Name, argument.About)], width);
        }
        text.Append("\nOptions:\n");
        List<(string, string)> options = [];
        foreach (Option option in Choices.Shown(row))
        {
            options.Add(($"{option.Name}{(option.ValueName.Length > 0 ? " " : "")}{option.ValueName}", Choices.Describe(option)));
        }
        options.Add(("-h, --help", "Print this help"));
        Columns(text, options, width);
        if (row.Examples.Length > 0)
        {
            text.Append("\nExamples:\n");
            foreach (string line in row.Examples)
            {
                text.Append(Indent).Append(line).Append('\n'); // For copying: never broken.
            }
        }
    }

    private static void Columns(StringBuilder text, List<(string Term, string About)> rows, int width)
    {
        int widest = 0;
        foreach ((string term, _) in rows)
        {
            widest = term.Length <= WidestTerm ? Math.Max(widest, term.Length) : widest;
        }
        string edge = new(' ', Indent.Length + widest + Indent.Length);
        foreach ((string term, string about) in rows)
        {
            if (term.Length > widest)
            {
                text.Append(Indent).Append(term).Append('\n');
                Wrap(text, about, edge, width);
                continue;
            }
            int from = text.Length;
            Wrap(text, about, edge, width);
            text.Remove(from, edge.Length).Insert(from, Indent + term.PadRight(widest) + Indent);
        }
    }

    /// <summary>The text's words, in lines that begin with the indent. A word is never split, however long.</summary>
    private static void Wrap(StringBuilder text, string words, string indent, int width)
    {
        int column = 0;
        foreach (string word in words.Split(' '))
        {
            if (column > 0 && column + 1 + word.Length > width)
            {
                text.Append('\n');
                column = 0;
            }
            text.Append(column == 0 ? indent : " ").Append(word);
            column += (column == 0 ? indent.Length : 1) + word.Length;
        }
        text.Append('\n');
    }
}
