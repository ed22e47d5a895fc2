using Microsoft.Extensions.Logging;

namespace AotBroker.Reporting;

/// <summary>What is logged with --verbose or AOTBROKER_LOG=debug. Never a secret: tokens are named by the start of their digest.</summary>
internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Debug, "profile {Profile} (selected by {Reason}); identity from {Origin}")]
    public static partial void ProfileResolved(this ILogger log, string profile, string reason, string origin);

    [LoggerMessage(2, LogLevel.Debug, "another process exchanges for {Entry}; waiting for it")]
    public static partial void WaitsForLeader(this ILogger log, string entry);

    [LoggerMessage(3, LogLevel.Debug, "waited {Milliseconds} ms; served from the cache")]
    public static partial void Shared(this ILogger log, long milliseconds);

    [LoggerMessage(4, LogLevel.Debug, "presenting the {Kind} token {Digest} from {Source} to {Endpoint}, attempt {Attempt}")]
    public static partial void Presents(this ILogger log, string kind, string digest, string source, string endpoint, int attempt);

    [LoggerMessage(5, LogLevel.Debug, "exchanged in {Milliseconds} ms (request {RequestId}); good for {Lifetime} s")]
    public static partial void Exchanged(this ILogger log, long milliseconds, string? requestId, long lifetime);

    [LoggerMessage(6, LogLevel.Debug, "attempt {Attempt} failed: {Reason}")]
    public static partial void AttemptFailed(this ILogger log, int attempt, string reason);

    [LoggerMessage(8, LogLevel.Debug, "asking the platform for a new token, because {Reason}")]
    public static partial void MintsInstead(this ILogger log, string reason);

    [LoggerMessage(7, LogLevel.Debug, "published to {Directory}")]
    public static partial void Published(this ILogger log, string directory);
}

/// <summary>Log lines on standard error.</summary>
internal sealed class StandardErrorLogger(Reporter reporter, bool isEnabled) : ILogger
{
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => isEnabled;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        reporter.Note(formatter(state, exception));
}
