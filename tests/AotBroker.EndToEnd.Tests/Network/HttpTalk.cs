using System.Net;
using System.Net.Sockets;
using System.Text;

namespace AotBroker.EndToEnd.Tests;

/// <summary>As much of HTTP as a test's own server needs.</summary>
internal static class HttpTalk
{
    /// <summary>The head of a request, and no octet of what follows it; empty where the client went away.</summary>
    public static async Task<string> ReadHeadAsync(Stream stream, CancellationToken stop)
    {
        List<byte> head = [];
        var octet = new byte[1];
        while (!Encoding.Latin1.GetString([.. head]).EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            if (await stream.ReadAsync(octet, stop) == 0)
            {
                return "";
            }

            head.Add(octet[0]);
        }

        return Encoding.Latin1.GetString([.. head]);
    }

    /// <summary>The value of a header; null where it is not there.</summary>
    public static string? Header(string head, string name) => head.Split("\r\n")
        .Where(line => line.StartsWith(name + ":", StringComparison.OrdinalIgnoreCase))
        .Select(line => line[(name.Length + 1)..].Trim())
        .SingleOrDefault();

    public static Task SayAsync(Stream stream, string text, CancellationToken stop) => stream.WriteAsync(Encoding.Latin1.GetBytes(text), stop).AsTask();

    /// <summary>Carries whatever comes to <c>ADDRESS:PORT</c>, and back, until one side ends.</summary>
    public static async Task TunnelAsync(Stream client, string authority, CancellationToken stop)
    {
        using var target = new TcpClient();
        await target.ConnectAsync(IPEndPoint.Parse(authority), stop);
        await using var server = target.GetStream();
        await Task.WhenAny(client.CopyToAsync(server, stop), server.CopyToAsync(client, stop));
    }
}
