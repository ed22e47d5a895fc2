using AotBroker.Errors;
using AotBroker.Interop;

namespace AotBroker.Reporting;

/// <summary>Standard output or standard error, written without System.Console, which would cost a third of a hit.</summary>
internal sealed class StandardStream(int descriptor)
{
    public static StandardStream Out { get; } = new(1);

    public static StandardStream Error { get; } = new(2);

    /// <summary>Whether standard output and standard error go to the same place, so that a reader of one reads both.</summary>
    public static bool AreOne => Libc.AreSameFile(1, 2);

    public bool IsTerminal => Libc.IsATerminal(descriptor);

    /// <summary>How many characters a line of the terminal has; null if it is not a terminal, or does not say.</summary>
    public int? Width => Libc.TerminalWidth(descriptor);

    /// <summary>Whether a line can be written now, or within the given time.</summary>
    public bool IsWritableWithin(TimeSpan limit) => Libc.IsWritable(descriptor, limit);

    /// <summary>Writes all of it.</summary>
    /// <returns>0, or the system's error number: the stream is closed, its reader is gone, the disk is full.</returns>
    public int Write(ReadOnlySpan<byte> data) => Libc.WriteAll(descriptor, data);

    /// <summary>Writes all of it.</summary>
    /// <exception cref="BrokerException"><see cref="ErrorCode.OutputFailed"/>.</exception>
    public void WriteOrThrow(ReadOnlySpan<byte> data)
    {
        int error = Write(data);
        if (error != 0)
        {
            throw new BrokerException(ErrorCode.OutputFailed, $"standard output could not be written: {Libc.Describe(error)}", "check that the program that reads it is still running");
        }
    }
}
