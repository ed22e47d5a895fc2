using System.Globalization;
using System.Net;

namespace AotBroker.Http;

/// <summary>
/// NO_PROXY, with everything that curl or Go understand: a domain and all below it, also with a dot or "*." before it; a host with a
/// port; an address; a network, also written by an address in it; "*". A host that is meant to be reached directly is
/// often not reached by the proxy at all.
/// </summary>
internal sealed class ProxyExceptions(string? text)
{
    private readonly string[] _exceptions = (text ?? "").Split([',', ' ', '\t', '\n', '\r', ';', '"', '\''], StringSplitOptions.RemoveEmptyEntries);

    public bool Include(Uri destination)
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
        return IPAddress.TryParse(host, out IPAddress? address)
            ? MatchesAddress(exception, Plain(address), destination.Port)
            : MatchesName(exception, host, destination.Port);
    }

    private static bool MatchesAddress(string exception, IPAddress address, int port)
    {
        int slash = exception.IndexOf('/', StringComparison.Ordinal);
        if (slash >= 0)
        {
            return IPAddress.TryParse(exception.AsSpan(0, slash).Trim("[]"), out IPAddress? network)
                && int.TryParse(exception.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int length)
                && IsWithin(address.GetAddressBytes(), network.GetAddressBytes(), length);
        }
        return IPEndPoint.TryParse(exception, out IPEndPoint? one) && Plain(one.Address).Equals(address) && (one.Port == 0 || one.Port == port);
    }

    /// <summary>Whether the first bits are the same. The network's other bits are ignored.</summary>
    private static bool IsWithin(ReadOnlySpan<byte> address, ReadOnlySpan<byte> network, int length)
    {
        if (address.Length != network.Length || length > address.Length * 8)
        {
            return false;
        }
        int whole = length / 8;
        int rest = length % 8;
        return address[..whole].SequenceEqual(network[..whole]) && (rest == 0 || (address[whole] ^ network[whole]) >> (8 - rest) == 0);
    }

    private static bool MatchesName(string exception, string host, int port)
    {
        int colon = exception.LastIndexOf(':');
        if (colon >= 0 && (!int.TryParse(exception.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int wanted) || wanted != port))
        {
            return false;
        }
        ReadOnlySpan<char> name = (colon < 0 ? exception : exception.AsSpan(0, colon)).TrimStart('*').Trim('.');
        return !name.IsEmpty && host.AsSpan().EndsWith(name, StringComparison.OrdinalIgnoreCase)
            && (host.Length == name.Length || host[host.Length - name.Length - 1] == '.');
    }

    private static IPAddress Plain(IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
}
