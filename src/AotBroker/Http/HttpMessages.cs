using System.Net.Http.Headers;
using System.Text;
using AotBroker.Errors;

namespace AotBroker.Http;

/// <summary>A request to be made.</summary>
internal sealed record HttpRequestPlan(HttpMethod Method, CheckedUrl Url)
{
    public Uri Address => Url.Uri;

    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; init; } = [];

    /// <summary>The body; null where there is none. A request whose token is in a header has an empty one, by which it is known whether it left.</summary>
    public byte[]? Body { get; init; }

    /// <summary>What the body is; null where that is not told.</summary>
    public string? ContentType { get; init; } = "application/json";

    /// <summary>A Unix socket to connect to, whatever the address's host is; null for the network.</summary>
    public string? Socket { get; init; }

    /// <summary>Never by way of a proxy: a proxy that forwards to its own machine's services would tell of another workload.</summary>
    public bool IsDirect { get; init; }

    /// <summary>Variables in which the service's own clients look for a bundle of certificates, for this service alone.</summary>
    public IReadOnlyList<string> BundleVariables { get; init; } = [];

    /// <summary>HTTP/2 from the first byte, as gRPC speaks it; else HTTP/1.1.</summary>
    public bool IsHttp2 { get; init; }
}

/// <summary>A server's whole answer, of bounded size.</summary>
internal sealed record HttpAnswer(int Status, byte[] Body)
{
    /// <summary>The <c>Request-Id</c> header, or AWS's or Microsoft's like it, by which the other side finds the request again.</summary>
    public string? RequestId { get; init; }

    /// <summary>The <c>Retry-After</c> header, as a time from now.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>The <c>Date</c> header, in Unix seconds: what the other side thinks the time is.</summary>
    public long? Date { get; init; }

    /// <summary>The headers, for what only one caller looks at.</summary>
    public HttpResponseHeaders? Headers { get; init; }

    /// <summary>The headers that came after the body.</summary>
    public HttpResponseHeaders? Trailers { get; init; }

    /// <summary>What the request held that no message repeats.</summary>
    public SentSecrets Sent { get; init; } = SentSecrets.None;

    /// <summary>What the body is, such as <c>text/html</c>; null where that is not told.</summary>
    public string? MediaType { get; init; }

    /// <summary>
    /// Whether the body is HTML: an answer for a browser, and so from a proxy, a filter or a network's login rather than from
    /// the service that was asked.
    /// </summary>
    public bool IsPage
    {
        get
        {
            ReadOnlySpan<byte> start = Body.AsSpan().TrimStart(" \t\r\n"u8);
            return StartsWith(start, "<html"u8) || StartsWith(start, "<!doctype html"u8)
                || (MediaType is "text/html" or "application/xhtml+xml" && !start.IsEmpty && start[0] is not ((byte)'{' or (byte)'[')
                    && !StartsWith(start, "<?xml"u8) && !StartsWith(start, "<error"u8));
        }
    }

    private static bool StartsWith(ReadOnlySpan<byte> text, ReadOnlySpan<byte> start) =>
        text.Length >= start.Length && Ascii.EqualsIgnoreCase(text[..start.Length], start);

    /// <summary>The host that a redirect points to. It is never followed.</summary>
    public string? RedirectHost { get; init; }
}

/// <summary>Why there is no answer.</summary>
internal enum HttpFailureKind
{
    None,

    /// <summary>No connection: the name, the network, the port.</summary>
    Unreachable,

    /// <summary>Plain HTTP to a name that is not this machine's; nothing was sent.</summary>
    NotLoopback,

    /// <summary>What is set for a proxy is not understood; nothing was sent, by no other way either.</summary>
    ProxyUnusable,

    /// <summary>TLS was not agreed on, or the certificate was not believed.</summary>
    Tls,

    /// <summary>The time was over.</summary>
    TimedOut,

    /// <summary>The connection ended before the whole answer was there, or what came was not HTTP.</summary>
    ConnectionLost,

    /// <summary>The answer was larger than is read.</summary>
    TooLarge,

    /// <summary>The system gives this process too little to ask anybody.</summary>
    Lacking,
}

/// <summary>How a request ended.</summary>
/// <param name="Answer">The answer, if there was one.</param>
/// <param name="Kind">Why there was none.</param>
/// <param name="Failure">The same in words, without any secret.</param>
/// <param name="WasSent">Something of the body left this process, so the other side may have acted on it.</param>
internal sealed record HttpOutcome(HttpAnswer? Answer, HttpFailureKind Kind, string Failure, bool WasSent)
{
    /// <summary>What the system refuses this process, without which nothing can be asked; null where that is not why.</summary>
    public BrokerException? Lacking { get; init; }

    /// <summary>What to do about it, where more is known than its kind.</summary>
    public IReadOnlyList<string> Hints { get; init; } = [];

    /// <summary>What to do about the proxy that is set, or is not; null where the request is none that goes to a proxy.</summary>
    public string? ProxyAdvice { get; init; }
}
