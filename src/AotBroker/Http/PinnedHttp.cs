using System.Globalization;
using System.Net;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using AotBroker.Errors;
using AotBroker.Interop;
using AotBroker.Runtime;
using AotBroker.Settings;

namespace AotBroker.Http;

/// <summary>
/// HTTP as a credential's exchange may use it (invariant 8): HTTPS, or plain HTTP to loopback; no redirect, no cookie, no
/// reused connection, at most 1 MiB of answer, and never without a deadline.
/// </summary>
internal sealed class PinnedHttp : IDisposable
{
    /// <summary>What the framework needs for one request: for waiting, for names, for timers, for what follows.</summary>
    private const int Threads = 6;

    private static readonly TimeSpan LongestConnect = TimeSpan.FromSeconds(10);

    /// <summary>A timer ends a request, and a thread runs it; if that does not run, this thread ends the wait.</summary>
    private static readonly TimeSpan Slack = TimeSpan.FromSeconds(1);

    private readonly HttpMessageHandler? _handler;
    private readonly CertificateCheck _certificates = new();
    private readonly Dialer _dialer = new();
    private readonly Lazy<ProxyChoice> _proxy = new(ProxyChoice.OfThisProcess);
    private readonly Dictionary<Route, HttpClient> _clients = [];
    private bool _hasThreads;

    /// <param name="handler">The connection to the network; null for the real one.</param>
    public PinnedHttp(HttpMessageHandler? handler = null) => _handler = handler;

    /// <summary>An address in one spelling: without parts that a server does not see or distinguish.</summary>
    public static string Canonical(string address)
    {
        Uri uri = new(address);
        // The usual names of one server. Another loopback address may be another server's.
        string host = uri.Host is "127.0.0.1" or "[::1]" or "[::ffff:127.0.0.1]" ? "localhost" : uri.IdnHost.TrimEnd('.');
        return $"{uri.Scheme}://{host}:{uri.Port.ToString(CultureInfo.InvariantCulture)}{uri.AbsolutePath}";
    }

    /// <summary>Sends a request and reads the whole answer.</summary>
    public HttpOutcome Send(HttpRequestPlan plan, TimeSpan timeout)
    {
        using CertificateHome home = CertificateHome.Provide();
        using CancellationTokenSource stop = new();
        SentContent? content = plan.Body is { } body ? new SentContent(body, plan.ContentType) : null;
        try
        {
            if (timeout <= TimeSpan.Zero)
            {
                return new HttpOutcome(null, HttpFailureKind.TimedOut, "no time was left for the request", false);
            }
            if (RouteOf(plan).UsesProxy && _proxy.Value.Problem(plan.Address) is { } problem)
            {
                return problem;
            }
            if (!_hasThreads && HttpFailures.Lacking(Libc.TryThreads(Threads), Threads) is { } lacking)
            {
                return lacking;
            }
            _hasThreads = true;
            _certificates.Expect(plan.BundleVariables);
            _dialer.Forget();
            stop.CancelAfter(timeout);
            Task<HttpAnswer> sending = SendAsync(plan, content, stop.Token);
            if (Task.WaitAny([sending], timeout + Slack) < 0)
            {
                throw new OperationCanceledException();
            }
            return new HttpOutcome(sending.GetAwaiter().GetResult(), HttpFailureKind.None, "", true);
        }
        catch (OperationCanceledException)
        {
            string failure = content?.WasSent == true
                ? $"no complete answer within {timeout.TotalSeconds:0.###} s"
                : $"no connection{HttpFailures.Through(ProxyOf(plan))} within {_dialer.Elapsed} s{_dialer.Unfinished}";
            return new HttpOutcome(null, HttpFailureKind.TimedOut, failure, content?.WasSent ?? false) { ProxyAdvice = AdviceFor(plan) };
        }
        catch (AnswerTooLargeException)
        {
            return new HttpOutcome(null, HttpFailureKind.TooLarge, $"the answer is larger than {HttpAnswerReader.LargestAnswer / 1024} KiB", true);
        }
        catch (OutOfMemoryException)
        {
            return HttpFailures.Lacking(Libc.ErrorNoMemory, Threads)! with { WasSent = content?.WasSent ?? false };
        }
        catch (Exception e) when (e is HttpRequestException or IOException or InvalidDataException)
        {
            return HttpFailures.Explain(e, _certificates, ProxyOf(plan), _proxy) with { WasSent = content?.WasSent ?? false, ProxyAdvice = AdviceFor(plan) };
        }
    }

    private async Task<HttpAnswer> SendAsync(HttpRequestPlan plan, SentContent? content, CancellationToken stop)
    {
        using HttpRequestMessage request = new(plan.Method, plan.Address)
        {
            Version = plan.IsHttp2 ? HttpVersion.Version20 : HttpVersion.Version11,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        request.Content = content;
        // A reused connection that turns out to be closed would make the handler send the request again.
        request.Headers.ConnectionClose = plan.IsHttp2 ? null : true;
        request.Headers.TryAddWithoutValidation("User-Agent", Product.UserAgent);
        foreach ((string name, string value) in plan.Headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }
        using HttpResponseMessage response = await Client(plan).SendAsync(request, HttpCompletionOption.ResponseHeadersRead, stop).ConfigureAwait(false);
        return await HttpAnswerReader.ReadAsync(response, SentSecrets.Of(plan), stop).ConfigureAwait(false);
    }

    /// <summary>The proxy that a request goes through; null if there is none.</summary>
    private Uri? ProxyOf(HttpRequestPlan plan) => RouteOf(plan).UsesProxy ? _proxy.Value.GetProxy(plan.Address) : null;

    private string? AdviceFor(HttpRequestPlan plan) => RouteOf(plan).UsesProxy ? _proxy.Value.Advice(plan.Address) : null;

    /// <summary>Plain HTTP never leaves the machine, and so never goes to a proxy.</summary>
    private static Route RouteOf(HttpRequestPlan plan) =>
        new(plan.Socket, UsesProxy: plan.Socket is null && !plan.IsDirect && plan.Address.Scheme == "https" && !Loopback.IsNamedBy(plan.Address));

    private HttpClient Client(HttpRequestPlan plan)
    {
        Route route = RouteOf(plan);
        if (!_clients.TryGetValue(route, out HttpClient? client))
        {
            client = new HttpClient(_handler ?? Handler(route), disposeHandler: _handler is null) { Timeout = Timeout.InfiniteTimeSpan };
            _clients.Add(route, client);
        }
        return client;
    }

    private SocketsHttpHandler Handler(Route route)
    {
        SocketsHttpHandler handler = new()
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = route.UsesProxy,
            Proxy = route.UsesProxy ? _proxy.Value : null,
            AutomaticDecompression = DecompressionMethods.None,
            ConnectTimeout = LongestConnect,
            MaxResponseHeadersLength = 32,
            ActivityHeadersPropagator = null,
            SslOptions =
            {
                EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
                RemoteCertificateValidationCallback = _certificates.Accept,
                // A certificate that is not trusted yet names the address from which its missing issuer would be fetched,
                // mostly by plain HTTP: servers send whole chains. Trimming.Tls.xml leaves out the fetching itself.
                CertificateChainPolicy = new X509ChainPolicy { DisableCertificateDownloads = true, RevocationMode = X509RevocationMode.NoCheck },
            },
        };
        handler.ConnectCallback = route.Socket is { } path
            ? (_, stop) => Dialer.ConnectAsync(path, stop)
            : (connection, stop) => _dialer.ConnectAsync(connection.DnsEndPoint, isPlain: connection.InitialRequestMessage.RequestUri!.Scheme == "http", stop);
        return handler;
    }

    public void Dispose()
    {
        foreach (HttpClient client in _clients.Values)
        {
            client.Dispose();
        }
    }

    /// <summary>How a server is reached. Each has a handler of its own.</summary>
    private readonly record struct Route(string? Socket, bool UsesProxy);
}
