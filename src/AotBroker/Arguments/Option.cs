namespace AotBroker.Arguments;

/// <summary>A row of the table of options: parser, help, manual pages and completions go by it.</summary>
/// <param name="name">With its dashes.</param>
/// <param name="value">What it takes.</param>
/// <param name="valueName">What the help calls its value; empty if it takes none.</param>
/// <param name="about">What it does, a sentence without a full stop.</param>
internal sealed class Option(string name, Value value, string valueName, string about)
{
    /// <summary>An option that takes no value.</summary>
    public Option(string name, string about)
        : this(name, Value.None, "", about)
    {
    }

    public string Name { get; } = name;

    public Value Value { get; } = value;

    public string ValueName { get; } = valueName;

    public string About { get; } = about;

    public bool IsRequired { get; init; }

    /// <summary>It may be given several times; any other option, once.</summary>
    public bool IsList { get; init; }

    /// <summary>Internal: it is not in the help and not in completions.</summary>
    public bool IsHidden { get; init; }

    /// <summary>The default; empty if that needs no explanation.</summary>
    public string Default { get; init; } = "";

    /// <summary>What a number counts.</summary>
    public string Unit { get; init; } = "";

    /// <summary>The smallest number.</summary>
    public long Least { get; init; }

    /// <summary>The largest number.</summary>
    public long Most { get; init; } = long.MaxValue;
}
