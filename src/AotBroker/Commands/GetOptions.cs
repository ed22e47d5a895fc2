using AotBroker.Arguments;
using AotBroker.Clients;
using AotBroker.Errors;

namespace AotBroker.Commands;

/// <summary>What `get` was asked for.</summary>
internal sealed record GetOptions
{
    public const string Verb = "get";

    public string? Profile { get; init; }

    /// <summary>Null if it was not given: then the usual one for the credential's kind.</summary>
    public CredentialFormat? Format { get; init; }

    /// <summary>Seconds; null if it was not given.</summary>
    public long? MinimumLife { get; init; }

    public bool ForceRefresh { get; init; }

    /// <summary>Null if it was not given: then as long as the format's client waits.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>How long to wait for a new identity token if the only one is spent.</summary>
    public TimeSpan Wait { get; init; }

    public bool Verbose { get; init; }

    /// <summary>From arguments that have been checked.</summary>
    /// <exception cref="BrokerException"><see cref="ErrorCode.Usage"/>: there is no such format.</exception>
    public static GetOptions Of(CommandArguments arguments) => new()
    {
        Profile = arguments.Find(Options.ProfileOption),
        Format = arguments.Find(Options.FormatName) is { } format ? Choices.Format(format) : null,
        MinimumLife = arguments.FindNumber(Options.MinimumLifeName),
        ForceRefresh = arguments.Has(Options.ForceRefreshName),
        Timeout = arguments.FindNumber(Options.TimeoutName) is { } seconds ? TimeSpan.FromSeconds(seconds) : null,
        Wait = TimeSpan.FromSeconds(arguments.FindNumber(Options.WaitName) ?? 0),
        Verbose = arguments.Has(Options.VerboseName),
    };
}
