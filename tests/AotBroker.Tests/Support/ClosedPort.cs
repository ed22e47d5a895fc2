using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace AotBroker.Tests;

/// <summary>
/// A port of loopback at which nobody listens, and nobody else can: it is taken. One that was merely given back may be
/// another test's server by the time it is asked.
/// </summary>
internal sealed class ClosedPort : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

    public ClosedPort() => _socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));

    public string Authority => string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{((IPEndPoint)_socket.LocalEndPoint!).Port}");

    public string Url => "http://" + Authority;

    public void Dispose() => _socket.Dispose();
}
