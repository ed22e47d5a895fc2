using System.Net;
using System.Net.Sockets;
using AotBroker.Http;

namespace AotBroker.Tests;

/// <summary>Which of a host's addresses is connected to (RFC 8305), and which may be by plain HTTP (invariant 8).</summary>
public sealed class DialerTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private readonly CancellationTokenSource _stop = new(Patience);
    private readonly List<Socket> _sockets = [];

    public void Dispose()
    {
        _sockets.ForEach(static socket => socket.Dispose());
        _stop.Dispose();
    }

    [Theory]
    [InlineData("10.99.99.99")]
    [InlineData("169.254.169.254")]
    [InlineData("0.0.0.0")]
    [InlineData("::")]
    [InlineData("::ffff:10.0.0.1")]
    [InlineData("fd00:ec2::254")]
    [InlineData("2001:db8::1 10.0.0.1")]
    public async Task Plain_http_goes_to_no_other_machine_whatever_the_name_is(string addresses)
    {
        Dialer dialer = Resolving(addresses);

        DialException error = await Assert.ThrowsAsync<DialException>(() => ConnectAsync(dialer, "localhost", 80, isPlain: true));

        Assert.Equal(HttpFailureKind.NotLoopback, error.Kind);
        Assert.Contains($"localhost is {addresses.Replace(" ", ", ", StringComparison.Ordinal)} here", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("127.9.9.9")]
    [InlineData("10.99.99.99 127.0.0.1")]
    public async Task Plain_http_goes_to_addresses_of_loopback_alone(string addresses)
    {
        int port = Listen("0.0.0.0");

        Assert.StartsWith("127.", await ConnectAsync(Resolving(addresses), "localhost", port, isPlain: true), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_address_that_leads_nowhere_does_not_hold_up_the_next()
    {
        int port = LeadNowhere("127.0.0.1");
        Listen("127.0.0.2", port);

        Assert.Equal("127.0.0.2", await ConnectAsync(Resolving("127.0.0.1 127.0.0.2"), "many.test", port));
    }

    [Fact]
    public async Task An_address_that_refuses_is_passed_over()
    {
        int port = Listen("127.0.0.3");

        Assert.Equal("127.0.0.3", await ConnectAsync(Resolving("127.0.0.1 127.0.0.2 127.0.0.3"), "many.test", port));
    }

    [Fact]
    public async Task The_first_address_is_preferred()
    {
        int port = Listen("127.0.0.1");
        Listen("127.0.0.2", port);

        Assert.Equal("127.0.0.1", await ConnectAsync(Resolving("127.0.0.1 127.0.0.2"), "many.test", port));
    }

    [Fact]
    public async Task The_families_take_turns_and_the_error_tells_what_was_tried()
    {
        using ClosedPort closed = new();

        DialException error = await Assert.ThrowsAsync<DialException>(
            () => ConnectAsync(Resolving("127.0.0.1 127.0.0.2 ::1"), "many.test", new Uri(closed.Url).Port));

        Assert.Equal(HttpFailureKind.Unreachable, error.Kind);
        Assert.Matches(@"^Connection refused \(127\.0\.0\.1\), .+ \(::1\), Connection refused \(127\.0\.0\.2\)$", error.Message);
    }

    [Fact]
    public async Task When_the_time_is_over_it_tells_what_did_not_answer()
    {
        int port = LeadNowhere("127.0.0.1");
        Dialer dialer = Resolving("127.0.0.1");
        using CancellationTokenSource soon = new(TimeSpan.FromSeconds(1));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => dialer.ConnectAsync(new DnsEndPoint("many.test", port), isPlain: false, soon.Token).AsTask());

        Assert.Equal(": no answer (127.0.0.1)", dialer.Unfinished);
    }

    [Fact]
    public async Task When_the_time_is_over_it_tells_of_a_name_that_was_not_resolved()
    {
        Dialer dialer = new(static async (_, _) =>
        {
            await Task.Delay(Timeout.Infinite, CancellationToken.None);
            return [];
        });
        using CancellationTokenSource soon = new(TimeSpan.FromMilliseconds(50));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => dialer.ConnectAsync(new DnsEndPoint("slow.test", 1), isPlain: false, soon.Token).AsTask());

        Assert.Equal(": the name slow.test was not resolved", dialer.Unfinished);
    }

    private static Dialer Resolving(string addresses) =>
        new((_, _) => Task.FromResult(Array.ConvertAll(addresses.Split(' '), IPAddress.Parse)));

    /// <returns>The address that was connected to.</returns>
    private async Task<string> ConnectAsync(Dialer dialer, string host, int port, bool isPlain = false)
    {
        await using NetworkStream stream = (NetworkStream)await dialer.ConnectAsync(new DnsEndPoint(host, port), isPlain, _stop.Token);
        return ((IPEndPoint)stream.Socket.RemoteEndPoint!).Address.ToString();
    }

    private int Listen(string address, int port = 0, int backlog = 16)
    {
        Socket listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        _sockets.Add(listener);
        listener.Bind(new IPEndPoint(IPAddress.Parse(address), port));
        listener.Listen(backlog);
        return ((IPEndPoint)listener.LocalEndPoint!).Port;
    }

    /// <summary>A port whose queue is full, so that the kernel drops what else comes.</summary>
    private int LeadNowhere(string address)
    {
        int port = Listen(address, backlog: 0);
        for (int i = 0; i < 4; i++)
        {
            Socket waiting = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { Blocking = false };
            _sockets.Add(waiting);
            try
            {
                waiting.Connect(IPAddress.Parse(address), port);
            }
            catch (SocketException error) when (error.SocketErrorCode is SocketError.WouldBlock or SocketError.InProgress)
            {
                // As long as there is room.
            }
        }
        return port;
    }
}
