using System.Text;
using System.Text.Json;

namespace AotBroker.Http;

/// <summary>
/// The secrets that a request held, and whether a text repeats a piece of one: as it is or in base64 or hexadecimal, in
/// letters of either case, in pieces between other characters, percent-encoded or escaped. Linear in both sizes.
/// </summary>
internal sealed class SentSecrets
{
    /// <summary>Shown in place of a text that repeats a secret.</summary>
    public const string LeftOut = "the service's text was left out: it repeats a secret";

    /// <summary>This many letters and digits of a secret in a row are never shown.</summary>
    public const int ShortestPiece = 12;

    private const int ShortestSecret = 16;

    /// <summary>Members and form fields whose values are secret, whatever they look like.</summary>
    private static readonly string[] SecretNames =
        ["assertion", "client_assertion", "subject_token", "actor_token", "refresh_token", "client_secret", "jwt", "token", "WebIdentityToken"];

    private readonly List<string> _secrets = [];
    private HashSet<ulong>? _pieces;

    private SentSecrets()
    {
    }

    public static SentSecrets None { get; } = new();

    public static SentSecrets Of(HttpRequestPlan plan)
    {
        SentSecrets sent = new();
        foreach ((string name, string value) in plan.Headers)
        {
            if (IsSecretHeader(name) && !value.StartsWith("AWS4-", StringComparison.Ordinal)) // A signature, and what it covers.
            {
                sent.Add(value[(value.LastIndexOf(' ') + 1)..]);
            }
        }
        if (plan.Body is { Length: > 0 } body)
        {
            if (body[0] == '{')
            {
                sent.AddMembers(body);
            }
            else
            {
                sent.AddFields(Encoding.UTF8.GetString(body));
            }
        }
        return sent;
    }

    /// <summary>Whether the text repeats a piece of any of them.</summary>
    public bool AreIn(string text)
    {
        if (_secrets.Count == 0 || text.Length < ShortestPiece)
        {
            return false;
        }
        HashSet<ulong> pieces = _pieces ??= Pieces();
        string decoded = EscapedText.Decode(text);
        return Has(pieces, text) || Has(pieces, decoded) || Has(pieces, OnlyHexadecimal(text));
    }

    private static bool IsSecretHeader(string name) => name.Equals("Authorization", StringComparison.OrdinalIgnoreCase)
        || name.Contains("token", StringComparison.OrdinalIgnoreCase)
        || name.Contains("key", StringComparison.OrdinalIgnoreCase)
        || name.Contains("identity-header", StringComparison.OrdinalIgnoreCase);

    private void AddMembers(byte[] body)
    {
        try
        {
            Utf8JsonReader reader = new(body);
            string? name = null;
            while (reader.Read())
            {
                if (reader.TokenType == JsonTokenType.PropertyName)
                {
                    name = reader.GetString();
                }
                else if (reader.TokenType == JsonTokenType.String)
                {
                    AddIfSecret(name, reader.GetString()!);
                }
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // It is our own; but if it is not JSON, it is safer to look for all of it.
            Add(Encoding.UTF8.GetString(body));
        }
    }

    private void AddFields(string body)
    {
        foreach (string field in body.Split('&'))
        {
            int equals = field.IndexOf('=', StringComparison.Ordinal);
            AddIfSecret(equals < 0 ? null : field[..equals], Uri.UnescapeDataString(field[(equals + 1)..].Replace('+', ' ')));
        }
    }

    private void AddIfSecret(string? name, string value)
    {
        if (Array.IndexOf(SecretNames, name) >= 0 || value.StartsWith("eyJ", StringComparison.Ordinal))
        {
            Add(value);
        }
    }

    private void Add(string secret)
    {
        if (secret.Length >= ShortestSecret)
        {
            _secrets.Add(secret);
        }
    }

    private HashSet<ulong> Pieces()
    {
        HashSet<ulong> pieces = [];
        foreach (string secret in _secrets)
        {
            byte[] octets = Encoding.UTF8.GetBytes(secret);
            AddPieces(pieces, secret);
            AddPieces(pieces, Convert.ToHexString(octets));
            // In base64, the preceding text decides how the bits are aligned: there are three ways, whose first characters belong to the other text.
            for (int before = 0; before < 3; before++)
            {
                AddPieces(pieces, Convert.ToBase64String([.. new byte[before], .. octets])[(before == 0 ? 0 : before + 1)..]);
            }
        }
        return pieces;
    }

    private static void AddPieces(HashSet<ulong> pieces, string text)
    {
        Window window = default;
        foreach (char c in text)
        {
            if (window.Takes(c))
            {
                pieces.Add(window.Piece);
            }
        }
    }

    private static bool Has(HashSet<ulong> pieces, string text)
    {
        Window window = default;
        foreach (char c in text)
        {
            if (window.Takes(c) && pieces.Contains(window.Piece))
            {
                return true;
            }
        }
        return false;
    }

    /// <summary>Of "0x65 0x79", "\x65\x79" and "65:79", 6579.</summary>
    private static string OnlyHexadecimal(string text)
    {
        StringBuilder digits = new(text.Length);
        foreach (char c in text)
        {
            if (char.IsAsciiHexDigit(c))
            {
                digits.Append(c);
            }
            else if (c is 'x' or 'X' && digits.Length > 0 && digits[^1] == '0')
            {
                digits.Length--;
            }
        }
        return digits.ToString();
    }

    /// <summary>The last letters and digits of a text, without their case, as one number: no two pieces have the same number.</summary>
    private struct Window
    {
        private const ulong Symbols = 36;
        private const ulong WithoutFirst = 131_621_703_842_267_136; // 36 to the power of ShortestPiece - 1.

        private int _length;

        public ulong Piece { get; private set; }

        /// <returns>True if a whole piece ends with this character.</returns>
        public bool Takes(char c)
        {
            if (!char.IsAsciiLetterOrDigit(c))
            {
                return false;
            }
            Piece = (Piece % WithoutFirst * Symbols) + (ulong)(char.IsAsciiDigit(c) ? c - '0' : (c | 0x20) - 'a' + 10);
            return ++_length >= ShortestPiece;
        }
    }
}
