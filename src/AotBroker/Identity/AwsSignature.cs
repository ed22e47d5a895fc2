using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using AotBroker.Http;
using AotBroker.Schemas;

namespace AotBroker.Identity;

/// <summary>AWS credentials.</summary>
/// <param name="AccessKeyId">Names the key; not a secret.</param>
/// <param name="SecretAccessKey">Signs.</param>
/// <param name="SessionToken">Goes along where the key is a temporary one; null where it is not.</param>
internal sealed record AwsSigningKeys(string AccessKeyId, Secret SecretAccessKey, Secret? SessionToken);

/// <summary>
/// AWS Signature Version 4: the request's own form, hashed, signed with a key that is good for one day, one region and one
/// service. Source: AWS's documentation of the algorithm; its published examples are among the tests.
/// </summary>
internal sealed class AwsSignature(AwsSigningKeys keys, string region, string service)
{
    private const string Algorithm = "AWS4-HMAC-SHA256";

    /// <summary>The headers that make a signed request of this one; its own and its content type are signed as they are.</summary>
    /// <param name="plan">A request whose path and query are in their canonical form already.</param>
    /// <param name="now">The time of the signature, which is good for some minutes.</param>
    public IReadOnlyList<KeyValuePair<string, string>> Headers(HttpRequestPlan plan, DateTimeOffset now)
    {
        string time = now.UtcDateTime.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture);
        List<KeyValuePair<string, string>> headers = [.. plan.Headers, new("X-Amz-Date", time)];
        if (keys.SessionToken is { } session)
        {
            headers.Add(new("X-Amz-Security-Token", session.Reveal()));
        }
        (string names, string request) = Canonical(plan, headers);
        string scope = $"{time[..8]}/{region}/{service}/aws4_request";
        string signature = Convert.ToHexStringLower(HMACSHA256.HashData(Key(time[..8]), Encoding.UTF8.GetBytes($"{Algorithm}\n{time}\n{scope}\n{Hash(Encoding.UTF8.GetBytes(request))}")));
        headers.Add(new("Authorization", $"{Algorithm} Credential={keys.AccessKeyId}/{scope}, SignedHeaders={names}, Signature={signature}"));
        return headers;
    }

    private static (string Names, string Request) Canonical(HttpRequestPlan plan, List<KeyValuePair<string, string>> headers)
    {
        List<KeyValuePair<string, string>> signed = [new("Host", plan.Address.Authority), .. headers];
        if (plan is { Body: not null, ContentType: { } type })
        {
            signed.Add(new("Content-Type", type));
        }
        signed.Sort(static (one, other) => string.Compare(one.Key, other.Key, StringComparison.OrdinalIgnoreCase));
        StringBuilder lines = new();
        StringBuilder names = new();
        foreach ((string header, string value) in signed)
        {
            string name = header.ToLowerInvariant();
            lines.Append(name).Append(':').Append(value.Trim()).Append('\n');
            names.Append(names.Length == 0 ? "" : ";").Append(name);
        }
        return (names.ToString(), $"{plan.Method.Method}\n{plan.Address.AbsolutePath}\n{plan.Address.Query.TrimStart('?')}\n{lines}\n{names}\n{Hash(plan.Body ?? [])}");
    }

    private byte[] Key(string day)
    {
        byte[] key = Encoding.UTF8.GetBytes("AWS4" + keys.SecretAccessKey.Reveal());
        foreach (string part in (ReadOnlySpan<string>)[day, region, service, "aws4_request"])
        {
            key = HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(part));
        }
        return key;
    }

    private static string Hash(byte[] data) => Convert.ToHexStringLower(SHA256.HashData(data));
}
