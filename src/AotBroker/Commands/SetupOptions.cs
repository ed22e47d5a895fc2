namespace AotBroker.Commands;

/// <summary>What `setup` was asked for.</summary>
internal sealed class SetupOptions
{
    /// <summary>Null to list them.</summary>
    public required string? Client { get; init; }

    public string? Profile { get; init; }

    /// <summary>Instead of the client's own.</summary>
    public string? File { get; init; }

    /// <summary>Show what would be written, and write nothing.</summary>
    public bool Print { get; init; }

    public bool Json { get; init; }
}
