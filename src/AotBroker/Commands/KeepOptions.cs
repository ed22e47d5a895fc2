using AotBroker.Brokering;

namespace AotBroker.Commands;

/// <summary>What `keep` was asked for.</summary>
internal sealed record KeepOptions
{
    public const string Verb = "keep";

    public string? Profile { get; init; }

    /// <summary>Where to publish.</summary>
    public required string Directory { get; init; }

    /// <summary>It ends when this process has ended; null for none.</summary>
    public int? WatchedProcess { get; init; }

    /// <summary>An open descriptor that is told when everything is there; null for none.</summary>
    public int? ReadyDescriptor { get; init; }

    /// <summary>For the first credential.</summary>
    public TimeSpan Timeout { get; init; } = Session.DefaultTimeout;

    /// <summary>For another identity token, where the only one is spent when it starts. Later on it tries again anyway.</summary>
    public TimeSpan Wait { get; init; }

    public bool Json { get; init; }
}
