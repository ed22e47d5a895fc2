using System.Net;
using System.Net.Sockets;

namespace LocalTokenEndpoint;

/// <summary>Answers for a few names on a UDP port: enough for a container that has a <c>resolv.conf</c> and no more.</summary>
public sealed class DnsResponder : IAsyncDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private readonly Socket _socket;
    private readonly HashSet<string> _names;
    private readonly Task _answering;

    private DnsResponder(Socket socket, IEnumerable<string> names)
    {
        _socket = socket;
        _names = new HashSet<string>(names, StringComparer.OrdinalIgnoreCase);
        _answering = AnswerAsync();
    }

    /// <summary>Where it listens, with the port that the system chose where 0 was asked for.</summary>
    public IPEndPoint Address => (IPEndPoint)_socket.LocalEndPoint!;

    /// <summary>Answers A with 127.0.0.1 for the names, and NXDOMAIN for all others.</summary>
    public static DnsResponder Start(IPEndPoint address, IEnumerable<string> names)
    {
        ArgumentNullException.ThrowIfNull(address);
        var socket = new Socket(address.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        try
        {
            socket.Bind(address);
            return new DnsResponder(socket, names);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _answering.ConfigureAwait(false);
        _socket.Dispose();
        _stopping.Dispose();
    }

    private async Task AnswerAsync()
    {
        var buffer = new byte[1500];
        var anybody = new IPEndPoint(
            _socket.AddressFamily == AddressFamily.InterNetwork ? IPAddress.Any : IPAddress.IPv6Any, 0);
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                var received = await _socket.ReceiveFromAsync(buffer, SocketFlags.None, anybody, _stopping.Token)
                    .ConfigureAwait(false);
                var query = buffer.AsSpan(0, received.ReceivedBytes);
                if (DnsMessage.Answer(query, _names, IPAddress.Loopback) is { } answer)
                {
                    await _socket.SendToAsync(answer, SocketFlags.None, received.RemoteEndPoint, _stopping.Token)
                        .ConfigureAwait(false);
                }
            }
            catch (SocketException)
            {
                // A client that closed its socket before the answer came is reported at the next receive, which it does not
                // concern.
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }
}
