namespace AotBroker.Tests;

/// <summary>A request as it came, in a form that two can be compared in: the order of header lines means nothing.</summary>
internal static class HttpText
{
    /// <param name="server">Where the request went, for its Host line.</param>
    /// <param name="target">Method and path.</param>
    /// <param name="headers">The lines besides Host, User-Agent and Connection.</param>
    public static string Request(RawServer server, string target, params string[] headers) => Sorted(
        $"{target} HTTP/1.1\r\nHost: 127.0.0.1:{server.Port}\r\nUser-Agent: aotbroker/0.1.0\r\nConnection: close\r\n{string.Concat(headers.Select(static line => line + "\r\n"))}\r\n");

    public static string Sorted(string request)
    {
        int end = request.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        string[] lines = request[..end].Split("\r\n");
        return string.Join("\r\n", [lines[0], .. lines[1..].Order(StringComparer.Ordinal)]) + request[end..];
    }
}
