using System.Text;
using System.Text.Json;

namespace AotBroker.Exchange;

/// <summary>
/// What an error's body may say to a person: <c>error</c>, <c>error_description</c>, <c>error_uri</c> (RFC 6749, section
/// 5.2), <c>error.type</c>, <c>error.message</c> of Anthropic's and Google's form, and the first of <c>errors</c> of Vault's. The rest is dropped, and so is whatever looks like
/// a token: bodies have been seen to echo the assertion.
/// </summary>
internal static class ErrorBody
{
    private const int LongestText = 300;
    private static readonly char[] LineBreaks = ['\r', '\n', '\t'];

    private const int ShortestSecret = 32;

    /// <summary>Whether the body says that a refresh token is spent, expired or revoked (RFC 6749, section 5.2).</summary>
    public static bool IsInvalidGrant(ReadOnlySpan<byte> body) => Code(body) == "invalid_grant";

    /// <summary>The error's code, such as <c>invalid_grant</c> (RFC 6749, section 5.2); null where there is none.</summary>
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
    /// <param name="isPlatform">Also <c>message</c> alone, in which the platforms' own services tell it.</param>
    /// <returns>One line, or null where the body says nothing that may be shown.</returns>
    public static string? Describe(HttpAnswer answer, bool isPlatform = false) => Shown(Texts(answer.Body, isPlatform), answer);

    /// <summary>Texts of an answer as they may be shown, in one line; null where they say nothing.</summary>
    public static string? Shown(List<string> texts, HttpAnswer answer) => texts.Count == 0 ? null
        : answer.Sent.AreIn(string.Join(' ', texts)) ? SentSecrets.LeftOut
        : string.Join(": ", texts.ConvertAll(WithoutSecrets));

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

    /// <summary>The text in one line, shortened, with every long unbroken run of a token's characters taken out.</summary>
    public static string WithoutSecrets(string text)
    {
        text = string.Join(' ', text.Split(LineBreaks, StringSplitOptions.RemoveEmptyEntries));
        StringBuilder result = new();
        int start = 0;
        while (start < text.Length && result.Length <= LongestText)
        {
            int end = start;
            while (end < text.Length && IsTokenCharacter(text[end]))
            {
                end++;
            }
            if (end - start >= ShortestSecret)
            {
                result.Append("[redacted]");
            }
            else
            {
                result.Append(text, start, end - start);
            }
            if (end < text.Length)
            {
                result.Append(text[end++]);
            }
            start = end;
        }
        return Shorten(result.ToString(), LongestText);
    }

    /// <summary>The text's beginning, never with half of a surrogate pair at its end.</summary>
    public static string Shorten(string text, int length) => text.Length <= length
        ? text
        : text[..(char.IsHighSurrogate(text[length - 1]) ? length - 1 : length)] + "…";

    private static bool IsTokenCharacter(char c) => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' or '+' or '=' or '~';
}
