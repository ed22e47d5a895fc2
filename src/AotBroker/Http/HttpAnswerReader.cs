using System.IO.Compression;
using System.Net.Http.Headers;

namespace AotBroker.Http;

/// <summary>Reads an answer within bounds: what a server sends cannot be trusted.</summary>
internal static class HttpAnswerReader
{
    public const int LargestAnswer = 1024 * 1024;

    /// <exception cref="AnswerTooLargeException">The body is larger than <see cref="LargestAnswer"/>.</exception>
    public static async Task<HttpAnswer> ReadAsync(HttpResponseMessage response, SentSecrets sent, CancellationToken stop)
    {
        using Stream content = await response.Content.ReadAsStreamAsync(stop).ConfigureAwait(false);
        // Requested or not: some gateways compress everything. The bound is on the decompressed size.
        using Stream plain = Plain(content, response.Content.Headers.ContentEncoding);
        byte[] body = WithoutMark(await ReadBoundedAsync(plain, stop).ConfigureAwait(false));
        return new HttpAnswer((int)response.StatusCode, body)
        {
            RequestId = RequestId(response.Headers) is { } id && !sent.AreIn(id) ? id : null,
            Sent = sent,
            MediaType = response.Content.Headers.ContentType?.MediaType?.ToLowerInvariant(),
            RetryAfter = RetryAfter(response.Headers),
            Date = response.Headers.Date?.ToUnixTimeSeconds(),
            Headers = response.Headers,
            Trailers = response.TrailingHeaders,
            RedirectHost = response.Headers.Location is { IsAbsoluteUri: true } location && !sent.AreIn(location.Host) ? location.Host : null,
        };
    }

    private static async Task<byte[]> ReadBoundedAsync(Stream stream, CancellationToken stop)
    {
        byte[] buffer = new byte[16 * 1024];
        int length = 0;
        int count;
        while ((count = await stream.ReadAsync(buffer.AsMemory(length), stop).ConfigureAwait(false)) > 0)
        {
            length += count;
            if (length > LargestAnswer)
            {
                throw new AnswerTooLargeException();
            }
            if (length == buffer.Length)
            {
                Array.Resize(ref buffer, length * 2);
            }
        }
        return buffer[..length];
    }

    private static Stream Plain(Stream content, ICollection<string> encodings)
    {
        foreach (string encoding in encodings)
        {
            switch (encoding.ToLowerInvariant())
            {
                case "gzip" or "x-gzip":
                    content = new GZipStream(content, CompressionMode.Decompress);
                    break;
                case "deflate":
                    content = new ZLibStream(content, CompressionMode.Decompress);
                    break;
            }
        }
        return content;
    }

    /// <summary>The body without UTF-8's byte order mark, which JSON must not have and some servers send (RFC 8259, section 8.1).</summary>
    private static byte[] WithoutMark(byte[] body) => body is [0xEF, 0xBB, 0xBF, ..] ? body[3..] : body;

    private static TimeSpan? RetryAfter(HttpResponseHeaders headers)
    {
        if (headers.RetryAfter is not { } retry)
        {
            return null;
        }
        // A date is by the server's clock, so it is measured against the server's own Date.
        TimeSpan? wait = retry.Delta ?? (retry.Date is { } date && headers.Date is { } now ? date - now : null);
        return wait > TimeSpan.Zero ? wait : null;
    }

    private static string? RequestId(HttpResponseHeaders headers)
    {
        foreach (string name in (ReadOnlySpan<string>)["Request-Id", "x-amzn-RequestId", "x-ms-request-id"])
        {
            if (headers.TryGetValues(name, out IEnumerable<string>? ids))
            {
                return AsRequestId(string.Join(' ', ids));
            }
        }
        return null;
    }

    /// <summary>An id is printed and kept, so it must look like one: anything longer could be an echo of what was sent.</summary>
    private static string? AsRequestId(string text)
    {
        const int Longest = 64;
        foreach (char c in text)
        {
            if (!(char.IsAsciiLetterOrDigit(c) || c is '-' or '_'))
            {
                return null;
            }
        }
        return text.Length is > 0 and <= Longest ? text : null;
    }
}

/// <summary>A server sends more than any expected answer has.</summary>
internal sealed class AnswerTooLargeException : Exception;
