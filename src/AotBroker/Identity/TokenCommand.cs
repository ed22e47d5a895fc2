using System.Text;
using AotBroker.Errors;
using AotBroker.Interop;
using AotBroker.Runtime;
using AotBroker.Settings;

namespace AotBroker.Identity;

/// <summary>A program that prints an identity token: how it is run, and what its failures mean.</summary>
/// <param name="name">It in words: "the command get-token".</param>
/// <param name="arguments">With the program's name or path first.</param>
/// <param name="environment">Where PATH is.</param>
internal sealed class TokenCommand(string name, IReadOnlyList<string> arguments, ProcessEnvironment environment)
{
    /// <summary>The variables that it gets, each as NAME=VALUE; null for all of this process's.</summary>
    public IReadOnlyList<string>? Variables { get; init; }

    /// <summary>How long it may take.</summary>
    public TimeSpan Limit { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>What to do where it is not there.</summary>
    public string HintWhereMissing { get; init; } =
        "check the name, and that it is in PATH; it is run without a shell, with each argument as an element of its own (and a script needs its interpreter)";

    /// <summary>What to do where it fails.</summary>
    public string HintWhereFailed { get; init; } =
        "run it by hand; it gets no shell, and only the variables PATH, HOME and those that identity.environment names";

    /// <exception cref="BrokerException">It cannot be run, fails, or prints no token (AB0403 to AB0405, AB0413).</exception>
    public IdentityToken GetToken(Deadline deadline)
    {
        int error = Libc.FindProgram(arguments[0], environment.Get("PATH"), out string program);
        if (error != 0)
        {
            throw NotRun(error);
        }
        TimeSpan limit = deadline.AtMost(Limit);
        CommandOutcome outcome = BoundedCommand.Run(program, arguments, Variables, Deadline.After(limit, environment.Clock));
        return outcome.End switch
        {
            CommandEnd.NotStarted => throw NotRun(outcome.Code),
            CommandEnd.TimedOut => throw Failed($"did not end within {limit.TotalSeconds:0.###} s, and was ended", outcome, "it cannot prompt, as it has no terminal and no input; raise identity.timeout_seconds, or --timeout, if it needs more time"),
            CommandEnd.TooMuch => throw new BrokerException(
                ErrorCode.IdentityTooLarge,
                $"{name} printed more than the {IdentityToken.LongestToken / 1024} KiB that an identity token may have",
                "it must print only the token to standard output; everything else belongs on standard error"),
            _ when outcome.Code != 0 => throw Failed(
                outcome.Code > 0 ? $"failed with exit code {outcome.Code}" : $"was ended by signal {-outcome.Code}",
                outcome,
                HintWhereFailed),
            _ => IdentityToken.Parse(Encoding.Latin1.GetString(outcome.Output), name),
        };
    }

    private BrokerException NotRun(int error) => new(
        ErrorCode.IdentityCommandFailed,
        $"cannot run {name}: {Libc.Describe(error)}",
        error == Libc.ErrorNoEntry
            ? HintWhereMissing
            : "check that it is a program, or a script with a `#!` line, and that its mode allows running it");

    private BrokerException Failed(string what, CommandOutcome outcome, string hint) => new(
        ErrorCode.IdentityCommandFailed,
        $"{name} {what}",
        Said(outcome.Complaint) is { } said ? [$"it said: {said}", hint] : [hint]);

    /// <summary>One line of what it complained, without what looks like a secret.</summary>
    private static string? Said(byte[] complaint)
    {
        string text = string.Join(" / ", Encoding.UTF8.GetString(complaint).Split(['\r', '\n'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
        return text.Length == 0 ? null : Redaction.WithoutSecrets(text);
    }
}
