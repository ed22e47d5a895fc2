using System.Buffers.Binary;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text;

namespace AotBroker.Http;

/// <summary>How a call ended, in gRPC's own numbers.</summary>
internal enum GrpcStatus
{
    Ok = 0,
    InvalidArgument = 3,
    DeadlineExceeded = 4,
    PermissionDenied = 7,
    ResourceExhausted = 8,
    Unimplemented = 12,
    Unavailable = 14,
}

/// <summary>
/// gRPC's single call over HTTP/2: one message there, one back, and a status in the trailers, or in the headers if there
/// is nothing else. Source: gRPC's "gRPC over HTTP2".
/// </summary>
internal static class GrpcCall
{
    private const int PrefixLength = 5;

    /// <summary>A call's answer.</summary>
    /// <param name="Status">Any number; null if the answer was not gRPC's.</param>
    /// <param name="Said">What the other side says about it, in words that may be shown; null if it says nothing.</param>
    /// <param name="Message">The message; null if there is none, or it cannot be read.</param>
    internal readonly record struct Answer(GrpcStatus? Status, string? Said, byte[]? Message);

    /// <summary>A request that carries one message.</summary>
    /// <param name="address">With the method's path.</param>
    /// <param name="message">The message.</param>
    /// <param name="timeout">Sent to the other side, so that it gives up too.</param>
    /// <param name="metadata">An additional header.</param>
    public static HttpRequestPlan Plan(CheckedUrl address, ReadOnlySpan<byte> message, TimeSpan timeout, KeyValuePair<string, string> metadata)
    {
        byte[] body = new byte[PrefixLength + message.Length]; // The first byte says that it is not compressed.
        BinaryPrimitives.WriteInt32BigEndian(body.AsSpan(1), message.Length);
        message.CopyTo(body.AsSpan(PrefixLength));
        long milliseconds = Math.Clamp((long)timeout.TotalMilliseconds, 1, 99_999_999);
        return new HttpRequestPlan(HttpMethod.Post, address)
        {
            Headers = [new("TE", "trailers"), new("grpc-timeout", milliseconds.ToString(CultureInfo.InvariantCulture) + "m"), metadata],
            Body = body,
            ContentType = "application/grpc",
            IsHttp2 = true,
            IsDirect = true,
        };
    }

    public static Answer Read(HttpAnswer answer)
    {
        HttpResponseHeaders? place = One(answer.Trailers, "grpc-status") is null ? answer.Headers : answer.Trailers;
        if (answer.Status != 200 || One(place, "grpc-status") is not { } number || !int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out int status))
        {
            return new Answer(null, null, null);
        }
        string? said = One(place, "grpc-message") is { } message ? ErrorBody.Shown([AsOneLine(Decoded(message))], answer) : null;
        return new Answer((GrpcStatus)status, string.IsNullOrWhiteSpace(said) ? null : said, Unframed(answer.Body));
    }

    private static string AsOneLine(string text) => string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

    /// <summary>The one message; null if there are none, several, half of one, or a compressed one, which was not requested.</summary>
    private static byte[]? Unframed(byte[] body) =>
        body.Length >= PrefixLength && body[0] == 0 && BinaryPrimitives.ReadUInt32BigEndian(body.AsSpan(1)) == (uint)(body.Length - PrefixLength)
            ? body[PrefixLength..]
            : null;

    private static string? One(HttpResponseHeaders? headers, string name) =>
        headers is not null && headers.NonValidated.TryGetValues(name, out HeaderStringValues values) ? values.ToString() : null;

    /// <summary>UTF-8, with the bytes that a header cannot hold written as <c>%XX</c>. Anything else is left as it is.</summary>
    private static string Decoded(string text)
    {
        byte[] octets = new byte[Encoding.UTF8.GetMaxByteCount(text.Length)];
        int length = 0;
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] == '%' && i + 2 < text.Length && byte.TryParse(text.AsSpan(i + 1, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out byte octet))
            {
                octets[length++] = octet;
                i += 2;
            }
            else
            {
                length += Encoding.UTF8.GetBytes(text.AsSpan(i, 1), octets.AsSpan(length));
            }
        }
        return Encoding.UTF8.GetString(octets, 0, length);
    }
}
