using System.Net;
using AotBroker.Errors;
using AotBroker.Settings;

namespace AotBroker.Http;

/// <summary>
/// An address that a secret may be sent to: https, or plain http that stays on this machine; no user name, no password, no
/// fragment. A request can be made from nothing else (invariant 8).
/// </summary>
internal sealed record CheckedUrl
{
    private CheckedUrl(Uri uri) => Uri = uri;

    public Uri Uri { get; }

    /// <summary>Host and port, for messages.</summary>
    public string Authority => Uri.Authority;

    /// <summary>The address of a service.</summary>
    /// <param name="address">The text.</param>
    /// <param name="origin">Where it was set, for messages.</param>
    /// <exception cref="BrokerException"><see cref="ErrorCode.EndpointRefused"/>.</exception>
    public static CheckedUrl Of(string address, string origin) => Of(address, origin, isOfHost: false);

    /// <summary>The address of a service whose paths are added to what was set, which so has no query of its own.</summary>
    /// <exception cref="BrokerException"><see cref="ErrorCode.EndpointRefused"/>.</exception>
    public static CheckedUrl OfPath(string address, string origin)
    {
        CheckedUrl url = Of(address, origin);
        return url.Uri.Query.Length == 0 ? url : throw new BrokerException(ErrorCode.EndpointRefused, $"the address from {origin} has a query (\"?…\")", "leave it out");
    }

    /// <summary>The address of one of the machine's own services, which are reached by plain http on link-local addresses too.</summary>
    /// <exception cref="BrokerException"><see cref="ErrorCode.EndpointRefused"/>.</exception>
    public static CheckedUrl OfHost(string address, string origin) => Of(address, origin, isOfHost: true);

    /// <summary>A fixed name for a server that is reached by a Unix socket, where nothing is resolved.</summary>
    public static CheckedUrl OfSocket(string pathAndQuery) => new(new Uri("http://localhost" + pathAndQuery));

    private static CheckedUrl Of(string address, string origin, bool isOfHost)
    {
        if (!Uri.TryCreate(address, UriKind.Absolute, out Uri? uri) || uri.Scheme is not ("https" or "http") || uri.Host.Length == 0)
        {
            throw Refused(origin, "is not an https address", "write it as https://HOST");
        }
        if (uri.UserInfo.Length > 0)
        {
            throw Refused(origin, "holds a user name or a password", "leave them out of the address");
        }
        if (uri.Fragment.Length > 0)
        {
            throw Refused(origin, "has a fragment (\"#…\")", "leave it out");
        }
        if (uri.Scheme == "http" && !Loopback.IsNamedBy(uri) && !(isOfHost && IPAddress.TryParse(uri.Host, out IPAddress? ip) && Loopback.IsLinkLocal(ip)))
        {
            throw Refused(origin, $"is plain http to {uri.Host}: anyone on the way could take the token", "use https; plain http is only for localhost, 127.0.0.1 and [::1]");
        }
        return new CheckedUrl(uri);

        static BrokerException Refused(string origin, string what, string hint) =>
            new(ErrorCode.EndpointRefused, $"the address from {origin} {what}", hint);
    }
}
