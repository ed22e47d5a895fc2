namespace AotBroker.EndToEnd.Tests;

/// <summary>A test that runs a program that not every machine has; skipped where it is missing.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class ToolFactAttribute : FactAttribute
{
    /// <param name="programs">Their names, separated by blanks.</param>
    public ToolFactAttribute(string programs)
    {
        if (Array.Find(programs.Split(' '), name => !IsThere(name)) is { } missing)
        {
            Skip = $"there is no {missing}";
        }
    }

    public static bool IsThere(string program) =>
        Array.Exists((Environment.GetEnvironmentVariable("PATH") ?? "").Split(':'), directory => File.Exists(Path.Combine(directory, program)));
}
