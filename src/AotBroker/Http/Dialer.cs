using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using AotBroker.Interop;
using AotBroker.Settings;

namespace AotBroker.Http;

/// <summary>
/// Makes a connection to a host that may have several addresses, some of which may lead nowhere: attempts start a quarter
/// of a second after one another, the families by turns, and the first to succeed is the connection (RFC 8305). Remembers
/// what was tried, for messages. Plain HTTP only gets a connection to a loopback address, whatever the name was.
/// </summary>
/// <param name="resolve">The addresses of a name; null for the system's.</param>
/// <remarks>One connection at a time.</remarks>
internal sealed class Dialer(Func<string, CancellationToken, Task<IPAddress[]>>? resolve = null)
{
    private static readonly TimeSpan Stagger = TimeSpan.FromMilliseconds(250);

    /// <summary>One, and one more for a proxy that closes the first to ask for a login.</summary>
    private const int MostConnections = 2;

    private Attempt[] _attempts = []; // Replaced as a whole, because another thread reads it when the time is over.
    private int _connections;
    private long _start;
    private string? _unresolved;

    /// <summary>Call before another connection.</summary>
    public void Forget()
    {
        _attempts = [];
        _connections = 0;
        _unresolved = null;
        _start = Stopwatch.GetTimestamp();
    }

    /// <summary>How long it has been since then, in seconds, for a message.</summary>
    public string Elapsed => Stopwatch.GetElapsedTime(_start).TotalSeconds.ToString("0.#", CultureInfo.InvariantCulture);

    /// <summary>What was unfinished when the time was over, as the end of a sentence; empty if no connection was being made.</summary>
    public string Unfinished => _unresolved is { } name ? $": the name {name} was not resolved" : _attempts.Length == 0 ? "" : ": " + Tried();

    /// <param name="target">The host and the port.</param>
    /// <param name="isPlain">Whether nothing protects what will be sent.</param>
    /// <param name="stop">The time is over.</param>
    /// <exception cref="DialException">No address can be connected to, or none may be; or there were too many connections.</exception>
    /// <exception cref="SocketException">The name cannot be resolved.</exception>
    public async ValueTask<Stream> ConnectAsync(DnsEndPoint target, bool isPlain, CancellationToken stop)
    {
        if (_connections++ == MostConnections)
        {
            // The framework tries the tunnel four times, and repeats that four times, without a pause.
            throw new DialException(HttpFailureKind.ConnectionLost, "the connection was closed before an answer came");
        }
        _attempts = [];
        IPAddress[] addresses = await ResolveAsync(target.Host, stop).ConfigureAwait(false);
        if (isPlain)
        {
            addresses = Harmless(target.Host, addresses);
        }
        return new NetworkStream(await RaceAsync(ByTurns(addresses), target.Port, stop).ConfigureAwait(false), ownsSocket: true);
    }

    /// <summary>A connection to a Unix socket.</summary>
    public static async ValueTask<Stream> ConnectAsync(string path, CancellationToken stop)
    {
        Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), stop).ConfigureAwait(false);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private async Task<IPAddress[]> ResolveAsync(string host, CancellationToken stop)
    {
        if (IPAddress.TryParse(host, out IPAddress? literal))
        {
            return [literal];
        }
        _unresolved = host;
        // libc's lookup cannot be interrupted; this waits only as long as there is time.
        IPAddress[] addresses = await (resolve ?? ResolveBySystemAsync)(host, stop).WaitAsync(stop).ConfigureAwait(false);
        _unresolved = null;
        return addresses;
    }

    private static Task<IPAddress[]> ResolveBySystemAsync(string host, CancellationToken stop)
    {
        NameService.UseBuiltInModules();
        return Dns.GetHostAddressesAsync(host, stop);
    }

    /// <summary>The addresses that a token may be sent to without TLS. The connection uses them: the name is not resolved again.</summary>
    private static IPAddress[] Harmless(string host, IPAddress[] addresses)
    {
        // A setting of the machine's own services may contain a link-local address, but no name may resolve to one.
        bool isLiteral = IPAddress.TryParse(host, out _);
        IPAddress[] harmless = Array.FindAll(addresses, address => Loopback.Is(address) || (isLiteral && Loopback.IsLinkLocal(address)));
        return harmless.Length > 0 ? harmless : throw new DialException(
            HttpFailureKind.NotLoopback, $"plain http is only for this machine, and {host} is {Listed(addresses)} here: anyone on the way could take the token");
    }

    /// <summary>The addresses in the order that the system prefers, with alternating families.</summary>
    private static List<IPAddress> ByTurns(IPAddress[] addresses)
    {
        AddressFamily first = addresses.Length > 0 ? addresses[0].AddressFamily : default;
        Queue<IPAddress> preferred = new(Array.FindAll(addresses, address => address.AddressFamily == first));
        Queue<IPAddress> others = new(Array.FindAll(addresses, address => address.AddressFamily != first));
        List<IPAddress> result = new(addresses.Length);
        while (preferred.Count + others.Count > 0)
        {
            foreach (Queue<IPAddress> family in (ReadOnlySpan<Queue<IPAddress>>)[preferred, others])
            {
                if (family.TryDequeue(out IPAddress? address))
                {
                    result.Add(address);
                }
            }
        }
        return result;
    }

    private async Task<Socket> RaceAsync(List<IPAddress> addresses, int port, CancellationToken stop)
    {
        using CancellationTokenSource decided = CancellationTokenSource.CreateLinkedTokenSource(stop);
        List<Task<Socket?>> running = [];
        Socket? winner = null;
        try
        {
            for (int started = 0; winner is null && (started < addresses.Count || running.Count > 0);)
            {
                if (started < addresses.Count)
                {
                    Attempt attempt = new(addresses[started++]);
                    _attempts = [.. _attempts, attempt];
                    running.Add(attempt.ConnectAsync(port, decided.Token));
                }
                Task pause = Task.Delay(started < addresses.Count ? Stagger : Timeout.InfiniteTimeSpan, decided.Token);
                await Task.WhenAny([.. running, pause]).ConfigureAwait(false);
                stop.ThrowIfCancellationRequested();
                for (int i = running.Count - 1; i >= 0 && winner is null; i--)
                {
                    if (running[i].IsCompleted)
                    {
                        winner = await running[i].ConfigureAwait(false);
                        running.RemoveAt(i);
                    }
                }
            }
        }
        finally
        {
            await decided.CancelAsync().ConfigureAwait(false);
            foreach (Task<Socket?> late in running)
            {
                (await late.ConfigureAwait(false))?.Dispose();
            }
        }
        return winner ?? throw new DialException(HttpFailureKind.Unreachable, addresses.Count == 0 ? "the name has no address" : Tried());
    }

    /// <summary>The result for each address: "Connection refused (10.0.0.1), no answer (2001:db8::1)".</summary>
    private string Tried()
    {
        const int MostListed = 4;
        Attempt[] attempts = _attempts;
        List<string> listed = [];
        foreach (Attempt attempt in attempts)
        {
            if (listed.Count == MostListed)
            {
                listed.Add($"and {attempts.Length - MostListed} more");
                break;
            }
            listed.Add($"{attempt.Failure ?? "no answer"} ({attempt.Address})");
        }
        return string.Join(", ", listed);
    }

    private static string Listed(IPAddress[] addresses) => string.Join(", ", Array.ConvertAll(addresses, static address => address.ToString()));

    /// <summary>The attempt to connect to one address.</summary>
    private sealed class Attempt(IPAddress address)
    {
        public IPAddress Address { get; } = address;

        /// <summary>Why it failed, in the system's words; null if it has not.</summary>
        public string? Failure { get; private set; }

        /// <returns>Null if it failed, or is no longer wanted.</returns>
        public async Task<Socket?> ConnectAsync(int port, CancellationToken stop)
        {
            Socket? socket = null;
            try
            {
                socket = new Socket(Address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
                await socket.ConnectAsync(new IPEndPoint(Address, port), stop).ConfigureAwait(false);
                return socket;
            }
            catch (OperationCanceledException)
            {
                socket?.Dispose();
                return null;
            }
            catch (SocketException error)
            {
                // A family that this machine does not have fails here too, when the socket is made.
                Failure = error.Message.Length <= 200 ? error.Message : error.Message[..200] + "…";
                socket?.Dispose();
                return null;
            }
        }
    }
}

/// <summary>Why no connection was made, in words that may be shown.</summary>
internal sealed class DialException(HttpFailureKind kind, string failure) : IOException(failure)
{
    public HttpFailureKind Kind { get; } = kind;
}
