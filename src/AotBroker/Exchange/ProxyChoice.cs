using System.Globalization;
using System.Net;

namespace AotBroker.Exchange;

/// <summary>
/// The proxy that HTTPS_PROXY or ALL_PROXY names, but for the hosts in NO_PROXY. .NET reads these too; of NO_PROXY it knows
/// only whole names and suffixes that begin with a dot, where other tools also take a domain with all below it, a port, a
/// network and "*". A host that is meant to be reached directly is often not reached by the proxy at all.
/// </summary>
internal sealed class ProxyChoice(IWebProxy proxy, string? exceptions) : IWebProxy
{
    private readonly string[] _exceptions = (exceptions ?? "").Split([',', ' '], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    public ICredentials? Credentials
    {
        get => proxy.Credentials;
        set => proxy.Credentials = value;
    }

    public static ProxyChoice OfThisProcess() =>
        new(HttpClient.DefaultProxy, Environment.GetEnvironmentVariable("no_proxy") ?? Environment.GetEnvironmentVariable("NO_PROXY"));

    public Uri? GetProxy(Uri destination) => IsBypassed(destination) ? null : proxy.GetProxy(destination);

    public bool IsBypassed(Uri host) => IsExcepted(host) || proxy.IsBypassed(host);

    private bool IsExcepted(Uri destination)
    {
        foreach (string exception in _exceptions)
        {
            if (exception == "*" || Matches(exception, destination))
            {
                return true;
            }
        }
        return false;
    }

    private static bool Matches(string exception, Uri destination)
    {
        string host = destination.IdnHost.TrimEnd('.');
        if (IPAddress.TryParse(host, out IPAddress? address))
        {
            return exception.Contains('/') ? IPNetwork.TryParse(exception, out IPNetwork network) && network.Contains(address)
                : IPEndPoint.TryParse(exception, out IPEndPoint? one) && one.Address.Equals(address) && (one.Port == 0 || one.Port == destination.Port);
        }
        int colon = exception.LastIndexOf(':');
        if (colon >= 0 && (!int.TryParse(exception.AsSpan(colon + 1), CultureInfo.InvariantCulture, out int port) || port != destination.Port))
        {
            return false;
        }
        ReadOnlySpan<char> name = (colon < 0 ? exception : exception.AsSpan(0, colon)).TrimStart('*').Trim('.');
        return !name.IsEmpty && host.AsSpan().EndsWith(name, StringComparison.OrdinalIgnoreCase)
            && (host.Length == name.Length || host[host.Length - name.Length - 1] == '.');
    }
}
