using System.Net.Http.Headers;
using System.Text;
using AotBroker.Errors;

namespace AotBroker.Http;

/// <summary>A request to make.</summary>
internal sealed record HttpRequestPlan(HttpMethod Method, CheckedUrl Url)
{
    public Uri Address => Url.Uri;

    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; init; } = [];

    /// <summary>The body; null if there is none. A request whose token is in a header has an empty one, which shows whether it was sent.</summary>
    public byte[]? Body { get; init; }

    /// <summary>The body's type; null if none is given.</summary>
    public string? ContentType { get; init; } = "application/json";

    /// <summary>A Unix socket to connect to, whatever the address's host is; null for the network.</summary>
    public string? Socket { get; init; }

    /// <summary>Never through a proxy: one that forwards to its own machine's services would describe another workload.</summary>
    public bool IsDirect { get; init; }

    /// <summary>Variables in which the service's own clients look for a bundle of certificates, only for this service.</summary>
    public IReadOnlyList<string> BundleVariables { get; init; } = [];

    /// <summary>HTTP/2 from the first byte, as gRPC speaks it; else HTTP/1.1.</summary>
    public bool IsHttp2 { get; init; }
}

/// <summary>A server's whole answer, of bounded size.</summary>
internal sealed record HttpAnswer(int Status, byte[] Body)
{
    /// <summary>The <c>Request-Id</c> header, or AWS's or Microsoft's equivalent, by which the other side can find the request.</summary>
    public string? RequestId { get; init; }

    /// <summary>The <c>Retry-After</c> header, as a time from now.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>The <c>Date</c> header, in Unix seconds: what the other side thinks the time is.</summary>
    public long? Date { get; init; }

    /// <summary>The headers, for those that only one caller reads.</summary>
    public HttpResponseHeaders? Headers { get; init; }

    /// <summary>The headers that came after the body.</summary>
    public HttpResponseHeaders? Trailers { get; init; }

    /// <summary>The request's secrets, which no message may repeat.</summary>
    public SentSecrets Sent { get; init; } = SentSecrets.None;

    /// <summary>The body's type, such as <c>text/html</c>; null if none is given.</summary>
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

    /// <summary>The proxy setting is not understood; nothing was sent, and no other way was tried.</summary>
    ProxyUnusable,

    /// <summary>No TLS version was agreed on, or the certificate was not trusted.</summary>
    Tls,

    /// <summary>The time was over.</summary>
    TimedOut,

    /// <summary>The connection ended before the answer was complete, or the answer was not HTTP.</summary>
    ConnectionLost,

    /// <summary>The answer was too large.</summary>
    TooLarge,

    /// <summary>The system gives this process too few resources for a request.</summary>
    Lacking,
}

/// <summary>How a request ended.</summary>
/// <param name="Answer">The answer, if there was one.</param>
/// <param name="Kind">Why there was none.</param>
/// <param name="Failure">The same in words, without any secret.</param>
/// <param name="WasSent">Some of the body left this process, so the other side may have acted on it.</param>
internal sealed record HttpOutcome(HttpAnswer? Answer, HttpFailureKind Kind, string Failure, bool WasSent)
{
    /// <summary>The resource that the system denies this process and a request needs; null if that is not the reason.</summary>
    public BrokerException? Lacking { get; init; }

    /// <summary>What to do about it, if more is known than its kind.</summary>
    public IReadOnlyList<string> Hints { get; init; } = [];

    /// <summary>What to do about the proxy that is set, or is missing; null if the request does not use a proxy.</summary>
    public string? ProxyAdvice { get; init; }
}
