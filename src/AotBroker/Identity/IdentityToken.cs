using System.Buffers;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using AotBroker.Errors;
using AotBroker.Runtime;
using AotBroker.Settings;

namespace AotBroker.Identity;

/// <summary>
/// A workload's identity token, a JWT (RFC 7519), and the claims that help a person. The signature is the endpoint's to
/// check: the broker has no key for it, and trusts nothing it reads here beyond saying so.
/// </summary>
internal sealed class IdentityToken
{
    /// <summary>What is read of a source at most; how much a service takes is each exchange's to say.</summary>
    public const int LongestToken = 256 * 1024;

    private readonly string _token;
    private byte[] _claims = [];
    private string? _digest;

    private IdentityToken(string token) => _token = token;

    /// <summary>The token itself, a secret.</summary>
    public string Reveal() => _token;

    /// <summary>SHA-256 of the token, in hexadecimal: what is remembered of it.</summary>
    public string Digest => _digest ??= Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(_token)));

    /// <summary><c>iss</c>.</summary>
    public string? Issuer { get; private set; }

    /// <summary><c>sub</c>.</summary>
    public string? Subject { get; private set; }

    /// <summary><c>aud</c>, joined by spaces where it is a list.</summary>
    public string? Audience { get; private set; }

    /// <summary><c>exp</c> in Unix seconds; null where the token does not say.</summary>
    public long? ExpiresAt { get; private set; }

    /// <summary><c>iat</c> in Unix seconds.</summary>
    public long? IssuedAt { get; private set; }

    /// <summary><c>nbf</c> in Unix seconds.</summary>
    public long? NotBefore { get; private set; }

    /// <summary><c>jti</c>.</summary>
    public string? Id { get; private set; }

    /// <summary><c>kid</c>, of the header.</summary>
    public string? KeyId { get; private set; }

    /// <summary>What the service that gave the token thought the time was, in Unix seconds; null where it did not say.</summary>
    public long? ServerTime { get; private init; }

    public override string ToString() => "[secret]";

    /// <summary>Any other claim, as <see cref="Audience"/> has it; null where the token does not have it as a text.</summary>
    public string? Claim(string name)
    {
        using JsonDocument document = JsonDocument.Parse(_claims);
        try
        {
            return Text(document.RootElement, name);
        }
        catch (InvalidOperationException)
        {
            return null; // Text that is no UTF-16.
        }
    }

    /// <summary>Takes a token apart.</summary>
    /// <param name="text">What the source gave; what commonly stands around a token is dropped.</param>
    /// <param name="origin">The source, for an error: "file /run/token".</param>
    /// <param name="serverTime">What the service that gave it thinks the time is, in Unix seconds; null where it did not say.</param>
    /// <exception cref="BrokerException">It is empty, too large, or not a JWT (AB0403 to AB0405).</exception>
    public static IdentityToken Parse(string text, string origin, long? serverTime = null)
    {
        string token = IdentityText.TokenIn(text);
        if (token.Length == 0)
        {
            throw new BrokerException(ErrorCode.IdentityEmpty, $"the identity token from {origin} is empty", "check that the platform has written it, and that this process looks in the right place");
        }
        if (token.Length > LongestToken)
        {
            throw TooLarge(origin);
        }
        IdentityToken parsed = new(token) { ServerTime = serverTime };
        if (!parsed.TryReadClaims())
        {
            throw NotJwt(token, origin);
        }
        return parsed;
    }

    /// <summary>What is said of something that is larger than any token.</summary>
    public static BrokerException TooLarge(string origin) => new(
        ErrorCode.IdentityTooLarge,
        $"the identity token from {origin} is larger than {LongestToken / 1024} KiB, which no token is",
        "check that it is a token and not another file");

    private static BrokerException NotJwt(string token, string origin) => new(
        ErrorCode.IdentityNotJwt, $"what {origin} holds is not a JWT (three base64url parts, the second a JSON object)", IdentityText.Describe(token));

    /// <summary>Whether the text has a token's parts: what is being written has not, until its last part comes.</summary>
    public static bool IsWhole(string text)
    {
        ReadOnlySpan<char> token = IdentityText.TokenIn(text);
        int last = token.LastIndexOf('.');
        return last > 0 && last < token.Length - 1 && token[..last].Contains('.');
    }

    /// <summary>
    /// Adds what a token says of its workload, without taking all of it apart: this is part of every hit. A token that is not
    /// well-formed elsewhere is found to be so when it is to be presented.
    /// </summary>
    /// <exception cref="BrokerException"><see cref="ErrorCode.IdentityEmpty"/>, <see cref="ErrorCode.IdentityNotJwt"/>.</exception>
    public static void AddWorkload(KeyText key, string text, string origin)
    {
        ReadOnlySpan<char> token = IdentityText.TokenIn(text);
        int start = token.IndexOf('.') + 1;
        int length = start == 0 ? -1 : token[start..].IndexOf('.');
        if (length <= 0 || !TryDecode(token.Slice(start, length), out byte[] payload) || !WorkloadText.TryAdd(key, payload))
        {
            _ = Parse(text, origin); // It has the right words for what is wrong.
            throw NotJwt(IdentityText.TokenIn(text), origin);
        }
    }

    /// <summary>Refuses a token whose time is over, or has not come: presenting it would only spend a request.</summary>
    /// <exception cref="BrokerException"><see cref="ErrorCode.IdentityExpired"/>, <see cref="ErrorCode.IdentityNotYetValid"/>.</exception>
    public void RequireValidAt(long now, IIdentityTokenProvider source)
    {
        const int Skew = 30; // What Anthropic's endpoint allows, in seconds.
        if (ExpiresAt is { } expiresAt && expiresAt + Skew <= now)
        {
            throw new BrokerException(
                ErrorCode.IdentityExpired,
                $"the identity token from {source.Description} expired {Times.Ago(expiresAt, now)} (at {Times.Utc(expiresAt)})",
                IsSkewed(now, Skew) ? [Clocks(now)] : [.. Rotation.Hints(source, this, now), Clocks(now)]);
        }
        if (NotBefore is { } notBefore && notBefore - Skew > now)
        {
            throw new BrokerException(
                ErrorCode.IdentityNotYetValid,
                $"the identity token from {source.Description} is not valid before {Times.Utc(notBefore)}",
                Clocks(now));
        }
    }

    /// <summary>The service that gave the token goes by another time than this machine, so that the clock is at fault.</summary>
    private bool IsSkewed(long now, long allowed) => ServerTime is { } there && Math.Abs(there - now) > allowed;

    private string Clocks(long now) => ServerTime switch
    {
        { } there when there < now => $"this machine's clock is {Times.Duration(now - there)} ahead: it says {Times.Utc(now)}, and the service that gave the token says {Times.Utc(there)}",
        { } there when there > now => $"this machine's clock is {Times.Duration(there - now)} behind: it says {Times.Utc(now)}, and the service that gave the token says {Times.Utc(there)}",
        { } => $"this machine's clock agrees with the service that gave the token: both say {Times.Utc(now)}",
        null => $"if that is wrong, check this machine's clock: it says {Times.Utc(now)}",
    };

    private bool TryReadClaims()
    {
        foreach (char c in _token)
        {
            if (!(char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.'))
            {
                return false;
            }
        }
        string[] parts = _token.Split('.');
        return parts.Length == 3 && parts[2].Length > 0
            && TryDecode(parts[0], out byte[] header) && TryReadHeader(header)
            && TryDecode(parts[1], out byte[] payload) && TryReadPayload(payload);
    }

    private static bool TryDecode(ReadOnlySpan<char> part, out byte[] bytes)
    {
        bytes = new byte[Base64Url.GetMaxDecodedLength(part.Length)];
        // Not TryDecodeFromChars, which throws where the text is not base64url.
        if (part.Length == 0 || Base64Url.DecodeFromChars(part, bytes, out _, out int length) != OperationStatus.Done)
        {
            return false;
        }
        bytes = bytes[..length];
        return true;
    }

    private bool TryReadHeader(byte[] json)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(json);
            JsonElement header = document.RootElement;
            if (header.ValueKind != JsonValueKind.Object)
            {
                return false;
            }
            KeyId = Text(header, "kid");
            return true;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return false;
        }
    }

    private bool TryReadPayload(byte[] json)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(json);
            JsonElement claims = document.RootElement;
            if (claims.ValueKind != JsonValueKind.Object)
            {
                return false;
            }
            Issuer = Text(claims, "iss");
            Subject = Text(claims, "sub");
            Audience = Text(claims, "aud");
            ExpiresAt = Seconds(claims, "exp");
            IssuedAt = Seconds(claims, "iat");
            NotBefore = Seconds(claims, "nbf");
            Id = Text(claims, "jti");
            _claims = json;
            return true;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // InvalidOperationException: a claim whose text is not valid UTF-16.
            return false;
        }
    }

    private static string? Text(JsonElement claims, string name)
    {
        if (!claims.TryGetProperty(name, out JsonElement value))
        {
            return null;
        }
        return value.ValueKind switch
        {
            JsonValueKind.String => value.GetString(),
            JsonValueKind.Array => string.Join(' ', Strings(value)),
            _ => null,
        };
    }

    private static List<string> Strings(JsonElement array)
    {
        List<string> texts = [];
        foreach (JsonElement element in array.EnumerateArray())
        {
            if (element.ValueKind == JsonValueKind.String)
            {
                texts.Add(element.GetString()!);
            }
        }
        return texts;
    }

    /// <summary>A NumericDate, which may have a fraction (RFC 7519, section 2).</summary>
    private static long? Seconds(JsonElement claims, string name) =>
        claims.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.Number
        && value.TryGetDouble(out double seconds) && Math.Abs(seconds) < 1e15
            ? (long)seconds
            : null;
}
