using System.Text.Json;

namespace AotBroker.Exchange;

/// <summary>
/// What an error's body may say to a person where it is not OAuth's: <c>error</c> or <c>message</c> as a text (NuGet, npm,
/// octo-sts), and <c>errors</c> as a list of <c>code</c>, <c>description</c> and <c>detail</c> (PyPI, crates.io).
/// </summary>
internal static class RegistryError
{
    private const int MostErrors = 3;

    /// <summary>As <see cref="CredentialEndpoint.Told"/>.</summary>
    public static string Told(HttpAnswer answer) => CredentialEndpoint.Told(answer, Describe(answer.Body));

    /// <returns>One line, or null where the body says nothing that may be shown.</returns>
    public static string? Describe(byte[] body)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(body);
            if (document.RootElement.ValueKind != JsonValueKind.Object || !document.RootElement.TryGetProperty("errors", out JsonElement errors) || errors.ValueKind != JsonValueKind.Array)
            {
                return ErrorBody.Describe(body, isPlatform: true);
            }
            List<string> texts = [];
            foreach (JsonElement error in errors.EnumerateArray())
            {
                foreach (string member in (ReadOnlySpan<string>)["code", "description", "detail"])
                {
                    if (texts.Count < MostErrors && error.ValueKind == JsonValueKind.Object && error.TryGetProperty(member, out JsonElement text) && text.ValueKind == JsonValueKind.String)
                    {
                        texts.Add(ErrorBody.WithoutSecrets(text.GetString()!));
                    }
                }
            }
            return texts.Count == 0 ? ErrorBody.Describe(body, isPlatform: true) : string.Join(": ", texts);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return null;
        }
    }
}
