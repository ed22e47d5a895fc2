using System.Net;

namespace AotBroker.Http;

/// <summary>
/// The proxy that HTTPS_PROXY or ALL_PROXY names, except for the hosts in NO_PROXY. The framework reads these too, but silently
/// connects directly if it does not understand their values.
/// </summary>
/// <param name="proxy">The proxy; null if none is set.</param>
/// <param name="exceptions">The value of NO_PROXY; null if it is not set.</param>
internal sealed class ProxyChoice(ProxyAddress? proxy, string? exceptions) : IWebProxy
{
    private readonly ProxyExceptions _exceptions = new(exceptions);

    public ICredentials? Credentials
    {
        get => proxy?.Login;
        set => throw new NotSupportedException();
    }

    public static ProxyChoice OfThisProcess() => Of(Environment.GetEnvironmentVariable);

    public static ProxyChoice Of(Func<string, string?> environment) =>
        new(ProxyAddress.Of(environment), environment("no_proxy") is { Length: > 0 } exceptions ? exceptions : environment("NO_PROXY"));

    public Uri? GetProxy(Uri destination) => IsBypassed(destination) ? null : proxy!.Address;

    public bool IsBypassed(Uri host) => proxy is null || _exceptions.Include(host);

    /// <summary>Why the destination cannot be reached as configured, which is never a reason to take another way; null if it can.</summary>
    public HttpOutcome? Problem(Uri destination) => IsBypassed(destination) || proxy!.Problem is not { } problem ? null
        : new HttpOutcome(null, HttpFailureKind.ProxyUnusable, $"the proxy in {proxy.Variable} {problem}", false)
        {
            Hints = [$"write {proxy.Variable} as http://HOST:PORT, https://HOST:PORT or socks5h://HOST:PORT, or unset it; list what is reached without a proxy in NO_PROXY"],
        };

    /// <summary>What to do about a destination that cannot be reached.</summary>
    public string Advice(Uri destination) => proxy is null ? "behind a proxy, set HTTPS_PROXY"
        : _exceptions.Include(destination) ? $"because of NO_PROXY, {destination.Host} is reached directly, not through the proxy in {proxy.Variable}"
        : $"check the proxy: {proxy.Variable} names {proxy.Address?.Authority}";

    /// <summary>What to do if the proxy asks for a login.</summary>
    public string LoginAdvice => $"write the user and the password into {proxy?.Variable}, percent-encoded: http://USER:PASSWORD@HOST:PORT";
}
