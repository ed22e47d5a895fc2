using System.Text.Json;
using AotBroker.Http;

namespace AotBroker.Identity;

/// <summary>
/// The token in what a source gave: what editors, shells and the platforms' services put around it is taken off where no
/// other reading is possible. What is left has to be a JWT, to the letter.
/// </summary>
internal static class IdentityText
{
    private const string ByteOrderMark = "\uFEFF";
    private const string ByteOrderMarkAsLatin1 = "ï»¿";
    private const string Bearer = "Bearer ";

    /// <summary>The members that services put their one token in: GitHub's, GitLab's and Buildkite's, and OpenID Connect's.</summary>
    private static readonly string[] Members = ["value", "token", "id_token"];

    /// <returns>The token, or what is left where there is none.</returns>
    public static string TokenIn(string text)
    {
        string inner = Bare(text);
        return inner.StartsWith('{') ? OfJson(inner) ?? inner : inner;
    }

    /// <summary>What the text looks like that is no JWT, and what to do; none of it is repeated.</summary>
    public static string Describe(string token)
    {
        string[] parts = token.Split('.');
        return token switch
        {
            _ when token.StartsWith("ÿþ", StringComparison.Ordinal) || token.Contains('\0', StringComparison.Ordinal) => "it looks like UTF-16, as PowerShell writes it: write it as UTF-8",
            ['{', ..] => "it looks like a JSON object that has a token in none of value, token and id_token, or in several: write only the token",
            ['<', ..] => "it looks like HTML or XML: the program that should have written the token got another answer",
            ['/' or '~', ..] => "it looks like a path: name the file as the source `file`, or in ANTHROPIC_IDENTITY_TOKEN_FILE",
            ['$', ..] => "it looks like a variable's name that was not replaced by its value",
            _ when token.StartsWith("-----BEGIN", StringComparison.Ordinal) => "it looks like a key or a certificate",
            _ when token.StartsWith("sk-", StringComparison.Ordinal) || token.StartsWith("gh", StringComparison.Ordinal) => "it looks like an API key or an access token: the source must give the identity token itself",
            _ when parts.Length == 5 => "it has five parts, as an encrypted JWT has: the services can only read a signed one",
            _ when token.Contains('\n', StringComparison.Ordinal) => "it has several lines: write only one token",
            _ => "check that the source is the identity token itself, not a file name, a JSON answer or an API key",
        };
    }

    private static string Bare(string text)
    {
        string token = text.Trim();
        token = token.StartsWith(ByteOrderMark, StringComparison.Ordinal) ? token[ByteOrderMark.Length..].Trim()
            : token.StartsWith(ByteOrderMarkAsLatin1, StringComparison.Ordinal) ? token[ByteOrderMarkAsLatin1.Length..].Trim()
            : token;
        token = token is ['"', _, .., '"'] or ['\'', _, .., '\''] ? token[1..^1].Trim() : token;
        return token.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase) ? token[Bearer.Length..].Trim() : token;
    }

    /// <returns>Null where it is none of them, or where two members differ.</returns>
    private static string? OfJson(string text)
    {
        using JsonAnswer answer = new(System.Text.Encoding.UTF8.GetBytes(text));
        string? found = null;
        foreach (string member in Members)
        {
            JsonElement value = answer[member];
            if (value.ValueKind == JsonValueKind.Undefined)
            {
                continue;
            }
            if (JsonAnswer.TextOf(value)?.Trim() is not { Length: > 0 } token || (found is not null && found != token))
            {
                return null;
            }
            found = token;
        }
        return found;
    }
}
