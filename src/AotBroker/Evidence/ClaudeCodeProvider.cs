using AotBroker.Runtime;
using AotBroker.Settings;

namespace AotBroker.Evidence;

/// <summary>The variables that make Claude Code use another cloud, where Anthropic's credentials are of no use.</summary>
internal static class ClaudeCodeProvider
{
    /// <returns>The variable that is set, and the cloud it selects; null if none is set.</returns>
    public static (string Variable, string Cloud)? Of(ProcessEnvironment environment) =>
        IsOn(Variables.ClaudeCodeUseBedrock, environment) ? (Variables.ClaudeCodeUseBedrock, "Amazon Bedrock")
        : IsOn(Variables.ClaudeCodeUseVertex, environment) ? (Variables.ClaudeCodeUseVertex, "Google's Vertex AI")
        : IsOn(Variables.ClaudeCodeUseFoundry, environment) ? (Variables.ClaudeCodeUseFoundry, "Microsoft Foundry")
        : null;

    /// <summary>The warning for a user who expects it to use Anthropic's credential.</summary>
    public static string Describe((string Variable, string Cloud) chosen) => $"{chosen.Variable} is set: Claude Code uses {chosen.Cloud} instead of this credential";

    private static bool IsOn(string variable, ProcessEnvironment environment) =>
        environment.Get(variable)?.Trim().ToUpperInvariant() is "1" or "TRUE" or "YES" or "ON";
}
