using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;

namespace AotBroker.Exchange;

/// <summary>What an exception of the network means, in words that are ours: its own text could hold anything.</summary>
internal static class HttpFailures
{
    private static readonly IReadOnlyList<string> AskedForLogin =
        ["write the user and the password into HTTPS_PROXY, percent-encoded: http://USER:PASSWORD@HOST:PORT"];

    private static readonly IReadOnlyList<string> ProxyRefused = ["let the proxy connect to this address, or except it with NO_PROXY"];

    /// <summary>Why there is no answer.</summary>
    /// <param name="exception">What the HTTP client threw.</param>
    /// <param name="certificates">What it thought of the certificate.</param>
    /// <param name="proxy">The proxy that the request went through, if any.</param>
    public static HttpOutcome Explain(Exception exception, CertificateCheck certificates, Uri? proxy)
    {
        for (Exception? e = exception; e is not null; e = e.InnerException)
        {
            switch (e)
            {
                case HttpRequestException { HttpRequestError: HttpRequestError.ProxyTunnelError } refusal:
                    return refusal.StatusCode == HttpStatusCode.ProxyAuthenticationRequired
                        ? Failed(HttpFailureKind.Unreachable, $"the proxy {proxy?.Authority} asks for a user name and a password, or does not take those it was given", AskedForLogin)
                        : Failed(HttpFailureKind.Unreachable, $"the proxy {proxy?.Authority} refused the connection", ProxyRefused);
                case AuthenticationException:
                    return Failed(HttpFailureKind.Tls, (certificates.Complaint ?? "no TLS, or no version or cipher of it that both sides know") + Through(proxy), certificates.Hints);
                case SocketException { SocketErrorCode: SocketError.HostNotFound or SocketError.TryAgain or SocketError.NoData }:
                    return Failed(HttpFailureKind.Unreachable, proxy is null ? "the name cannot be resolved" : $"the name of the proxy {proxy.Authority} cannot be resolved");
                case SocketException { SocketErrorCode: SocketError.ConnectionReset or SocketError.ConnectionAborted or SocketError.Shutdown }:
                    return Failed(HttpFailureKind.ConnectionLost, "the connection was cut" + Through(proxy));
                case SocketException socket:
                    return Failed(HttpFailureKind.Unreachable, Shorten(socket.Message) + Through(proxy));
            }
        }
        return Failed(HttpFailureKind.ConnectionLost, "the connection ended, or what came was not a complete HTTP answer" + Through(proxy));
    }

    /// <summary>Names the proxy: its host and port alone, never the user and the password.</summary>
    public static string Through(Uri? proxy) => proxy is null ? "" : $" (through the proxy {proxy.Authority})";

    private static HttpOutcome Failed(HttpFailureKind kind, string failure, IReadOnlyList<string>? hints = null) =>
        new(null, kind, failure, false) { Hints = hints ?? [] };

    private static string Shorten(string text) => text.Length <= 200 ? text : text[..200] + "…";
}
