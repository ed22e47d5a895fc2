namespace AotBroker.Commands;

/// <summary>What `identity` was asked for.</summary>
internal sealed record IdentityOptions
{
    public string? Profile { get; init; }

    public bool Json { get; init; }

    /// <summary>The token itself: alone, or as a member of the JSON.</summary>
    public bool PrintToken { get; init; }

    /// <summary>On a terminal too.</summary>
    public bool Force { get; init; }
}
