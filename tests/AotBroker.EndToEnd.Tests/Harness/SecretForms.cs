using System.Text;
using System.Text.Json;

namespace AotBroker.EndToEnd.Tests;

/// <summary>How a secret may look where it has leaked: as it is, in part, or in one of the encodings that it passes through.</summary>
internal static class SecretForms
{
    /// <summary>What is shorter could be there by chance.</summary>
    private const int Shortest = 16;

    /// <summary>The forms of all of these, each once.</summary>
    public static string[] Of(IEnumerable<string> secrets) => [.. secrets.SelectMany(Parts).SelectMany(Encoded).Distinct()];

    /// <summary>The secret, and each part of it between dots: a JWT's signature alone is one.</summary>
    private static IEnumerable<string> Parts(string secret) => secret.Split('.').Append(secret).Where(part => part.Length >= Shortest);

    private static IEnumerable<string> Encoded(string part)
    {
        yield return part;
        yield return Uri.EscapeDataString(part);
        yield return JsonEncodedText.Encode(part).ToString();
        var octets = Encoding.UTF8.GetBytes(part);
        yield return Convert.ToHexString(octets);
        yield return Convert.ToHexStringLower(octets);

        // In the middle of something else that was encoded with it, it begins at any of three places in a group, and only
        // the whole groups in between are its own.
        for (var before = 0; before < 3; before++)
        {
            var whole = Convert.ToBase64String([.. new byte[before], .. octets]);
            var start = before == 0 ? 0 : 4;
            var own = whole[start..((octets.Length + before) / 3 * 4)];
            yield return own;
            yield return own.Replace('+', '-').Replace('/', '_');
        }
    }
}
