using System.Net;

namespace AotBroker.Http;

/// <summary>The proxy that a variable names, in the spellings that curl and Go read.</summary>
/// <param name="Variable">The variable.</param>
/// <param name="Address">Where the proxy is; null if the variable's value is not understood.</param>
/// <param name="Login">The user and the password; null if there are none.</param>
/// <param name="Problem">What is not understood, without the value, which may hold a password; null if everything is.</param>
internal sealed record ProxyAddress(string Variable, Uri? Address, NetworkCredential? Login, string? Problem)
{
    /// <summary>The first of the variables that has a value; null if none has.</summary>
    public static ProxyAddress? Of(Func<string, string?> environment)
    {
        // HTTP_PROXY is for plain HTTP, which goes to no other machine. (A CGI script gets that name from a request's header.)
        foreach (string variable in (ReadOnlySpan<string>)["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"])
        {
            if (Unquoted(environment(variable)) is { Length: > 0 } value)
            {
                return Parse(variable, value);
            }
        }
        return null;
    }

    /// <summary>Blanks and quotes around a value come from a file whose reader did not remove them.</summary>
    private static string? Unquoted(string? value)
    {
        value = value?.Trim();
        return value is ['"', .., '"'] or ['\'', .., '\''] ? value[1..^1].Trim() : value;
    }

    private static ProxyAddress Parse(string variable, string value)
    {
        int scheme = value.IndexOf("://", StringComparison.Ordinal);
        if (Scheme(scheme < 0 ? "http" : value[..scheme]) is not { } known)
        {
            return Unusable("does not begin with http://, https://, socks4:// or socks5://");
        }
        string rest = scheme < 0 ? value : value[(scheme + 3)..];
        // The last one: a password may hold an "@" that is not encoded, a host cannot.
        int at = rest.LastIndexOf('@');
        string host = at < 0 ? rest : rest[(at + 1)..];
        NetworkCredential? login = at < 0 ? null : LoginIn(rest[..at]);
        int end = host.AsSpan().IndexOfAny('/', '?', '#');
        host = end < 0 ? host : host[..end];
        if (host.AsSpan().ContainsAnyExceptInRange('!', '~') || host.AsSpan().IndexOfAny('"', '\'', '\\') >= 0
            || !Uri.TryCreate($"{known}://{host}", UriKind.Absolute, out Uri? address) || address.Host.Length == 0 || address.Port == 0)
        {
            return Unusable("has no host and port that can be read");
        }
        return address.Port > 0 ? new ProxyAddress(variable, address, login, null)
            : new ProxyAddress(variable, new Uri($"{known}://{host.TrimEnd(':')}:1080"), login, null); // RFC 1928, section 3.

        ProxyAddress Unusable(string problem) => new(variable, null, null, problem);
    }

    /// <summary>
    /// The scheme as the framework names it. It has the proxy look up names, of SOCKS 4a and 5, which is what socks5h asks
    /// for; socks5 leaves open who does.
    /// </summary>
    private static string? Scheme(string scheme) => scheme.ToLowerInvariant() switch
    {
        "http" => "http",
        "https" => "https",
        "socks4" => "socks4",
        "socks4a" => "socks4a",
        "socks5" or "socks5h" or "socks" => "socks5",
        _ => null,
    };

    private static NetworkCredential LoginIn(string text)
    {
        int colon = text.IndexOf(':', StringComparison.Ordinal);
        return colon < 0
            ? new NetworkCredential(Uri.UnescapeDataString(text), "")
            : new NetworkCredential(Uri.UnescapeDataString(text[..colon]), Uri.UnescapeDataString(text[(colon + 1)..]));
    }
}
