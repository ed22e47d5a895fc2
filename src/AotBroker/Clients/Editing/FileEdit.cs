namespace AotBroker.Clients.Editing;

/// <summary>What a file's content becomes, or why it is left as it is.</summary>
/// <param name="Text">The whole new content; null if nothing is written.</param>
/// <param name="Refusal">Why not, and what to do about it; null if something is written.</param>
internal readonly record struct FileEdit(string? Text, string? Refusal)
{
    public static FileEdit To(string text) => new(text, null);

    public static FileEdit Refused(string reason) => new(null, reason);

    /// <summary>The file could not be parsed, so it must not be changed.</summary>
    /// <param name="line">The line, from 0.</param>
    /// <param name="what">What is wrong with it. The line itself is not shown: it may be a secret.</param>
    public static FileEdit NotUnderstood(int line, string what) => Refused($"its line {line + 1} {what}");
}
