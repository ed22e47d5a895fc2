using System.Net;
using System.Net.Sockets;
using System.Text;

namespace AotBroker.EndToEnd.Tests;

/// <summary>
/// A token endpoint that sends one answer too many: after the 503 to the first request comes a credential on the same
/// connection. Whoever took it for the answer to the next request would serve somebody else's credential from then on.
/// </summary>
internal sealed class DesynchronisedEndpoint : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stopping = new();
    private readonly string _name = Path.GetRandomFileName().Replace(".", "", StringComparison.Ordinal);
    private readonly Task _serving;
    private int _requests;

    public DesynchronisedEndpoint()
    {
        _listener.Start();
        _serving = ServeAsync();
    }

    public string Url => $"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}";

    /// <summary>How many tokens were presented.</summary>
    public int Requests => Volatile.Read(ref _requests);

    /// <summary>The credential that the request's token is given; 0 for the one that nobody asked for.</summary>
    public string AnswerOf(int request) => $"sk-ant-oat01-{_name}-{request}";

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        _listener.Stop();
        await _serving;
        _stopping.Dispose();
    }

    private async Task ServeAsync()
    {
        List<Task> connections = [];
        try
        {
            while (true)
            {
                connections.Add(AnswerAsync(await _listener.AcceptTcpClientAsync(_stopping.Token)));
            }
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(connections);
        }
    }

    private async Task AnswerAsync(TcpClient client)
    {
        try
        {
            using (client)
            {
                var stream = client.GetStream();
                while (await IsRequestReadAsync(stream))
                {
                    var request = Interlocked.Increment(ref _requests);
                    var answer = request == 1 ? Http("503 Service Unavailable", "{}") + Granted(0) : Granted(request);
                    await stream.WriteAsync(Encoding.ASCII.GetBytes(answer), _stopping.Token);
                }
            }
        }
        catch (Exception error) when (error is IOException or OperationCanceledException)
        {
            // The client has closed it, or the test is over.
        }
    }

    private async Task<bool> IsRequestReadAsync(NetworkStream stream)
    {
        var request = "";
        var buffer = new byte[64 * 1024];
        while (true)
        {
            var count = await stream.ReadAsync(buffer, _stopping.Token);
            if (count == 0)
            {
                return false;
            }

            request += Encoding.ASCII.GetString(buffer, 0, count);
            var head = request.IndexOf("\r\n\r\n", StringComparison.Ordinal);
            if (head >= 0 && request.Length >= head + 4 + Length(request[..head]))
            {
                return true;
            }
        }
    }

    private static int Length(string head) => int.Parse(
        head.Split("\r\n").Single(line => line.StartsWith("Content-Length: ", StringComparison.OrdinalIgnoreCase))["Content-Length: ".Length..],
        System.Globalization.CultureInfo.InvariantCulture);

    private string Granted(int request) => Http("200 OK", $$"""{"access_token":"{{AnswerOf(request)}}","token_type":"Bearer","expires_in":600}""");

    private static string Http(string status, string body) =>
        $"HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\n\r\n{body}";
}
