using System.Globalization;
using System.Net;
using AotBroker.Errors;
using AotBroker.Http;

namespace AotBroker.Identity;

/// <summary>
/// Where the SPIFFE Workload API listens: <c>unix:///absolute/path</c> or <c>tcp://IP:PORT</c>, and nothing else.
/// Source: the SPIFFE Workload Endpoint, section 4.
/// </summary>
/// <param name="Address">What the request is addressed to.</param>
/// <param name="Socket">The Unix socket; null for TCP.</param>
internal sealed record SpiffeEndpoint(CheckedUrl Address, string? Socket)
{
    private const string Method = "/SpiffeWorkloadAPI/FetchJWTSVID";

    /// <exception cref="BrokerException">
    /// <see cref="ErrorCode.SettingInvalid"/>; <see cref="ErrorCode.EndpointRefused"/> for an address beyond this machine.
    /// </exception>
    public static SpiffeEndpoint Of(string value, string origin)
    {
        const string Unix = "unix://";
        const string Tcp = "tcp://";
        if (value.StartsWith(Unix, StringComparison.Ordinal))
        {
            string path = value[Unix.Length..];
            return path.StartsWith('/') && path.Length > 1 && path.AsSpan().IndexOfAny('?', '#', '\0') < 0
                ? new SpiffeEndpoint(CheckedUrl.OfSocket(Method), Uri.UnescapeDataString(path))
                : throw Invalid(origin);
        }
        if (!value.StartsWith(Tcp, StringComparison.Ordinal) || !IPEndPoint.TryParse(value[Tcp.Length..], out IPEndPoint? at) || at.Port == 0)
        {
            throw Invalid(origin);
        }
        string host = at.Address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6 ? $"[{at.Address}]" : at.Address.ToString();
        return new SpiffeEndpoint(CheckedUrl.OfHost($"http://{host}:{at.Port.ToString(CultureInfo.InvariantCulture)}{Method}", origin), null);
    }

    private static BrokerException Invalid(string origin) => new(
        ErrorCode.SettingInvalid,
        $"{origin} is not an address of the SPIFFE Workload API",
        "write it as unix:///ABSOLUTE/PATH or tcp://IP:PORT, with nothing after it; a host name is not accepted");
}
