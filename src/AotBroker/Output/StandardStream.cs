using AotBroker.Interop;

namespace AotBroker.Output;

/// <summary>Standard output or standard error, written without System.Console, which would cost a third of a hit.</summary>
internal sealed class StandardStream(int descriptor)
{
    public static StandardStream Out { get; } = new(1);

    public static StandardStream Error { get; } = new(2);

    public bool IsTerminal => Libc.IsATerminal(descriptor);

    /// <summary>Writes all of it.</summary>
    /// <returns>0, or the system's error number: the stream is closed, its reader is gone, the disk is full.</returns>
    public int Write(ReadOnlySpan<byte> data) => Libc.WriteAll(descriptor, data);
}
