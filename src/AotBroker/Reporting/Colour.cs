using AotBroker.Runtime;

namespace AotBroker.Reporting;

/// <summary>Colours, for terminals that support them and people who want them.</summary>
internal static class Colour
{
    public const string Red = "31";
    public const string Green = "32";
    public const string Yellow = "33";

    /// <summary>Whether a stream takes escape sequences. NO_COLOR counts if it is set, even if it is empty.</summary>
    public static bool IsFor(StandardStream stream, ProcessEnvironment environment) =>
        environment.Get("NO_COLOR") is null && environment.Get("TERM") != "dumb" && stream.IsTerminal;

    /// <param name="text">What is coloured.</param>
    /// <param name="colour">One of those here.</param>
    public static string In(string text, string colour) => $"\e[{colour}m{text}\e[0m";
}
