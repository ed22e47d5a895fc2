using System.Text.Json;
using AotBroker.Http;

namespace AotBroker.Exchange;

/// <summary>
/// What an error's body may say to a person where it is not OAuth's alone: <c>error</c> or <c>message</c> as a text (NuGet,
/// npm, octo-sts), <c>errors</c> as a list of texts, or of <c>code</c>, <c>message</c>, <c>description</c> and <c>detail</c>
/// (PyPI, crates.io, JFrog), a code beside a message (Databricks), and a problem's <c>title</c> and <c>detail</c> (RFC 9457).
/// </summary>
internal static class ServiceError
{
    private const int MostTexts = 3;

    private static readonly string[] OfOneError = ["code", "message", "description", "detail"];

    private static readonly string[] OfTheWhole = ["error_code", "errorCode", "code", "title", "message", "error_message", "errorMessage", "msg", "detail", "reason"];

    /// <summary>As <see cref="CredentialEndpoint.Told"/>.</summary>
    public static string Told(HttpAnswer answer) => CredentialEndpoint.Told(answer, Describe(answer));

    /// <returns>One line, or null where the body says nothing that may be shown.</returns>
    public static string? Describe(HttpAnswer said)
    {
        using JsonAnswer answer = new(said.Body);
        List<string> texts = [];
        if (answer["errors"] is { ValueKind: JsonValueKind.Array } errors)
        {
            foreach (JsonElement error in errors.EnumerateArray())
            {
                Add(texts, error, OfOneError);
            }
        }
        if (texts.Count == 0 && answer["error"].ValueKind == JsonValueKind.Undefined)
        {
            Add(texts, answer.Root, OfTheWhole);
        }
        // The standard's form, and what is like it, is read in one place for all.
        return texts.Count == 0 ? ErrorBody.Describe(said, isPlatform: true) : ErrorBody.Shown(texts, said);
    }

    private static void Add(List<string> texts, JsonElement error, ReadOnlySpan<string> members)
    {
        if (error.ValueKind != JsonValueKind.Object)
        {
            Add(texts, error);
            return;
        }
        foreach (string member in members)
        {
            Add(texts, JsonAnswer.Member(error, member));
        }
    }

    private static void Add(List<string> texts, JsonElement value)
    {
        if (texts.Count < MostTexts && JsonAnswer.TextOf(value) is { } text && !string.IsNullOrWhiteSpace(text))
        {
            texts.Add(text);
        }
    }
}
