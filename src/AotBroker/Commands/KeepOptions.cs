using AotBroker.Brokering;
using AotBroker.Publishing;

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

    /// <summary>An open descriptor that gets a line when everything is ready; null for none.</summary>
    public int? ReadyDescriptor { get; init; }

    /// <summary>For the first credential.</summary>
    public TimeSpan Timeout { get; init; } = Session.DefaultTimeout;

    /// <summary>How long to wait for a new identity token if the only one is spent at the start. Later it tries again anyway.</summary>
    public TimeSpan Wait { get; init; }

    /// <summary>Ends when everything is ready; another process stays.</summary>
    public bool Detach { get; init; }

    /// <summary>This is that other process.</summary>
    public bool IsDetached { get; init; }

    /// <summary>Where that process writes its messages once its caller has gone; null to drop them.</summary>
    public string? LogFile { get; init; }

    public JobVariables HandOn { get; init; } = new();

    public bool Json { get; init; }

    public bool Verbose { get; init; }
}
