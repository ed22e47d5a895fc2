using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Text;

namespace AotBroker.EndToEnd.Tests;

/// <summary>As much of a SOCKS proxy, 4, 4a and 5 (RFC 1928, 1929), as a tunnel takes.</summary>
internal sealed class Socks
{
    /// <summary>Who may use it; anybody where there is none.</summary>
    public (string User, string Password)? Login { get; init; }

    /// <summary>The version that was spoken, and where to.</summary>
    public ConcurrentQueue<(int Version, string Authority)> Requests { get; } = [];

    public async Task ServeAsync(Stream stream, CancellationToken stop)
    {
        int version = await OctetAsync(stream, stop);
        if ((version == 5 ? await Read5Async(stream, stop) : await Read4Async(stream, stop)) is { } authority)
        {
            Requests.Enqueue((version, authority));
            await stream.WriteAsync(version == 5 ? new byte[] { 5, 0, 0, 1, 0, 0, 0, 0, 0, 0 } : [0, 90, 0, 0, 0, 0, 0, 0], stop);
            await HttpTalk.TunnelAsync(stream, authority, stop);
        }
    }

    private static async Task<string?> Read4Async(Stream stream, CancellationToken stop)
    {
        var head = await OctetsAsync(stream, 7, stop);
        await TextAsync(stream, stop);
        var host = head[3..6] is [0, 0, 0] && head[6] != 0 ? await TextAsync(stream, stop) : new IPAddress(head.AsSpan(3, 4)).ToString();
        return Authority(host, head.AsSpan(1));
    }

    private async Task<string?> Read5Async(Stream stream, CancellationToken stop)
    {
        await OctetsAsync(stream, await OctetAsync(stream, stop), stop);
        await stream.WriteAsync(new byte[] { 5, (byte)(Login is null ? 0 : 2) }, stop);
        if (Login is { } login)
        {
            await OctetAsync(stream, stop);
            var user = Encoding.UTF8.GetString(await OctetsAsync(stream, await OctetAsync(stream, stop), stop));
            var password = Encoding.UTF8.GetString(await OctetsAsync(stream, await OctetAsync(stream, stop), stop));
            var isRight = (user, password) == login;
            await stream.WriteAsync(new byte[] { 1, (byte)(isRight ? 0 : 1) }, stop);
            if (!isRight)
            {
                return null;
            }
        }

        var head = await OctetsAsync(stream, 4, stop);
        var host = head[3] switch
        {
            1 => new IPAddress(await OctetsAsync(stream, 4, stop)).ToString(),
            4 => $"[{new IPAddress(await OctetsAsync(stream, 16, stop))}]",
            _ => Encoding.ASCII.GetString(await OctetsAsync(stream, await OctetAsync(stream, stop), stop)),
        };
        return Authority(host, await OctetsAsync(stream, 2, stop));
    }

    private static string Authority(string host, ReadOnlySpan<byte> port) =>
        $"{host}:{((port[0] << 8) | port[1]).ToString(CultureInfo.InvariantCulture)}";

    private static async Task<string> TextAsync(Stream stream, CancellationToken stop)
    {
        StringBuilder text = new();
        for (int octet; (octet = await OctetAsync(stream, stop)) != 0;)
        {
            text.Append((char)octet);
        }

        return text.ToString();
    }

    private static async Task<int> OctetAsync(Stream stream, CancellationToken stop) => (await OctetsAsync(stream, 1, stop))[0];

    private static async Task<byte[]> OctetsAsync(Stream stream, int count, CancellationToken stop)
    {
        var octets = new byte[count];
        await stream.ReadExactlyAsync(octets, stop);
        return octets;
    }
}
