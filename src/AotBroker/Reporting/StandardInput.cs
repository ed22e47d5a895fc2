using AotBroker.Errors;
using AotBroker.Interop;

namespace AotBroker.Reporting;

/// <summary>Standard input as clients write it: bounded in size and in time, and read no further than needed.</summary>
internal sealed class StandardInput(int descriptor)
{
    private const int Limit = 128 * 1024;
    private static readonly TimeSpan LongestSilence = TimeSpan.FromSeconds(30);

    private byte[] _buffer = [];
    private int _start;
    private int _length;
    private bool _isAtEnd;

    /// <summary>Everything up to the end.</summary>
    /// <exception cref="BrokerException"><see cref="ErrorCode.Usage"/>: too much, too late, or unreadable.</exception>
    public ReadOnlySpan<byte> ReadAll()
    {
        while (Fill())
        {
        }
        return Taken(_length, 0);
    }

    /// <summary>The next line without its end; null at the end of the input.</summary>
    /// <exception cref="BrokerException">As above.</exception>
    public byte[]? ReadLine()
    {
        int searched = 0;
        while (true)
        {
            int end = _buffer.AsSpan(_start + searched, _length - searched).IndexOf((byte)'\n');
            if (end >= 0)
            {
                return Taken(searched + end, 1).ToArray();
            }
            searched = _length;
            if (!Fill())
            {
                return _length == 0 ? null : Taken(_length, 0).ToArray();
            }
        }
    }

    private ReadOnlySpan<byte> Taken(int length, int separator)
    {
        ReadOnlySpan<byte> taken = _buffer.AsSpan(_start, length);
        _start += length + separator;
        _length -= length + separator;
        return taken;
    }

    private bool Fill()
    {
        if (_isAtEnd)
        {
            return false;
        }
        if (_start + _length == _buffer.Length)
        {
            byte[] larger = _start > 0 ? _buffer : new byte[Math.Max(4096, _buffer.Length * 2)];
            Buffer.BlockCopy(_buffer, _start, larger, 0, _length);
            (_buffer, _start) = (larger, 0);
        }
        int count = -Libc.ErrorWouldBlock;
        while (count == -Libc.ErrorWouldBlock)
        {
            if (!Libc.IsReadable(descriptor, LongestSilence))
            {
                throw Wrong($"nothing arrived for {LongestSilence.TotalSeconds} s");
            }
            count = Libc.Read(descriptor, _buffer.AsSpan(_start + _length));
        }
        if (count < 0)
        {
            throw Wrong(Libc.Describe(-count));
        }
        _length += count;
        _isAtEnd = count == 0;
        return _length <= Limit ? !_isAtEnd : throw Wrong($"it has more than {Limit} bytes");
    }

    private static BrokerException Wrong(string reason) =>
        new(ErrorCode.Usage, $"standard input could not be read: {reason}", "this verb is for the client, which writes its request to standard input");
}
