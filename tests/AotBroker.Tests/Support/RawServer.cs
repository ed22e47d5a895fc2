using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace AotBroker.Tests;

/// <summary>A server that keeps each request as it came, to the octet, and answers whatever a test wants.</summary>
internal sealed class RawServer : IDisposable
{
    private readonly Socket _listener;
    private readonly Func<string, byte[]?>? _answer;
    private readonly ManualResetEventSlim _isOver = new();
    private readonly Thread _thread;
    private readonly List<string> _requests = [];

    /// <param name="answer">From the request to the answer's octets; null to close the connection without one. Without it nothing is ever answered.</param>
    /// <param name="socket">The path of a Unix socket to listen at; null for a port of loopback.</param>
    public RawServer(Func<string, byte[]?>? answer, string? socket = null)
    {
        _answer = answer;
        _listener = socket is null ? new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) : new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        _listener.Bind(socket is null ? new IPEndPoint(IPAddress.Loopback, 0) : new UnixDomainSocketEndPoint(socket));
        _listener.Listen();
        _thread = new Thread(Serve) { IsBackground = true };
        _thread.Start();
    }

    public RawServer(byte[] answer)
        : this(_ => answer)
    {
    }

    /// <summary>One that takes a request and says nothing until it is disposed of.</summary>
    public static RawServer Silent(string? socket = null) => new(null, socket);

    public int Port => ((IPEndPoint)_listener.LocalEndPoint!).Port;

    public string Url => $"http://127.0.0.1:{Port}";

    public IReadOnlyList<string> Requests
    {
        get
        {
            lock (_requests)
            {
                return [.. _requests];
            }
        }
    }

    public static byte[] Answer(int status, string body, params IEnumerable<string> headers) => Encoding.UTF8.GetBytes(
        string.Create(CultureInfo.InvariantCulture, $"HTTP/1.1 {status} X\r\nContent-Type: application/json\r\nContent-Length: {Encoding.UTF8.GetByteCount(body)}\r\n")
        + string.Concat(headers.Select(static header => header + "\r\n")) + "\r\n" + body);

    private void Serve()
    {
        while (true)
        {
            try
            {
                using Socket socket = _listener.Accept();
                Handle(socket);
            }
            catch (Exception error) when (error is SocketException or InvalidOperationException)
            {
                return; // The listener was stopped.
            }
        }
    }

    private void Handle(Socket socket)
    {
        try
        {
            string request = Read(socket);
            lock (_requests)
            {
                _requests.Add(request);
            }
            if (_answer is null)
            {
                _isOver.Wait();
            }
            else if (_answer(request) is { } answer)
            {
                socket.Send(answer);
            }
            socket.Shutdown(SocketShutdown.Send);
        }
        catch (SocketException)
        {
            // The client went away.
        }
    }

    private static string Read(Socket socket)
    {
        List<byte> octets = [];
        byte[] buffer = new byte[64 * 1024];
        while (true)
        {
            string text = Encoding.Latin1.GetString([.. octets]);
            int end = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
            if (end >= 0 && octets.Count >= end + 4 + ContentLength(text[..end]))
            {
                return text;
            }
            int count = socket.Receive(buffer);
            if (count == 0)
            {
                return text;
            }
            octets.AddRange(buffer.AsSpan(0, count));
        }
    }

    private static int ContentLength(string head)
    {
        const string Name = "\r\nContent-Length: ";
        int at = head.IndexOf(Name, StringComparison.OrdinalIgnoreCase);
        return at < 0 ? 0 : int.Parse(head[(at + Name.Length)..].Split("\r\n")[0], CultureInfo.InvariantCulture);
    }

    public void Dispose()
    {
        _isOver.Set();
        _listener.Dispose();
        _thread.Join();
        _isOver.Dispose();
    }
}
