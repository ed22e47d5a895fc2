namespace AotBroker.Clients;

/// <summary>What a client's configuration needs so that the client asks the broker.</summary>
internal sealed class ClientSetup
{
    /// <summary>The file, an absolute path.</summary>
    public required string File { get; init; }

    /// <summary>What a person pastes there: lines with their ends.</summary>
    public required string Lines { get; init; }

    /// <summary>Puts it into what the file holds: octets as <see cref="OctetText"/> has them, none where there is no file.</summary>
    public required Func<string, FileEdit> Edit { get; init; }

    /// <summary>A command of the client's own that does the same, for where the file is left as it is; null where there is none.</summary>
    public string? Otherwise { get; init; }

    /// <summary>What is left for the person to do.</summary>
    public IReadOnlyList<string> Next { get; init; } = [];
}

/// <summary>What a file's content becomes, or why it is left as it is.</summary>
/// <param name="Text">The whole new content; null where nothing is written.</param>
/// <param name="Refusal">Why not, and what to do about it; null where something is.</param>
internal readonly record struct FileEdit(string? Text, string? Refusal)
{
    public static FileEdit To(string text) => new(text, null);

    public static FileEdit Refused(string reason) => new(null, reason);

    /// <summary>The file is none that is understood, so it must not be changed.</summary>
    /// <param name="line">The line, from 0.</param>
    /// <param name="what">What is wrong with it. The line itself is not shown: it may be a secret.</param>
    public static FileEdit NotUnderstood(int line, string what) => Refused($"its line {line + 1} {what}");
}
