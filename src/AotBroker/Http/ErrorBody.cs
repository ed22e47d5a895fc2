using System.Text.Json;
using AotBroker.Errors;

namespace AotBroker.Http;

/// <summary>
/// What may be shown of an error's body: <c>error</c>, <c>error_description</c>, <c>error_uri</c> (RFC 6749, section
/// 5.2), <c>error.type</c>, <c>error.message</c> of Anthropic's and Google's form, and the first of Vault's <c>errors</c>. The rest is dropped, and so is anything that looks like
/// a token: bodies have been seen to echo the assertion.
/// </summary>
internal static class ErrorBody
{
    /// <summary>Whether the body says that a refresh token is spent, expired or revoked (RFC 6749, section 5.2).</summary>
    public static bool IsInvalidGrant(ReadOnlySpan<byte> body) => Code(body) == "invalid_grant";

    /// <summary>The error's code, such as <c>invalid_grant</c> (RFC 6749, section 5.2); null if there is none.</summary>
    public static string? Code(ReadOnlySpan<byte> body)
    {
        if (Texts(body, isPlatform: false) is not [var said, ..])
        {
            return null;
        }
        int end = said.IndexOf(':', StringComparison.Ordinal);
        return end < 0 ? said : said[..end];
    }

    /// <param name="answer">The answer whose body it is.</param>
    /// <param name="isPlatform">Also read a lone <c>message</c>, as the platforms' own services send it.</param>
    /// <returns>One line, or null if the body has nothing that may be shown.</returns>
    public static string? Describe(HttpAnswer answer, bool isPlatform = false) => Shown(Texts(answer.Body, isPlatform), answer);

    /// <summary>Texts of an answer as they may be shown, in one line; null if they say nothing.</summary>
    public static string? Shown(List<string> texts, HttpAnswer answer) => texts.Count == 0 ? null
        : answer.Sent.AreIn(string.Join(' ', texts)) ? SentSecrets.LeftOut
        : string.Join(": ", texts.ConvertAll(Redaction.WithoutSecrets));

    private static List<string> Texts(ReadOnlySpan<byte> body, bool isPlatform)
    {
        try
        {
            Utf8JsonReader reader = new(body);
            using JsonDocument document = JsonDocument.ParseValue(ref reader);
            JsonElement root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object)
            {
                return [];
            }
            if (!root.TryGetProperty("error", out JsonElement error))
            {
                return Said(isPlatform ? Text(root, "message") : root.TryGetProperty("errors", out JsonElement errors) ? First(errors) : null);
            }
            return error.ValueKind == JsonValueKind.Object
                ? Said(Text(error, "type"), Text(error, "message"))
                : Said(Text(root, "error"), Text(root, "error_description"), Text(root, "error_uri"));
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return [];
        }
    }

    private static List<string> Said(params ReadOnlySpan<string?> texts)
    {
        List<string> said = [];
        foreach (string? text in texts)
        {
            if (!string.IsNullOrWhiteSpace(text))
            {
                said.Add(text);
            }
        }
        return said;
    }

    /// <summary>Vault's form: an array of texts.</summary>
    private static string? First(JsonElement errors)
    {
        if (errors.ValueKind != JsonValueKind.Array || errors.GetArrayLength() == 0)
        {
            return null;
        }
        JsonElement first = errors[0];
        return first.ValueKind == JsonValueKind.String ? first.GetString() : null;
    }

    private static string? Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;
}
