using System.Globalization;

namespace AotBroker.Settings;

/// <summary>
/// What a client asks a credential for, taken apart by hand: System.Uri would cost a hit dearly, and mends what is better
/// refused.
/// </summary>
/// <param name="Scheme">In small letters; null if the text names none.</param>
/// <param name="Host">In small letters, an IPv6 address in its brackets.</param>
/// <param name="Port">0 if the text names none.</param>
/// <param name="Path">With its first slash, without query and fragment; empty if there is none.</param>
internal readonly record struct RequestedUrl(string? Scheme, string Host, int Port, string Path)
{
    private const int Longest = 8 * 1024;

    /// <returns>Null for what is no URL and no host, or could be read in two ways.</returns>
    public static RequestedUrl? TryParse(string text)
    {
        if (text.Length is 0 or > Longest || text.AsSpan().ContainsAnyExceptInRange('!', '~') || text.Contains('\\', StringComparison.Ordinal))
        {
            return null;
        }
        string? scheme = null;
        int separator = text.IndexOf("://", StringComparison.Ordinal);
        if (separator >= 0)
        {
            scheme = text[..separator].ToLowerInvariant();
            if (scheme.Length == 0 || scheme.AsSpan().ContainsAnyExcept("abcdefghijklmnopqrstuvwxyz0123456789+-."))
            {
                return null;
            }
            text = text[(separator + 3)..];
        }
        int end = text.AsSpan().IndexOfAny("/?#");
        string authority = end < 0 ? text : text[..end];
        string path = end >= 0 && text[end] == '/' ? text[end..] : "";
        int query = path.AsSpan().IndexOfAny("?#");
        path = query < 0 ? path : path[..query];
        if (end >= 0 && text[end] != '/' && text.AsSpan(end).Contains('@'))
        {
            return null; // Some clients would take all before it for a user's name.
        }
        int at = authority.IndexOf('@', StringComparison.Ordinal);
        authority = authority[(at + 1)..];
        return HostOf(authority, out int port) is { } host ? new RequestedUrl(scheme, host, port, path) : null;
    }

    /// <summary>The host with its port, where one is named: what a profile calls a host.</summary>
    public string Authority => Port > 0 ? $"{Host}:{Port.ToString(CultureInfo.InvariantCulture)}" : Host;

    /// <summary>Whether the host is this machine, to which plain HTTP leaks nothing.</summary>
    public bool IsLoopback => Loopback.IsNamed(Host);

    /// <summary>Whether a path says the same in one spelling only, so that a prefix of it means something.</summary>
    public bool HasPlainPath =>
        !Path.Contains('%', StringComparison.Ordinal) && !Path.Contains("//", StringComparison.Ordinal) && !$"{Path}/".Contains("/./", StringComparison.Ordinal)
        && !$"{Path}/".Contains("/../", StringComparison.Ordinal) && !Path.Contains(';', StringComparison.Ordinal);

    private static string? HostOf(string authority, out int port)
    {
        port = 0;
        int end = authority.StartsWith('[') ? authority.IndexOf(']', StringComparison.Ordinal) + 1 : authority.IndexOf(':', StringComparison.Ordinal);
        end = end < 0 ? authority.Length : end;
        string host = authority[..end].ToLowerInvariant();
        string rest = authority[end..];
        if (rest.Length > 0 && !(rest[0] == ':' && (rest.Length == 1 || TryPort(rest[1..], out port))))
        {
            return null;
        }
        bool isRight = host.StartsWith('[')
            ? host.Length > 2 && !host.AsSpan(1, host.Length - 2).ContainsAnyExcept("0123456789abcdef:.")
            : host.Length > 0 && host[0] != '.' && !host.Contains("..", StringComparison.Ordinal) && !host.AsSpan().ContainsAnyExcept("abcdefghijklmnopqrstuvwxyz0123456789-._");
        return isRight ? host : null;
    }

    private static bool TryPort(string text, out int port) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out port) && port is > 0 and <= 65535;
}
