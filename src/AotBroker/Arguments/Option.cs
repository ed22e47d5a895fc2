namespace AotBroker.Arguments;

/// <summary>A row of the table of options: parser, help, manual pages and completions go by it.</summary>
/// <param name="name">With its dashes.</param>
/// <param name="value">What it takes.</param>
/// <param name="valueName">How the help calls what it takes; empty where it takes nothing.</param>
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

    /// <summary>Not for people: it is in no help and no completion.</summary>
    public bool IsHidden { get; init; }

    /// <summary>What holds where it is not given; empty where that needs no word.</summary>
    public string Default { get; init; } = "";

    /// <summary>What a number counts.</summary>
    public string Unit { get; init; } = "";

    /// <summary>The smallest number.</summary>
    public long Least { get; init; }

    /// <summary>The largest number.</summary>
    public long Most { get; init; } = long.MaxValue;
}
