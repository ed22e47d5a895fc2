using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace AotBroker.EndToEnd.Tests;

/// <summary>A port of this machine, each of whose connections is served by a test's own hand.</summary>
internal sealed class Server : IAsyncDisposable
{
    private readonly TcpListener _listener;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Func<Stream, CancellationToken, Task> _serve;
    private readonly Task _accepting;
    private int _connections;

    /// <param name="serve">Serves one connection; it is closed afterwards, and what goes wrong with it is the client's to tell.</param>
    /// <param name="address">One of this machine; 127.0.0.1 where there is none.</param>
    public Server(Func<Stream, CancellationToken, Task> serve, string? address = null)
    {
        _serve = serve;
        _listener = new TcpListener(IPAddress.Parse(address ?? "127.0.0.1"), 0);
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary><c>ADDRESS:PORT</c></summary>
    public string Authority => _listener.LocalEndpoint.ToString()!;

    /// <summary>How many there have been.</summary>
    public int Connections => Volatile.Read(ref _connections);

    /// <summary>TLS with this certificate, and what is served behind it.</summary>
    public static Func<Stream, CancellationToken, Task> Tls(X509Certificate2 certificate, Func<Stream, CancellationToken, Task> serve) => async (stream, stop) =>
    {
        await using var tls = new SslStream(stream);
        await tls.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = certificate }, stop);
        await serve(tls, stop);
        await tls.ShutdownAsync();
    };

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        _listener.Stop();
        await _accepting;
        _stopping.Dispose();
    }

    private async Task AcceptAsync()
    {
        List<Task> served = [];
        try
        {
            while (true)
            {
                var client = await _listener.AcceptTcpClientAsync(_stopping.Token);
                Interlocked.Increment(ref _connections);
                served.Add(ServeAsync(client));
            }
        }
        catch (Exception error) when (error is OperationCanceledException or SocketException)
        {
            await Task.WhenAll(served);
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        {
            try
            {
                await _serve(client.GetStream(), _stopping.Token);
            }
            catch (Exception error) when (error is IOException or AuthenticationException or OperationCanceledException or SocketException)
            {
                // The client went away, or did not like the certificate.
            }
        }
    }
}
