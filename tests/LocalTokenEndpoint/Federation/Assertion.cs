using System.Buffers.Text;
using System.Text.Json;

namespace LocalTokenEndpoint;

/// <summary>An identity token taken apart, not yet believed.</summary>
internal sealed record Assertion(string Text, JsonElement Header, JsonElement Payload, byte[] Signature)
{
    public const int LargestBytes = 16 * 1024;

    public string? Algorithm => StringOf(Header, "alg");

    public string? KeyId => StringOf(Header, "kid");

    public string? Issuer => StringOf(Payload, "iss");

    public string? Subject => StringOf(Payload, "sub");

    public string? JwtId => StringOf(Payload, "jti");

    public string SignedPart => Text[..Text.LastIndexOf('.')];

    /// <summary>RFC 7519, 4.1.3: one string, or an array of them.</summary>
    public bool HasAudience(string audience) => Payload.TryGetProperty("aud", out var value) && value.ValueKind switch
    {
        JsonValueKind.String => value.GetString() == audience,
        JsonValueKind.Array => value.EnumerateArray().Any(
            item => item.ValueKind == JsonValueKind.String && item.GetString() == audience),
        _ => false,
    };

    /// <summary>Whether a claim has exactly this value; numbers and booleans compare by their JSON text.</summary>
    public bool HasClaim(string name, string expected) => Payload.TryGetProperty(name, out var value) && value.ValueKind switch
    {
        JsonValueKind.String => value.GetString() == expected,
        JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False => value.GetRawText() == expected,
        _ => false,
    };

    /// <summary>A NumericDate of RFC 7519: seconds since 1970, which may have a fraction.</summary>
    public bool TryGetDate(string name, out double? seconds)
    {
        seconds = null;
        if (!Payload.TryGetProperty(name, out var value))
        {
            return true;
        }

        if (value.ValueKind != JsonValueKind.Number || !value.TryGetDouble(out var number) || !double.IsFinite(number))
        {
            return false;
        }

        seconds = number;
        return true;
    }

    public static Assertion? Parse(string text)
    {
        var parts = text.Split('.');
        if (parts.Length != 3
            || DecodeObject(parts[0]) is not { } header
            || DecodeObject(parts[1]) is not { } payload
            || Decode(parts[2]) is not { } signature)
        {
            return null;
        }

        return new Assertion(text, header, payload, signature);
    }

    private static JsonElement? DecodeObject(string part)
    {
        if (Decode(part) is not { } json)
        {
            return null;
        }

        try
        {
            // A member that stands twice means one thing to one reader and another to the next: no such token is believed.
            using var document = JsonDocument.Parse(json, new JsonDocumentOptions { AllowDuplicateProperties = false });
            return document.RootElement.ValueKind == JsonValueKind.Object ? document.RootElement.Clone() : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static byte[]? Decode(string part)
    {
        // RFC 7515 has no padding and no white space, which the decoder would let pass.
        if (part.AsSpan().IndexOfAny("= \t\r\n") >= 0 || !Base64Url.IsValid(part))
        {
            return null;
        }

        return Base64Url.DecodeFromChars(part);
    }

    private static string? StringOf(JsonElement json, string name) =>
        json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
