using AotBroker.Interop;
using AotBroker.Runtime;

namespace AotBroker.Identity;

/// <summary>How a command ended.</summary>
internal enum CommandEnd
{
    /// <summary>It was not started; there is an error number.</summary>
    NotStarted,

    /// <summary>By itself; there is an exit code.</summary>
    Exited,

    /// <summary>It was ended, with its group, at the deadline.</summary>
    TimedOut,

    /// <summary>It was ended, with its group, because it wrote too much.</summary>
    TooMuch,
}

/// <summary>What became of a command.</summary>
/// <param name="End">How it ended.</param>
/// <param name="Code">The error number, or the exit code; the negated number of a signal that ended it.</param>
/// <param name="Output">What it wrote to its standard output.</param>
/// <param name="Complaint">The beginning of what it wrote to its standard error.</param>
internal sealed record CommandOutcome(CommandEnd End, int Code, byte[] Output, byte[] Complaint);

/// <summary>
/// Runs a program for what it prints: without a shell, with nothing to read, in a session of its own, until a deadline, and
/// up to a size. What it leaves running in the background is not waited for. If this process ends before it, so does all
/// of its group.
/// </summary>
internal sealed class BoundedCommand
{
    private const int MostOutput = IdentityToken.LongestToken + 1024; // Room for white space around a token of the largest size.
    private const int MostComplaint = 2048;

    // Where the system cannot tell a process's end by a descriptor, it is looked at now and then.
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan LongestSleep = TimeSpan.FromSeconds(1);

    private readonly byte[] _output = new byte[MostOutput + 1];
    private readonly byte[] _complaint = new byte[MostComplaint];
    private int _outputLength;
    private int _complaintLength;
    private int _outputEnd = -1;
    private int _errorEnd = -1;
    private int _input = -1;
    private int _hold = -1;

    /// <summary>Runs the program to its end, or ends it.</summary>
    /// <param name="program">Its path.</param>
    /// <param name="arguments">With its name first.</param>
    /// <param name="variables">Each as NAME=VALUE; null for this process's.</param>
    /// <param name="deadline">The end.</param>
    public static CommandOutcome Run(string program, IReadOnlyList<string> arguments, IReadOnlyList<string>? variables, Deadline deadline) =>
        new BoundedCommand().RunOnce(program, arguments, variables, deadline);

    private CommandOutcome RunOnce(string program, IReadOnlyList<string> arguments, IReadOnlyList<string>? variables, Deadline deadline)
    {
        int error = Start(program, arguments, variables, out int process);
        if (error != 0)
        {
            CloseAll();
            return new CommandOutcome(CommandEnd.NotStarted, error, [], []);
        }
        int ending = Libc.OpenProcess(process);
        try
        {
            return Follow(process, ending, deadline);
        }
        finally
        {
            if (ending >= 0)
            {
                Libc.Close(ending);
            }
            CloseAll();
        }
    }

    private int Start(string program, IReadOnlyList<string> arguments, IReadOnlyList<string>? variables, out int process)
    {
        process = 0;
        // An image need not have a /dev/null.
        int error = Libc.MakeTether(out _input, out _hold);
        int output = -1;
        int errors = -1;
        error = error != 0 ? error : Libc.MakePrivatePipe(out _outputEnd, out output);
        error = error != 0 ? error : Libc.MakePrivatePipe(out _errorEnd, out errors);
        error = error != 0 ? error : Libc.StartCommand(program, arguments, variables, (_input, output, errors), out process);
        if (error == 0)
        {
            Libc.Tether(_input, process);
        }
        CloseOpen(output);
        CloseOpen(errors);
        return error;
    }

    private CommandOutcome Follow(int process, int ending, Deadline deadline)
    {
        while (true)
        {
            TimeSpan limit = deadline.AtMost(ending >= 0 ? LongestSleep : Glance);
            Read(limit, ending);
            if (Libc.TryWaitForChild(process, out int exitCode))
            {
                while (Read(TimeSpan.Zero, -1))
                {
                    // What it wrote before its end is in the pipes.
                }
                return Outcome(_outputLength > MostOutput ? CommandEnd.TooMuch : CommandEnd.Exited, exitCode);
            }
            if (_outputLength > MostOutput || deadline.HasPassed)
            {
                Libc.KillGroup(process);
                _ = Libc.WaitForChild(process);
                return Outcome(_outputLength > MostOutput ? CommandEnd.TooMuch : CommandEnd.TimedOut, 0);
            }
        }
    }

    private CommandOutcome Outcome(CommandEnd end, int code) =>
        new(end, code, _output[.._outputLength], _complaint[.._complaintLength]);

    /// <returns>Whether anything was read.</returns>
    private bool Read(TimeSpan limit, int ending)
    {
        Span<bool> ready = stackalloc bool[3];
        bool isFull = _outputLength > MostOutput;
        Libc.WaitForAny([isFull ? -1 : _outputEnd, _errorEnd, ending], ready, limit);
        bool hasRead = false;
        if (ready[0])
        {
            hasRead |= ReadInto(_output, ref _outputLength, ref _outputEnd);
        }
        if (ready[1])
        {
            hasRead |= ReadInto(_complaint, ref _complaintLength, ref _errorEnd);
        }
        return hasRead;
    }

    private static bool ReadInto(byte[] buffer, ref int length, ref int descriptor)
    {
        Span<byte> dropped = stackalloc byte[512];
        bool isFull = length == buffer.Length;
        int count = Libc.Read(descriptor, isFull ? dropped : buffer.AsSpan(length));
        if (count <= 0)
        {
            CloseOpen(descriptor);
            descriptor = -1;
            return false;
        }
        length += isFull ? 0 : count;
        return true;
    }

    private void CloseAll()
    {
        Libc.Untether(_input); // What it leaves running is its own affair.
        CloseOpen(_hold);
        CloseOpen(_input);
        CloseOpen(_outputEnd);
        CloseOpen(_errorEnd);
        _input = _hold = _outputEnd = _errorEnd = -1;
    }

    private static void CloseOpen(int descriptor)
    {
        if (descriptor >= 0)
        {
            Libc.Close(descriptor);
        }
    }
}
