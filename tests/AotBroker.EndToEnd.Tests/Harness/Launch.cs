namespace AotBroker.EndToEnd.Tests;

/// <summary>How a process is to be started. Its environment is the sandbox's and no more.</summary>
internal sealed record Launch(params string[] Arguments)
{
    /// <summary>The program: the broker unless told otherwise.</summary>
    public string Program { get; init; } = PublishedBinary.Path;

    /// <summary>Variables besides the sandbox's; null takes one away.</summary>
    public IReadOnlyDictionary<string, string?> Variables { get; init; } = new Dictionary<string, string?>();

    /// <summary>The shell's redirections, such as <c>&gt;&amp;-</c> for a closed standard output.</summary>
    public string Redirections { get; init; } = "";

    /// <summary>What the shell does before it becomes the program, such as <c>trap '' INT;</c>.</summary>
    public string Before { get; init; } = "";

    /// <summary>Wait there before the program begins; null to begin at once.</summary>
    public Gate? Gate { get; init; }
}
