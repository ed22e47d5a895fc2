using System.CommandLine;
using System.Globalization;
using System.Text;
using AotBroker.Clients;

namespace AotBroker.Commands;

/// <summary>
/// What a shell's completion (<see cref="CompletionCommand"/>) offers for a line that has been begun. System.CommandLine's own
/// brings most of LINQ along, whose virtual generic methods need tables to make types at run time: 0.2 megabytes.
/// </summary>
internal static class Suggestions
{
    private const string Directive = "[suggest";

    /// <param name="arguments">`[suggest:POSITION] LINE`.</param>
    /// <param name="root">All commands.</param>
    /// <returns>A word a line; null where something else is asked for.</returns>
    public static byte[]? Of(string[] arguments, Command root)
    {
        if (arguments is not [{ } directive, ..] || !directive.StartsWith(Directive, StringComparison.Ordinal))
        {
            return null;
        }
        string line = arguments.Length > 1 ? arguments[1] : "";
        bool isCut = int.TryParse(directive.AsSpan(Directive.Length).Trim(":]"), NumberStyles.None, CultureInfo.InvariantCulture, out int position) && position < line.Length;
        List<string> words = For((isCut ? line[..position] : line).Split((char[]?)null), root);
        words.Sort(StringComparer.Ordinal);
        return Encoding.UTF8.GetBytes(string.Join('\n', words) + "\n");
    }

    /// <param name="words">The program, then what follows; the last, perhaps empty, is to be completed.</param>
    private static List<string> For(string[] words, Command command)
    {
        List<string> used = [];
        Option? open = null; // the option whose value comes next
        foreach (string word in words.AsSpan(1, Math.Max(words.Length - 2, 0)))
        {
            if (word == "--")
            {
                return [];
            }
            if (word.Length > 0 && open is null && !word.StartsWith('-') && Named(command, word) is { } below)
            {
                command = below;
            }
            else if (word.Length > 0)
            {
                open = open is null ? Option(command, word) : null;
                used.Add(word.Split('=')[0]);
            }
        }
        List<string> candidates = open is null ? Candidates(command, used) : [.. Values(open.Name)];
        return candidates.FindAll(word => word.StartsWith(words[^1], StringComparison.Ordinal));
    }

    private static List<string> Candidates(Command command, List<string> used)
    {
        List<string> candidates = [];
        foreach (Command below in command.Subcommands)
        {
            candidates.Add(below.Name);
        }
        foreach (Argument argument in command.Arguments)
        {
            candidates.AddRange(Values(argument.Name));
        }
        foreach (Option option in command.Options)
        {
            if (!used.Contains(option.Name))
            {
                candidates.Add(option.Name);
            }
        }
        return command is RootCommand ? candidates : [.. candidates, "--help"];
    }

    private static string[] Values(string name) => name switch
    {
        "--format" => [.. CredentialFormats.Offered()],
        "CLIENT" => ClientSetups.Names,
        "NAME" => SchemaCommand.Names,
        "SHELL" => CompletionCommand.Shells,
        _ => [],
    };

    private static Command? Named(Command command, string name)
    {
        foreach (Command below in command.Subcommands)
        {
            if (below.Name == name)
            {
                return below;
            }
        }
        return null;
    }

    /// <summary>The option that is called so, if it takes a value and has none yet.</summary>
    private static Option? Option(Command command, string name)
    {
        foreach (Option option in command.Options)
        {
            if (option.Name == name && option.Arity.MinimumNumberOfValues > 0)
            {
                return option;
            }
        }
        return null;
    }
}
