namespace AotBroker.Settings;

/// <summary>One host or URL prefix of a profile's `serves`: a credential is handed to nothing else.</summary>
internal static class ServedHost
{
    private const string Below = "*.";

    /// <summary>How closely the entry describes what is asked for; 0 if it does not.</summary>
    public static int Match(string entry, RequestedUrl asked)
    {
        int star = entry.IndexOf("://", StringComparison.Ordinal) is >= 0 and int separator ? separator + 3 : 0;
        bool isStar = entry.AsSpan(star).StartsWith(Below, StringComparison.Ordinal);
        if (RequestedUrl.TryParse(isStar ? entry.Remove(star, Below.Length) : entry) is not { } served || !SchemeFits(served, asked) || PortOf(served, asked) != PortOf(asked, asked))
        {
            return 0;
        }
        bool isHost = isStar ? asked.Host.EndsWith("." + served.Host, StringComparison.Ordinal) : asked.Host == served.Host;
        if (!isHost || !PathFits(served.Path, asked))
        {
            return 0;
        }
        return 1 + served.Path.Length + (isStar ? 0 : 1 << 16);
    }

    /// <summary>Plain HTTP only to this machine, or if the profile says http. What names no scheme gets TLS.</summary>
    private static bool SchemeFits(RequestedUrl served, RequestedUrl asked) => served.Scheme is { } scheme
        ? scheme == (asked.Scheme ?? "https")
        : asked.Scheme is null or "https" || (asked.Scheme == "http" && asked.IsLoopback);

    private static int PortOf(RequestedUrl one, RequestedUrl asked) => one.Port > 0 ? one.Port : asked.Scheme == "http" ? 80 : 443;

    private static bool PathFits(string prefix, RequestedUrl asked)
    {
        if (prefix is "" or "/")
        {
            return true;
        }
        if (!asked.HasPlainPath)
        {
            return false;
        }
        // An escape is in what a profile says alone: git asks with the path decoded, and for others it is not plain.
        prefix = prefix.Contains('%', StringComparison.Ordinal) ? Uri.UnescapeDataString(prefix) : prefix;
        string path = asked.Path;
        return (path.StartsWith(prefix, StringComparison.Ordinal) && (path.Length == prefix.Length || prefix.EndsWith('/') || path[prefix.Length] == '/'))
            || (prefix.Length == path.Length + 1 && prefix.EndsWith('/') && prefix.StartsWith(path, StringComparison.Ordinal));
    }
}
