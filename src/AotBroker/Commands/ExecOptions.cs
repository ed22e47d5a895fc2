using AotBroker.Arguments;
using AotBroker.Brokering;

namespace AotBroker.Commands;

/// <summary>What `exec` was asked for.</summary>
internal sealed record ExecOptions
{
    public const string Verb = "exec";

    public string? Profile { get; init; }

    /// <summary>Each a profile, and after a colon how its credential is handed over; both as they were written.</summary>
    public IReadOnlyList<string> With { get; init; } = [];

    public bool KeepStaticKeys { get; init; }

    /// <summary>Renew the credential while the command runs, and remove it afterwards.</summary>
    public bool Refresh { get; init; } = true;

    public TimeSpan Timeout { get; init; } = Session.DefaultTimeout;

    /// <summary>How long to wait for a new identity token if the only one is spent.</summary>
    public TimeSpan Wait { get; init; }

    /// <summary>The command as text. Its bytes come from the kernel if it has them: they are the last arguments.</summary>
    public required string[] Command { get; init; }

    /// <summary>From arguments that have been checked.</summary>
    public static ExecOptions Of(CommandArguments arguments) => new()
    {
        Profile = arguments.Find(Options.ProfileOption),
        With = arguments.FindAll(Options.WithName),
        KeepStaticKeys = arguments.Has(Options.KeepStaticKeysName),
        Refresh = !arguments.Has(Options.NoRefreshName),
        Timeout = arguments.FindNumber(Options.TimeoutName) is { } seconds ? TimeSpan.FromSeconds(seconds) : Session.DefaultTimeout,
        Wait = TimeSpan.FromSeconds(arguments.FindNumber(Options.WaitName) ?? 0),
        Command = arguments.Words,
    };
}
