namespace AotBroker.Arguments;

/// <summary>A row of the table of commands: what it is called, what it takes, and what its help says.</summary>
/// <param name="name">The first word of the command line.</param>
/// <param name="about">What it does, a sentence without a full stop that fits beside the name in 80 columns.</param>
/// <param name="options">In the order of the help.</param>
internal sealed class CommandRow(string name, string about, params Option[] options)
{
    public string Name { get; } = name;

    public string About { get; } = about;

    public Option[] Options { get; } = options;

    /// <summary>What else its help says; empty for nothing.</summary>
    public string More { get; init; } = "";

    /// <summary>Its argument; null for none. No command has more than one.</summary>
    public Argument? Argument { get; init; }

    /// <summary>Two options that exclude each other; null for none.</summary>
    public (string One, string Other)? Exclusive { get; init; }

    /// <summary>Lines to be typed.</summary>
    public string[] Examples { get; init; } = [];

    /// <summary>A command that clients call as their helper: it takes their words, with two options of its own among them.</summary>
    /// <param name="name">The protocol's name.</param>
    /// <param name="about">What calls it, and how.</param>
    /// <param name="areJoined">The options come from several places, so each may occur several times.</param>
    public static CommandRow OfHelper(string name, string about, bool areJoined = false) => new(name, about, Arguments.Options.OfHelpers(areJoined))
    {
        Argument = new("VERB", Value.ClientWords, "What the client passes", IsRequired: false),
    };

    /// <summary>The option of that name; null if it has none.</summary>
    public Option? Find(ReadOnlySpan<char> option)
    {
        foreach (Option one in Options)
        {
            if (option.SequenceEqual(one.Name))
            {
                return one;
            }
        }
        return null;
    }
}

/// <summary>A command's argument.</summary>
/// <param name="Name">In capitals, as in the help.</param>
/// <param name="Value">What it is.</param>
/// <param name="About">What it does.</param>
/// <param name="IsRequired">It must be given.</param>
internal sealed record Argument(string Name, Value Value, string About, bool IsRequired = true);
