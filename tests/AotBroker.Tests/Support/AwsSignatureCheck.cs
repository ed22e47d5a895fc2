using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace AotBroker.Tests;

/// <summary>Signature version 4, as AWS checks it: computed from the octets that came, by code of its own.</summary>
internal static class AwsSignatureCheck
{
    /// <summary>What AWS would object to; null where the request is signed with the secret key, its session's token included.</summary>
    public static string? WhyUnsigned(string request, string accessKeyId, string secretAccessKey, string? sessionToken, string region, string service)
    {
        string authorization = Header(request, "Authorization") ?? "";
        string[] parts = authorization.Split(' ', ',', '=').Where(static part => part.Length > 0).ToArray();
        // "AWS4-HMAC-SHA256 Credential=A/D/R/S/aws4_request, SignedHeaders=…, Signature=…"
        if (parts is not ["AWS4-HMAC-SHA256", "Credential", var credential, "SignedHeaders", var names, "Signature", var signature])
        {
            return "no signature";
        }
        if (credential.Split('/') is not [var id, var day, var of, var what, "aws4_request"] || id != accessKeyId || of != region || what != service
            || Header(request, "X-Amz-Security-Token") != sessionToken)
        {
            return $"not our key, region, service or session: {authorization}";
        }
        string[] signed = names.Split(';');
        string[] required = sessionToken is null ? ["content-type", "host", "x-amz-date"] : ["content-type", "host", "x-amz-date", "x-amz-security-token"];
        if (required.Except(signed).Any() || !signed.SequenceEqual(signed.Order(StringComparer.Ordinal)))
        {
            return "not the headers that must be signed";
        }
        int bodyAt = request.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4;
        StringBuilder canonical = new();
        canonical.Append(CultureInfo.InvariantCulture, $"{string.Join('\n', request.Split(' ')[..2])}\n\n");
        foreach (string name in signed)
        {
            canonical.Append(CultureInfo.InvariantCulture, $"{name}:{string.Join(' ', (Header(request, name) ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries))}\n");
        }
        canonical.Append(CultureInfo.InvariantCulture, $"\n{names}\n{Hex(SHA256.HashData(Encoding.Latin1.GetBytes(request[bodyAt..])))}");
        string time = Header(request, "X-Amz-Date") ?? "";
        string toSign = $"AWS4-HMAC-SHA256\n{time}\n{day}/{region}/{service}/aws4_request\n{Hex(SHA256.HashData(Encoding.Latin1.GetBytes(canonical.ToString())))}";
        byte[] key = new[] { day, region, service, "aws4_request" }.Aggregate(Encoding.UTF8.GetBytes("AWS4" + secretAccessKey), Hmac);
        return time.StartsWith(day, StringComparison.Ordinal) && Hex(Hmac(key, toSign)) == signature ? null : $"the canonical request should have been {canonical}";

        static byte[] Hmac(byte[] key, string text) => HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(text));
        static string Hex(byte[] octets) => Convert.ToHexStringLower(octets);
    }

    public static string? Header(string request, string name)
    {
        string start = "\r\n" + name + ": ";
        int at = request.IndexOf(start, StringComparison.OrdinalIgnoreCase);
        return at < 0 ? null : request[(at + start.Length)..].Split("\r\n")[0];
    }
}
