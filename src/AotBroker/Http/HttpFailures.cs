using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;
using AotBroker.Errors;
using AotBroker.Interop;

namespace AotBroker.Http;

/// <summary>What a network exception means, in our own words: its text could hold anything.</summary>
internal static class HttpFailures
{
    private static readonly IReadOnlyList<string> ProxyRefused = ["let the proxy connect to this address, or exempt it with NO_PROXY"];

    private static readonly IReadOnlyList<string> NotLoopback = ["correct the name in /etc/hosts or at the name server, or write http://127.0.0.1 or http://[::1]; elsewhere, use https"];

    /// <summary>Why there is no answer.</summary>
    /// <param name="exception">What the HTTP client threw.</param>
    /// <param name="certificates">What it thought of the certificate.</param>
    /// <param name="proxy">The proxy that the request went through, if any.</param>
    /// <param name="choice">Where the proxy was set.</param>
    public static HttpOutcome Explain(Exception exception, CertificateCheck certificates, Uri? proxy, Lazy<ProxyChoice> choice)
    {
        for (Exception? e = exception; e is not null; e = e.InnerException)
        {
            switch (e)
            {
                case HttpRequestException { HttpRequestError: HttpRequestError.ProxyTunnelError } refusal:
                    return refusal.StatusCode == HttpStatusCode.ProxyAuthenticationRequired
                        ? Failed(HttpFailureKind.Unreachable, $"the proxy {proxy?.Authority} asks for a user name and a password, or rejects those that it was given", [choice.Value.LoginAdvice])
                        : Failed(HttpFailureKind.Unreachable, $"the proxy {proxy?.Authority} refused the connection", ProxyRefused);
                case DialException dial:
                    return Failed(dial.Kind, dial.Message + Through(proxy), dial.Kind == HttpFailureKind.NotLoopback ? NotLoopback : null);
                case AuthenticationException:
                    return Failed(HttpFailureKind.Tls, (certificates.Complaint ?? "no TLS, or no version or cipher that both sides know") + Through(proxy), certificates.Hints);
                case SocketException { SocketErrorCode: SocketError.HostNotFound or SocketError.TryAgain or SocketError.NoData }:
                    return Failed(HttpFailureKind.Unreachable, proxy is null ? "the name cannot be resolved" : $"the name of the proxy {proxy.Authority} cannot be resolved");
                case SocketException { SocketErrorCode: SocketError.ConnectionReset or SocketError.ConnectionAborted or SocketError.Shutdown }:
                    return Failed(HttpFailureKind.ConnectionLost, "the connection was cut" + Through(proxy));
                case SocketException socket:
                    return Failed(HttpFailureKind.Unreachable, Shorten(socket.Message) + Through(proxy));
            }
        }
        return Failed(HttpFailureKind.ConnectionLost, "the connection ended, or the answer was not complete HTTP" + Through(proxy));
    }

    /// <summary>The error if the threads that a request needs could not be started; null if they could.</summary>
    /// <param name="error">What <see cref="Libc.TryThreads"/> gave.</param>
    /// <param name="threads">How many it was asked for.</param>
    public static HttpOutcome? Lacking(int error, int threads)
    {
        if (error == 0)
        {
            return null;
        }
        BrokerException lacking = error == Libc.ErrorNoMemory
            ? new(ErrorCode.ResourcesLacking, "this process is not allowed the memory that a request needs", "raise the limit of its address space (`ulimit -v`) or of the container's memory: 180 MB of address space are enough")
            : new(ErrorCode.ResourcesLacking, $"the system starts no more threads for this user or container, and a request needs {threads}: {Libc.Describe(error)}",
                "raise the limit of processes and threads: `ulimit -u`, a container's --pids-limit, a Kubernetes node's podPidsLimit, a systemd unit's TasksMax", "or end processes that are not needed");
        return new HttpOutcome(null, HttpFailureKind.Lacking, lacking.Message, false) { Lacking = lacking };
    }

    /// <summary>Names the proxy: only its host and port, never the user and the password.</summary>
    public static string Through(Uri? proxy) => proxy is null ? "" : $" (through the proxy {proxy.Authority})";

    private static HttpOutcome Failed(HttpFailureKind kind, string failure, IReadOnlyList<string>? hints = null) =>
        new(null, kind, failure, false) { Hints = hints ?? [] };

    private static string Shorten(string text) => text.Length <= 200 ? text : text[..200] + "…";
}
