namespace AotBroker.EndToEnd.Tests;

/// <summary>The official TypeScript SDK.</summary>
internal static class NodeClient
{
    private static readonly Lazy<string> s_directory = new(static () => NpmFolder.Install("typescript", "ask.mjs"));

    /// <summary>Asks one question with the credentials that the SDK finds, and prints the answer.</summary>
    public static string Script => Path.Combine(s_directory.Value, "ask.mjs");

    /// <summary>Node as it is found in PATH.</summary>
    public static string Node { get; } = Find("node");

    public static string Find(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':')
            .Select(directory => Path.Combine(directory, program))
            .FirstOrDefault(File.Exists)
        ?? throw new FileNotFoundException($"there is no {program} in PATH: run publish/prerequisites.sh test");
}
