using System.Globalization;
using System.Text;
using AotBroker.Arguments;
using AotBroker.Profiles;
using AotBroker.Runtime;

namespace AotBroker.Commands;

/// <summary>
/// What a shell's completion (<see cref="CompletionCommand"/>) offers for an unfinished line. The answer's first line
/// says what follows: <c>:words</c>, each with a tab and a description if it has one; or what the shell completes itself,
/// <c>:files</c>, <c>:directories</c>, or <c>:command N</c>, another program's command line after N words of this one.
/// </summary>
internal sealed class Suggestions
{
    private const string Directive = "[suggest]";
    private const string Words = ":words";

    private readonly ProcessEnvironment _environment;
    private readonly string _begun;
    private readonly List<(string Word, string About)> _found = [];

    private Suggestions(string begun, ProcessEnvironment environment)
    {
        _begun = begun;
        _environment = environment;
    }

    /// <summary>Whether a shell's completion asks.</summary>
    public static bool AreAsked(ReadOnlySpan<string> arguments) => arguments is [Directive, ..];

    /// <param name="words">The words after the program's name; the last, which may be empty, is completed.</param>
    /// <param name="environment">Where profiles are looked for.</param>
    public static byte[] Of(ReadOnlySpan<string> words, ProcessEnvironment environment)
    {
        Suggestions suggestions = new(words.IsEmpty ? "" : words[^1], environment);
        string directive = suggestions.Find(words.IsEmpty ? [] : words[..^1]);
        StringBuilder text = new(directive);
        text.Append('\n');
        if (directive == Words)
        {
            suggestions._found.Sort(static (one, other) => string.CompareOrdinal(one.Word, other.Word));
            foreach ((string word, string about) in suggestions._found)
            {
                if (word.StartsWith(suggestions._begun, StringComparison.Ordinal))
                {
                    text.Append(word).Append(about.Length > 0 ? "\t" : "").Append(about).Append('\n');
                }
            }
        }
        return Encoding.UTF8.GetBytes(text.ToString());
    }

    private string Find(ReadOnlySpan<string> before)
    {
        if (before.IsEmpty)
        {
            AddCommands();
            Add("--help", "Print the help");
            Add("--version", "Print the version");
            return Words;
        }
        if (CommandTable.Find(before[0]) is not { } row)
        {
            return Words;
        }
        List<string> used = [];
        bool hasEnded = false;
        int arguments = 0;
        for (int i = 1; i < before.Length; i++)
        {
            string word = before[i];
            if (!hasEnded && word.StartsWith('-') && word != "--")
            {
                int equals = word.IndexOf('=');
                string name = equals < 0 ? word : word[..equals];
                used.Add(name);
                if (equals >= 0 || row.Find(name) is not { Value: not Value.None } option)
                {
                    continue;
                }
                if (i + 1 == before.Length)
                {
                    return Values(option.Value, "");
                }
                i++;
                continue;
            }
            if (row.Argument is { Value: Value.Executable })
            {
                return CommandFrom(hasEnded || word != "--" ? i : i + 1);
            }
            hasEnded |= word == "--";
            arguments += word == "--" ? 0 : 1;
        }
        return hasEnded || !_begun.StartsWith('-') ? Argument(row, before.Length, arguments, used, hasEnded) : Option(row, used);
    }

    private static string CommandFrom(int words) => ":command " + words.ToString(CultureInfo.InvariantCulture);

    private string Argument(CommandRow row, int words, int given, List<string> used, bool hasEnded)
    {
        if (row.Argument is { Value: Value.Executable } && _begun.Length > 0)
        {
            return CommandFrom(words);
        }
        if (row.Argument is { Value: not (Value.ClientWords or Value.Executable) } argument && given == 0)
        {
            return Values(argument.Value, "");
        }
        return hasEnded ? Words : Option(row, used);
    }

    private string Option(CommandRow row, List<string> used)
    {
        int equals = _begun.IndexOf('=');
        if (equals > 0 && row.Find(_begun.AsSpan(0, equals)) is { Value: not Value.None } option)
        {
            return Values(option.Value, _begun[..(equals + 1)]);
        }
        foreach (Option one in Choices.Shown(row))
        {
            if (one.IsList || !used.Contains(one.Name))
            {
                Add(one.Name, one.About);
            }
        }
        Add("--help", "Print the help");
        if (row.Argument is { Value: Value.Executable })
        {
            Add("--", "The command follows");
        }
        return Words;
    }

    /// <param name="value">The kind of value.</param>
    /// <param name="before">What the word already begins with: the option's name and an equals sign.</param>
    private string Values(Value value, string before)
    {
        switch (value)
        {
            case Value.File:
                return before.Length > 0 ? Words : ":files";
            case Value.Directory:
                return before.Length > 0 ? Words : ":directories";
            case Value.Profile:
                AddProfiles(before);
                break;
            case Value.Handover:
                int colon = _begun.IndexOf(':', before.Length);
                if (colon < 0)
                {
                    AddProfiles(before);
                    break;
                }
                AddAll(_begun[..(colon + 1)], Choices.Of(value));
                break;
            case Value.Command:
                AddCommands();
                break;
            default:
                AddAll(before, Choices.Of(value));
                break;
        }
        return Words;
    }

    private void AddCommands()
    {
        foreach (string name in CommandTable.Names)
        {
            Add(name, CommandTable.Find(name)!.About);
        }
    }

    private void AddProfiles(string before)
    {
        foreach (ListedProfile profile in ProfileList.Of(_environment))
        {
            if (!profile.IsHidden)
            {
                Add(before + profile.Name, profile.Kind ?? "cannot be read");
            }
        }
    }

    private void AddAll(string before, string[] words)
    {
        foreach (string word in words)
        {
            Add(before + word, "");
        }
    }

    private void Add(string word, string about) => _found.Add((word, about));
}
