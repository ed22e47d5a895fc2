using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace AotBroker.EndToEnd.Tests;

/// <summary>
/// The way out of a company's network: which requests take it, what the proxy gets to see, and what becomes of the token
/// where the proxy fails. The endpoint is at 0.0.0.0, which is this machine too, but no address that is always reached directly.
/// </summary>
public sealed class ProxyTests : NetworkTest
{
    private const string Outside = "0.0.0.0";

    private readonly ConcurrentQueue<string> _requests = [];

    private X509Certificate2 _certificate = null!;
    private Server _endpoint = null!;

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        Sandbox.Environment["SSL_CERT_FILE"] = WriteAuthority();
        _certificate = Certificates.Sign(name: Outside);
        _endpoint = ServeTls(_certificate, Outside);
    }

    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        _certificate.Dispose();
    }

    [Theory]
    [InlineData("HTTPS_PROXY")]
    [InlineData("https_proxy")]
    [InlineData("ALL_PROXY")]
    [InlineData("all_proxy")]
    public async Task A_request_goes_through_the_proxy_which_sees_nothing_but_the_address(string variable)
    {
        Sandbox.Environment[variable] = $"http://{ServeProxy().Authority}";

        await GetsAsync();

        var request = Assert.Single(_requests);
        Assert.StartsWith($"CONNECT {_endpoint.Authority} HTTP/1.1\r\n", request, StringComparison.Ordinal);
        Assert.Equal(1, _endpoint.Connections);
        Assert.DoesNotContain("uthorization", request, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(" http://@ ")]
    [InlineData("\"http://@\"")]
    [InlineData("'http://@/'")]
    [InlineData("@")]
    [InlineData("HTTP://@/path")]
    public async Task The_variable_is_read_as_other_tools_read_it(string value)
    {
        Sandbox.Environment["HTTPS_PROXY"] = value.Replace("@", ServeProxy().Authority, StringComparison.Ordinal);

        await GetsAsync();

        Assert.Single(_requests);
    }

    [Fact]
    public async Task An_empty_variable_is_none()
    {
        Sandbox.Environment["https_proxy"] = "";
        Sandbox.Environment["HTTPS_PROXY"] = " ";
        Sandbox.Environment["ALL_PROXY"] = $"http://{ServeProxy().Authority}";

        await GetsAsync();

        Assert.Single(_requests);
    }

    [Fact]
    public async Task A_proxy_may_be_spoken_to_by_TLS()
    {
        using var certificate = Certificates.Sign();
        var proxy = Serve(Server.Tls(certificate, ServeTunnelAsync));
        Sandbox.Environment["HTTPS_PROXY"] = $"https://{proxy.Authority}";

        await GetsAsync();

        Assert.Single(_requests);
    }

    [Theory]
    [InlineData("socks5h", 5)]
    [InlineData("socks5", 5)]
    [InlineData("socks4", 4)]
    [InlineData("socks4a", 4)]
    public async Task A_proxy_may_speak_SOCKS(string scheme, int version)
    {
        Socks socks = new();
        Sandbox.Environment["ALL_PROXY"] = $"{scheme}://{Serve(socks.ServeAsync).Authority}";

        await GetsAsync();

        Assert.Equal((version, _endpoint.Authority), Assert.Single(socks.Requests));
    }

    [Fact]
    public async Task A_password_goes_to_a_SOCKS_proxy()
    {
        var password = Sandbox.AddSecret(RandomNumberGenerator.GetHexString(24) + "@");
        Socks socks = new() { Login = ("somebody", password) };
        var authority = Serve(socks.ServeAsync).Authority;
        Sandbox.Environment["ALL_PROXY"] = $"socks5h://somebody:{Sandbox.AddSecret(Uri.EscapeDataString(password))}@{authority}";

        await GetsAsync();
        var asked = socks.Requests.Count;
        NewIdentityFile();
        Sandbox.Environment["ALL_PROXY"] = $"socks5h://somebody:{password[1..]}@{authority}";
        (await Sandbox.RunAsync("get", "--force-refresh", "--timeout", "30")).Failed("AB0601", 6).Says(authority);

        Assert.InRange(asked, 1, int.MaxValue);
        Assert.Equal(asked, socks.Requests.Count);
    }

    [Fact]
    public async Task What_is_not_understood_is_never_taken_for_no_proxy()
    {
        var password = Sandbox.AddSecret(RandomNumberGenerator.GetHexString(24));
        foreach (var value in new[] { "ftp://127.0.0.1:1", "socks6://127.0.0.1:1", "http://", "http://[::1:3128", "http://a b:3128", "http://127.0.0.1:99999", "proxy.pac:x", $"quic://somebody:{password}@127.0.0.1:1" })
        {
            Sandbox.Environment["HTTPS_PROXY"] = value;

            (await Sandbox.RunAsync("get", "--force-refresh")).Failed("AB0305", 3).Says("the proxy in HTTPS_PROXY").Says("unset it");
        }

        Assert.Equal(0, _endpoint.Connections);
        Sandbox.Environment["NO_PROXY"] = Outside;
        await GetsAsync(Outside);
    }

    [Fact]
    public async Task Advice_knows_what_is_set()
    {
        var closed = new Server(static (_, _) => Task.CompletedTask);
        var nowhere = closed.Authority;
        await closed.DisposeAsync();
        Sandbox.Environment["https_proxy"] = "http://" + nowhere;

        var proxied = (await Sandbox.RunAsync("get", "--force-refresh", "--timeout", "20")).Failed("AB0601", 6).Says($"check the proxy: https_proxy names {nowhere}");
        Sandbox.Environment["NO_PROXY"] = Outside;
        Sandbox.Environment["ANTHROPIC_BASE_URL"] = $"https://{Outside}:{new Uri("http://" + nowhere).Port}";
        var direct = (await Sandbox.RunAsync("get", "--force-refresh", "--timeout", "20")).Failed("AB0601", 6).Says($"because of NO_PROXY, {Outside} is reached directly");

        Assert.All([proxied, direct], result => Assert.DoesNotContain("set HTTPS_PROXY", result.ErrorText, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_proxy_that_closes_is_asked_with_pauses()
    {
        var proxy = Serve(static (_, _) => Task.CompletedTask);
        Sandbox.Environment["HTTPS_PROXY"] = $"http://{proxy.Authority}";

        (await Sandbox.RunAsync("get", "--force-refresh", "--timeout", "20")).Failed("AB0605", 6);

        Assert.InRange(proxy.Connections, 1, 6); // Two at each of three attempts.
    }

    [Theory]
    [InlineData("HTTP_PROXY")]
    [InlineData("http_proxy")]
    public async Task A_proxy_for_plain_HTTP_is_not_for_this(string variable)
    {
        Sandbox.Environment[variable] = $"http://{ServeProxy().Authority}";

        await GetsAsync();

        Assert.Empty(_requests);
    }

    [Fact]
    public async Task Loopback_is_never_reached_through_a_proxy()
    {
        using var certificate = Certificates.Sign();
        ServeTls(certificate);
        Array.ForEach(["HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY"], variable => Sandbox.Environment[variable] = $"http://{ServeProxy().Authority}");

        await GetsAsync();

        Assert.Empty(_requests);
    }

    [Fact]
    public async Task What_NO_PROXY_names_is_reached_directly()
    {
        Sandbox.Environment["HTTPS_PROXY"] = $"http://{ServeProxy().Authority}";
        string[] direct = [Outside, $"{Outside}:{_endpoint.Port}", "0.0.0.0/29", "0.1.2.3/8", "*", $"example.com, {Outside}", $"example.com {Outside}"];
        string[] proxied = [$"{Outside}:1", "127.0.0.3", "127.0.1.0/24", "example.com", ""];
        foreach (var exceptions in direct)
        {
            await GetsAsync(exceptions);
            Assert.Empty(_requests);
        }

        for (var i = 0; i < proxied.Length; i++)
        {
            await GetsAsync(proxied[i]);
            Assert.Equal(i + 1, _requests.Count);
        }
    }

    [Fact]
    public async Task A_password_goes_to_the_proxy_and_nowhere_else()
    {
        var password = Sandbox.AddSecret(RandomNumberGenerator.GetHexString(24) + "@:/ä");
        var login = Sandbox.AddSecret(Convert.ToBase64String(Encoding.UTF8.GetBytes("somebody:" + password)));
        var proxy = ServeProxy(login);
        Sandbox.Environment["HTTPS_PROXY"] = $"http://somebody:{Sandbox.AddSecret(Uri.EscapeDataString(password))}@{proxy.Authority}";

        var get = await Sandbox.RunAsync("get", "--verbose");
        var status = (await Sandbox.RunAsync("status", "--json")).SucceededWithNotes();
        Sandbox.Environment["HTTPS_PROXY"] = $"http://somebody:{Sandbox.AddSecret(Uri.EscapeDataString(password + "0"))}@{proxy.Authority}";
        NewIdentityFile();
        var failure = (await Sandbox.RunAsync("get", "--force-refresh")).Failed("AB0601", 6);

        Assert.NotNull(Endpoint.Grants.Find(get.SucceededWithNotes().Line));
        Assert.Equal([null, "Basic " + login], _requests.Take(2).Select(request => HttpTalk.Header(request, "Proxy-Authorization")));
        failure.Says($"the proxy {proxy.Authority} asks for a user name and a password").Says("HTTPS_PROXY");
        Assert.All([get.ErrorText, status.OutputText, status.ErrorText, failure.ErrorText], text => Assert.DoesNotContain("somebody", text, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_proxy_that_fails_leaves_the_token_unspent()
    {
        const string Page = "<html><body>Sign in to the network</body></html>";
        Dictionary<string, (Func<Stream, CancellationToken, Task> Serve, string Code)> faults = new()
        {
            ["407"] = (Answer("407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm=\"x\"\r\nContent-Length: 0"), "AB0601"),
            ["403 and a page"] = (Answer($"403 Forbidden\r\nContent-Type: text/html\r\nContent-Length: {Page.Length}", Page), "AB0601"),
            ["502"] = (Answer("502 Bad Gateway\r\nContent-Length: 0"), "AB0601"),
            ["200 and a page instead of the server"] = (Answer("200 OK\r\nContent-Type: text/html", Page), "AB0602"),
            ["a page without HTTP"] = (Raw(Page), "AB0605"),
            ["no answer and the end"] = (Raw(""), "AB0605"),
            ["no answer and no end"] = (static (_, stop) => Task.Delay(Timeout.Infinite, stop), "AB0603"),
        };
        foreach (var (fault, (serve, code)) in faults)
        {
            var proxy = Serve(serve);
            Sandbox.Environment["HTTPS_PROXY"] = $"http://{proxy.Authority}";

            var result = await Sandbox.RunAsync("get", "--force-refresh", "--timeout", "8");

            Assert.True(result.ErrorText.Contains($"error[{code}]", StringComparison.Ordinal), $"{fault}: {result}");
            result.Failed(code, 6).Says(proxy.Authority);
            Assert.DoesNotContain("html", result.ErrorText, StringComparison.Ordinal);
            Assert.True(proxy.Connections > 0);
        }

        Assert.Equal(0, _endpoint.Connections);
        Sandbox.Environment.Remove("HTTPS_PROXY");
        await TokenIsUnspentAsync();
        ReliabilityTable.Check(
            fault: "the proxy fails",
            "a proxy of the run answers the request for a tunnel",
            $"{faults.Count}: {string.Join(", ", faults.Keys)}",
            $"{string.Join(", ", faults.Values.Select(fault => fault.Code).GroupBy(code => code).OrderBy(code => code.Key, StringComparer.Ordinal).Select(code => $"{code.Count()} × {code.Key}"))}; no token was sent: a credential for it without the proxy");
    }

    private async Task GetsAsync(string? exceptions = null)
    {
        NewIdentityFile();
        var result = await Sandbox.RunAsync(new Launch("get", "--force-refresh") { Variables = new Dictionary<string, string?> { ["NO_PROXY"] = exceptions } });
        Assert.NotNull(Endpoint.Grants.Find(result.Succeeded().Line));
    }

    /// <summary>A proxy that makes tunnels, for those who log in where that is asked for.</summary>
    private Server ServeProxy(string? login = null) => Serve((stream, stop) => ServeTunnelAsync(stream, login, stop));

    private Task ServeTunnelAsync(Stream stream, CancellationToken stop) => ServeTunnelAsync(stream, null, stop);

    private async Task ServeTunnelAsync(Stream stream, string? login, CancellationToken stop)
    {
        var head = await HttpTalk.ReadHeadAsync(stream, stop);
        _requests.Enqueue(head);
        if (login is not null && HttpTalk.Header(head, "Proxy-Authorization") != "Basic " + login)
        {
            await HttpTalk.SayAsync(stream, "HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm=\"network\"\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", stop);
            return;
        }

        await HttpTalk.SayAsync(stream, "HTTP/1.1 200 Connection established\r\n\r\n", stop);
        await HttpTalk.TunnelAsync(stream, _endpoint.Authority, stop);
    }

    private static Func<Stream, CancellationToken, Task> Answer(string head, string body = "") => Raw($"HTTP/1.1 {head}\r\nConnection: close\r\n\r\n{body}");

    private static Func<Stream, CancellationToken, Task> Raw(string text) => async (stream, stop) =>
    {
        await HttpTalk.ReadHeadAsync(stream, stop);
        await HttpTalk.SayAsync(stream, text, stop);
    };
}
