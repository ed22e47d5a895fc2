using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using System.Text;
using AotBroker.Reporting;

namespace AotBroker.Commands;

/// <summary>
/// The help of a command. System.CommandLine's own looks the same, but brings System.Console with its terminal database and
/// a good part of LINQ along, which nothing else here needs: half a megabyte.
/// </summary>
internal sealed class HelpText(StandardStream output) : SynchronousCommandLineAction
{
    private const string Indent = "  ";
    private const int Narrowest = 40;

    public override bool ClearsParseErrors => true;

    public override int Invoke(ParseResult parseResult)
    {
        int width = Math.Max(output.Width ?? int.MaxValue, Narrowest);
        parseResult.InvocationConfiguration.Output.Write(Of(parseResult.CommandResult.Command, width));
        return 0;
    }

    /// <param name="command">What is explained.</param>
    /// <param name="width">How many characters a line may have.</param>
    public static string Of(Command command, int width)
    {
        StringBuilder text = new();
        Section(text, "Description:", Indented(command.Description ?? "", width));
        Section(text, "Usage:", Indented(Usage(command), width));
        Section(text, "Arguments:", Columns(Rows(command.Arguments), width));
        Section(text, "Options:", Columns(Rows(OptionsOf(command)), width));
        Section(text, "Commands:", Columns(Rows(command.Subcommands), width));
        return text.ToString();
    }

    private static void Section(StringBuilder text, string heading, string content)
    {
        if (content.Length > 0)
        {
            text.Append(heading).Append('\n').Append(content).Append('\n');
        }
    }

    private static string Usage(Command command)
    {
        string names = command.Name;
        for (Command? above = Parent(command); above is not null; above = Parent(above))
        {
            names = $"{above.Name} {names}";
        }
        string labels = (command.Subcommands.Count > 0 ? " [command]" : "") + LabelsOf(command.Arguments, withDots: true);
        return command.Arguments is [{ } first, ..] && IsOthersCommand(first) ? $"{names} [options]{labels}" : $"{names}{labels} [options]";
    }

    /// <summary>Whether the argument is a command with arguments of its own: what follows its first word is not the broker's.</summary>
    private static bool IsOthersCommand(Argument argument) => argument.Arity is { MinimumNumberOfValues: > 0, MaximumNumberOfValues: > 1 };

    /// <summary>Its own, then those of the commands above it that apply below; the help and the version last.</summary>
    private static List<Option> OptionsOf(Command command)
    {
        List<Option> options = [];
        List<Option> last = [];
        foreach (Option option in command.Options)
        {
            (option is HelpOption or VersionOption ? last : options).Add(option);
        }
        options.AddRange(last);
        for (Command? above = Parent(command); above is not null; above = Parent(above))
        {
            foreach (Option option in above.Options)
            {
                if (option.Recursive)
                {
                    options.Add(option);
                }
            }
        }
        return options;
    }

    private static Command? Parent(Command command)
    {
        foreach (Symbol parent in command.Parents)
        {
            return parent as Command;
        }
        return null;
    }

    private static List<(string Left, string Right)> Rows(IEnumerable<Symbol> symbols)
    {
        List<(string, string)> rows = [];
        foreach (Symbol symbol in symbols)
        {
            string left = symbol switch
            {
                Option option => string.Join(", ", NamesOf(option)) + (option.HelpName is { } name ? $" <{name}>" : "") + (option.Required ? " (REQUIRED)" : ""),
                Command command => command.Name + LabelsOf(command.Arguments, withDots: false),
                _ => $"<{((Argument)symbol).HelpName ?? symbol.Name}>",
            };
            string usually = symbol is Option { HasDefaultValue: true } one && one.ValueType != typeof(bool) ? $" [default: {one.GetDefaultValue()}]" : "";
            rows.Add((left, symbol.Description + usually));
        }
        return rows;
    }

    /// <summary>Without the names that begin with a slash, which are for other systems.</summary>
    private static List<string> NamesOf(Option option)
    {
        List<string> names = [option.Name];
        foreach (string alias in option.Aliases)
        {
            if (!alias.StartsWith('/'))
            {
                names.Add(alias);
            }
        }
        names.Sort(static (one, other) => string.CompareOrdinal(one.TrimStart('-'), other.TrimStart('-')));
        return names;
    }

    private static string LabelsOf(IList<Argument> arguments, bool withDots)
    {
        string labels = "";
        foreach (Argument argument in arguments)
        {
            string label = $"<{argument.Name}>{(withDots && argument.Arity.MaximumNumberOfValues > 1 ? "..." : "")}";
            labels += IsOthersCommand(argument) ? $" -- {label}" : argument.Arity.MinimumNumberOfValues == 0 ? $" [{label}]" : $" {label}";
        }
        return labels;
    }

    private static string Indented(string text, int width)
    {
        StringBuilder lines = new();
        foreach (string line in Wrapped(text, width - Indent.Length))
        {
            lines.Append(Indent).Append(line).Append('\n');
        }
        return lines.ToString();
    }

    private static string Columns(List<(string Left, string Right)> rows, int width)
    {
        int left = 0;
        int right = 0;
        foreach ((string one, string other) in rows)
        {
            left = Math.Max(left, one.Length);
            right = Math.Max(right, other.Length);
        }
        if (left + right + (2 * Indent.Length) > width)
        {
            int half = (width / 2) - Indent.Length;
            left = 0;
            foreach ((string one, _) in rows)
            {
                Wrapped(one, half).ForEach(part => left = Math.Max(left, part.Length));
            }
            right = width - left - (2 * Indent.Length);
        }
        StringBuilder lines = new();
        foreach ((string one, string other) in rows)
        {
            List<string> names = Wrapped(one, left);
            List<string> words = Wrapped(other, right);
            for (int i = 0; i < Math.Max(names.Count, words.Count); i++)
            {
                string name = i < names.Count ? names[i] : "";
                lines.Append(Indent).Append(i < words.Count ? name.PadRight(left) + Indent + words[i] : name).Append('\n');
            }
        }
        return lines.ToString();
    }

    /// <summary>The text's lines, each cut after the last space that is left of the edge.</summary>
    private static List<string> Wrapped(string text, int width)
    {
        List<string> lines = [];
        if (text.Length == 0)
        {
            return lines;
        }
        foreach (string line in text.Split('\n'))
        {
            string rest = line;
            while (rest.Length > width)
            {
                int space = rest.LastIndexOf(' ', width - 1);
                int length = space < 0 ? width : space + 1;
                lines.Add(rest[..length].TrimEnd());
                rest = rest[length..];
            }
            lines.Add(rest);
        }
        return lines;
    }
}
