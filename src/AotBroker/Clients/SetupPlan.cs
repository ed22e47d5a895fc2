using AotBroker.Clients.Editing;

namespace AotBroker.Clients;

/// <summary>What a client's configuration needs so that the client asks the broker.</summary>
internal sealed class SetupPlan
{
    /// <summary>The file, an absolute path.</summary>
    public required string File { get; init; }

    /// <summary>What a person pastes there: lines with their ends.</summary>
    public required string Lines { get; init; }

    /// <summary>Puts it into what the file holds: octets as <see cref="OctetText"/> has them, none if there is no file.</summary>
    public required Func<string, FileEdit> Edit { get; init; }

    /// <summary>A command of the client's own that does the same, for a file that is left as it is; null if there is none.</summary>
    public string? Otherwise { get; init; }

    /// <summary>What is left for the person to do.</summary>
    public IReadOnlyList<string> Next { get; init; } = [];
}
