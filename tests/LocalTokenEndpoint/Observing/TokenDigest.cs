using System.Security.Cryptography;
using System.Text;

namespace LocalTokenEndpoint;

/// <summary>How events name a token without holding it.</summary>
public static class TokenDigest
{
    /// <summary>SHA-256 of the token's text, as lower-case hexadecimal.</summary>
    public static string Of(string token) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(token)));
}
