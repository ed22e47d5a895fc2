namespace AotBroker.Errors;

/// <summary>
/// The program's only exception: thrown where the fact is known, caught at the edge, and printed as one line and its
/// hints. Neither the message nor a hint ever holds a secret or a file's content.
/// </summary>
internal sealed class BrokerException : Exception
{
    public BrokerException(ErrorCode code, string message, params IReadOnlyList<string> hints)
        : base(message)
    {
        Code = code;
        Hints = hints;
    }

    public ErrorCode Code { get; }

    /// <summary>What to do about it, most likely first.</summary>
    public IReadOnlyList<string> Hints { get; }

    /// <summary>1 internal, 2 usage, 3 profile, 4 identity, 5 exchange refused, 6 unreachable, 7 cache, lock or file system.</summary>
    public int ExitCode => (int)Code / 100;
}
