using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace LocalTokenEndpoint;

/// <summary>A request, read to its end.</summary>
internal sealed record PresentedRequest(
    string Method, string Path, IQueryCollection Query, IHeaderDictionary Headers, string RequestId, ReadOnlyMemory<byte> Body)
{
    private const StringSplitOptions ListItems = StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries;

    public string? UserAgent => Headers.UserAgent.ToString() is { Length: > 0 } agent ? agent : null;

    /// <summary>The value after <c>Bearer</c>; schemes are case-insensitive (RFC 9110, 11.1).</summary>
    public string? Bearer
    {
        get
        {
            var value = Headers.Authorization.ToString();
            const string scheme = "Bearer ";
            return value.StartsWith(scheme, StringComparison.OrdinalIgnoreCase) && value.Length > scheme.Length
                ? value[scheme.Length..].Trim()
                : null;
        }
    }

    /// <summary>The values of a header that is a list, whether in one line or in several.</summary>
    public IReadOnlyList<string> ListHeader(string name) =>
        [.. Headers[name].SelectMany(line => (line ?? "").Split(',', ListItems))];

    /// <summary>A member of a JSON body, if there is one, without judging the rest: events want it of bad requests too.</summary>
    public string? Peek(string member)
    {
        try
        {
            using var document = JsonDocument.Parse(Body);
            return document.RootElement.ValueKind == JsonValueKind.Object
                && document.RootElement.TryGetProperty(member, out var value) && value.ValueKind == JsonValueKind.String
                ? value.GetString()
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Reads the body. Null when it is larger than allowed.</summary>
    public static async Task<PresentedRequest?> ReadAsync(HttpContext http, string requestId, int largestBody)
    {
        using var body = new MemoryStream();
        var buffer = new byte[8192];
        int count;
        while ((count = await http.Request.Body.ReadAsync(buffer, http.RequestAborted).ConfigureAwait(false)) > 0)
        {
            if (body.Length + count > largestBody)
            {
                return null;
            }

            body.Write(buffer, 0, count);
        }

        return new PresentedRequest(
            http.Request.Method, http.Request.Path, http.Request.Query, http.Request.Headers, requestId, body.ToArray());
    }
}
