using System.Buffers.Binary;
using System.Security.Cryptography;

namespace AotBroker.EndToEnd.Tests;

/// <summary>As much of the TLS of 1999 (RFC 2246) as it takes to be refused.</summary>
internal static class OldTls
{
    private const byte Alert = 21;
    private const byte Handshake = 22;
    private const byte Fatal = 2;
    private const byte ProtocolVersion = 70;

    /// <summary>What a client says that does not speak the version; without the record's version, which is the client's to choose.</summary>
    public static byte[] ProtocolVersionAlert { get; } = [Alert, Fatal, ProtocolVersion];

    /// <summary>Version 3.<paramref name="minor"/>: a ServerHello without extensions, and TLS_RSA_WITH_AES_128_CBC_SHA.</summary>
    public static byte[] ServerHello(byte minor)
    {
        byte[] hello = [3, minor, .. RandomNumberGenerator.GetBytes(32), 0, 0, 0x2F, 0];
        byte[] message = [2, 0, 0, (byte)hello.Length, .. hello];
        return [Handshake, 3, minor, 0, (byte)message.Length, .. message];
    }

    /// <summary>A record's type and content.</summary>
    public static async Task<byte[]> ReadRecordAsync(Stream stream, CancellationToken stop)
    {
        var head = new byte[5];
        await stream.ReadExactlyAsync(head, stop);
        var content = new byte[BinaryPrimitives.ReadUInt16BigEndian(head.AsSpan(3))];
        await stream.ReadExactlyAsync(content, stop);
        return [head[0], .. content];
    }
}
