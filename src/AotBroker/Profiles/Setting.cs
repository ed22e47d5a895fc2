namespace AotBroker.Profiles;

/// <summary>A value, and where it came from: a file's path, a variable's name, or why it is what it is.</summary>
internal readonly record struct Setting(string? Value, string Origin)
{
    public static Setting Unset { get; }

    public bool IsSet => Value is not null;

    /// <summary>
    /// A file's value if it has one that is not empty, else a variable's, else none: the file wins, the environment fills
    /// gaps, as in Anthropic's Go, Python and TypeScript SDKs.
    /// </summary>
    public static Setting Fill(string? fileValue, string file, string variable, ProcessEnvironment environment)
    {
        if (!string.IsNullOrEmpty(fileValue))
        {
            return new Setting(fileValue, file);
        }
        return environment.Get(variable) is { } value ? new Setting(value, variable) : Unset;
    }
}
