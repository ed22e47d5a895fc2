namespace AotBroker.EndToEnd.Tests;

/// <summary>Clients for Node.js.</summary>
internal static class NodeClient
{
    private static readonly Lazy<string> s_anthropic = new(static () => NpmFolder.Install("Anthropic/typescript", "ask.mjs"));
    private static readonly Lazy<string> s_google = new(static () => NpmFolder.Install("Google/nodejs", "ask.mjs"));

    /// <summary>Asks one question with the credentials that Anthropic's official SDK finds, and prints the answer.</summary>
    public static string Script => Path.Combine(s_anthropic.Value, "ask.mjs");

    /// <summary>Asks the address that it is given with the credentials that Google's library finds, and prints the answer.</summary>
    public static string GoogleScript => Path.Combine(s_google.Value, "ask.mjs");

    /// <summary>Node as it is found in PATH.</summary>
    public static string Node { get; } = Find("node");

    public static string Find(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':')
            .Select(directory => Path.Combine(directory, program))
            .FirstOrDefault(File.Exists)
        ?? throw new FileNotFoundException($"there is no {program} in PATH: run publish/prerequisites.sh test");
}
