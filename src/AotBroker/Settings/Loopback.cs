using System.Net;
using System.Net.Sockets;

namespace AotBroker.Settings;

/// <summary>This machine itself, which a token may be sent to without TLS: 127.0.0.0/8, ::1, and the former as ::ffff:127.0.0.0/104.</summary>
internal static class Loopback
{
    /// <summary>
    /// Whether a URL's host is meant to be this machine. Compared as a whole: <c>localhost.example.com</c> is not. What the
    /// name stands for is the resolver's word, so it is looked at again when a connection is made.
    /// </summary>
    public static bool IsNamedBy(Uri address) => IsNamed(address.Host);

    /// <summary>The same of a host alone, an IPv6 address in its brackets. Numbers count in the usual notation only: in other spellings they could be a name.</summary>
    public static bool IsNamed(string host) =>
        host == "localhost" || (host.AsSpan().IndexOfAnyExcept("0123456789.:[]abcdef") < 0 && IPAddress.TryParse(host, out IPAddress? ip) && Is(ip) && (host[0] == '[' || ip.ToString() == host));

    public static bool Is(IPAddress address) => IPAddress.IsLoopback(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address);

    /// <summary>An address that no packet leaves the machine's own network segment for; the metadata services' among them.</summary>
    public static bool IsLinkLocal(IPAddress address) => address.AddressFamily == AddressFamily.InterNetwork
        ? address.GetAddressBytes() is [169, 254, ..]
        : address.IsIPv6LinkLocal || address.GetAddressBytes() is [0xFD, 0x00, 0x0E, 0xC2, ..] or [0xFD, 0x20, 0x00, 0xCE, ..]; // fd00:ec2::/32 is AWS's own, fd20:ce::/32 Google's.
}
