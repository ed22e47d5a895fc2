using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace AotBroker.Tests;

/// <summary>
/// AWS in small: STS, which checks signatures as AWS does, the endpoint of a container and the metadata service of an instance,
/// which hand out the credentials that STS knows. The signature is computed from the octets that came, by code of its own.
/// </summary>
internal sealed class AwsImitation : IDisposable
{
    private readonly RawServer _server;

    /// <param name="mint">What STS signs.</param>
    public AwsImitation(Func<string> mint)
    {
        Mint = mint;
        _server = new RawServer(Answer);
    }

    public string Url => _server.Url;

    public RawServer Server => _server;

    public string AccessKeyId { get; } = "ASIA" + Name(16).ToUpperInvariant();

    public string SecretAccessKey { get; } = Name(38) + "/+";

    /// <summary>Null for keys that are not temporary.</summary>
    public string? SessionToken { get; set; } = Name(80) + "/+==";

    public string Role { get; } = "agents-" + Name(6);

    public string Region { get; set; } = "eu-central-1";

    public string Session { get; } = Name(56) + "==";

    /// <summary>What a container's endpoint wants to see; null where it does not ask.</summary>
    public string? ContainerToken { get; set; }

    public Func<string> Mint { get; set; }

    /// <summary>Answers in place of what would be answered; null to go on.</summary>
    public Func<string, byte[]?> Instead { get; set; } = static _ => null;

    /// <summary>The first line of each request, in the order they came.</summary>
    public IReadOnlyList<string> Asked => [.. _server.Requests.Select(static request => request[..request.IndexOf(" HTTP/", StringComparison.Ordinal)])];

    /// <summary>What everybody knows who may not see secrets.</summary>
    public IEnumerable<string> Secrets => new[] { SecretAccessKey, SessionToken, Session, ContainerToken }.OfType<string>();

    public static byte[] Error(int status, string code, string message) => RawServer.Answer(status,
        $"""<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type><Code>{code}</Code><Message>{message}</Message></Error><RequestId>{Guid.NewGuid()}</RequestId></ErrorResponse>""");

    private byte[]? Answer(string request) => Instead(request) ?? request.Split(' ')[..2] switch
    {
        ["POST", "/"] => Sts(request),
        ["PUT", "/latest/api/token"] => Header(request, "X-aws-ec2-metadata-token-ttl-seconds") == "60" ? RawServer.Answer(200, Session) : RawServer.Answer(400, ""),
        ["GET", "/latest/meta-data/iam/security-credentials/"] => OfInstance(request, Role + "\n"),
        ["GET", var path] when path == "/latest/meta-data/iam/security-credentials/" + Role => OfInstance(request, Credentials("\"Code\":\"Success\",")),
        ["GET", "/latest/meta-data/placement/region"] => OfInstance(request, Region),
        ["GET", "/v2/credentials"] => ContainerToken == Header(request, "Authorization") ? RawServer.Answer(200, Credentials("")) : RawServer.Answer(401, ""),
        _ => RawServer.Answer(404, ""),
    };

    private byte[] OfInstance(string request, string body) =>
        Header(request, "X-aws-ec2-metadata-token") == Session ? RawServer.Answer(200, body) : RawServer.Answer(401, "");

    private string Credentials(string more) =>
        $$"""{{{more}}"AccessKeyId":"{{AccessKeyId}}","SecretAccessKey":"{{SecretAccessKey}}","Token":{{JsonSerializer.Serialize(SessionToken)}},"Expiration":"2030-01-01T00:00:00Z"}""";

    private byte[] Sts(string request)
    {
        string? complaint = WhyUnsigned(request);
        return complaint is not null
            ? Error(403, "SignatureDoesNotMatch", complaint)
            : RawServer.Answer(200,
                $"""<GetWebIdentityTokenResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetWebIdentityTokenResult><WebIdentityToken>{Mint()}</WebIdentityToken><Expiration>2030-01-01T00:00:00Z</Expiration></GetWebIdentityTokenResult></GetWebIdentityTokenResponse>""");
    }

    /// <summary>What AWS would object to; null where the request is signed with the secret key.</summary>
    private string? WhyUnsigned(string request)
    {
        string authorization = Header(request, "Authorization") ?? "";
        string[] parts = authorization.Split(' ', ',', '=');
        // "AWS4-HMAC-SHA256 Credential=A/D/R/S/aws4_request, SignedHeaders=…, Signature=…"
        if (parts is not ["AWS4-HMAC-SHA256", "Credential", var credential, "", "SignedHeaders", var names, "", "Signature", var signature])
        {
            return "no signature";
        }
        string[] scope = credential.Split('/');
        if (scope is not [var id, var day, var region, "sts", "aws4_request"] || id != AccessKeyId || region != Region || Header(request, "X-Amz-Security-Token") != SessionToken)
        {
            return $"not our key, region or session: {authorization}";
        }
        string[] required = SessionToken is null ? ["content-type", "host", "x-amz-date"] : ["content-type", "host", "x-amz-date", "x-amz-security-token"];
        if (!names.Split(';').SequenceEqual(required))
        {
            return "not the headers that must be signed";
        }
        string body = request[(request.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4)..];
        StringBuilder canonical = new("POST\n/\n\n");
        foreach (string name in required)
        {
            canonical.Append(CultureInfo.InvariantCulture, $"{name}:{Header(request, name)}\n");
        }
        canonical.Append(CultureInfo.InvariantCulture, $"\n{names}\n{Hex(SHA256.HashData(Encoding.Latin1.GetBytes(body)))}");
        string time = Header(request, "X-Amz-Date") ?? "";
        string toSign = $"AWS4-HMAC-SHA256\n{time}\n{day}/{region}/sts/aws4_request\n{Hex(SHA256.HashData(Encoding.Latin1.GetBytes(canonical.ToString())))}";
        byte[] key = new[] { day, region, "sts", "aws4_request" }.Aggregate(Encoding.UTF8.GetBytes("AWS4" + SecretAccessKey), Hmac);
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

    private static string Name(int length) => RandomNumberGenerator.GetString("23456789abcdefghjkmnpqrstuvwxyzABCDEFGHJKMNPQRSTUVWXYZ", length);

    public void Dispose() => _server.Dispose();
}
