using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;

namespace AotBroker.Tests;

/// <summary>
/// AWS in small: STS, which checks signatures as AWS does, the endpoint of a container and the metadata service of an instance,
/// which hand out the credentials that STS knows, and so does STS itself for an identity token that it trusts.
/// </summary>
internal sealed class AwsImitation : IDisposable
{
    private const string Account = "123456789012";

    private readonly RawServer _server;
    private readonly List<string> _actions = [];

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

    /// <summary>Whether the role may be assumed with an identity token.</summary>
    public Func<string, bool> Trusts { get; set; } = static _ => false;

    /// <summary>How long the exchange of an identity token takes.</summary>
    public TimeSpan Distance { get; set; }

    public string Arn => $"arn:aws:sts::{Account}:assumed-role/{Role}/aotbroker";

    public string RoleArn => $"arn:aws:iam::{Account}:role/{Role}";

    /// <summary>What STS was asked to do, in the order it came.</summary>
    public IReadOnlyList<string> Actions
    {
        get
        {
            lock (_actions)
            {
                return [.. _actions];
            }
        }
    }

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
        ["PUT", "/latest/api/token"] => AwsSignatureCheck.Header(request, "X-aws-ec2-metadata-token-ttl-seconds") == "60" ? RawServer.Answer(200, Session) : RawServer.Answer(400, ""),
        ["GET", "/latest/meta-data/iam/security-credentials/"] => OfInstance(request, Role + "\n"),
        ["GET", var path] when path == "/latest/meta-data/iam/security-credentials/" + Role => OfInstance(request, Credentials("\"Code\":\"Success\",")),
        ["GET", "/latest/meta-data/placement/region"] => OfInstance(request, Region),
        ["GET", "/v2/credentials"] => ContainerToken == AwsSignatureCheck.Header(request, "Authorization") ? RawServer.Answer(200, Credentials("")) : RawServer.Answer(401, ""),
        _ => RawServer.Answer(404, ""),
    };

    private byte[] OfInstance(string request, string body) =>
        AwsSignatureCheck.Header(request, "X-aws-ec2-metadata-token") == Session ? RawServer.Answer(200, body) : RawServer.Answer(401, "");

    private string Credentials(string more) =>
        $$"""{{{more}}"AccessKeyId":"{{AccessKeyId}}","SecretAccessKey":"{{SecretAccessKey}}","Token":{{JsonSerializer.Serialize(SessionToken)}},"Expiration":"2030-01-01T00:00:00Z"}""";

    private byte[] Sts(string request)
    {
        Dictionary<string, string> form = Form(request);
        string action = form.GetValueOrDefault("Action", "");
        lock (_actions)
        {
            _actions.Add(action);
        }
        if (action == "AssumeRoleWithWebIdentity")
        {
            Thread.Sleep(Distance);
            return Trusts(form.GetValueOrDefault("WebIdentityToken", ""))
                ? Result(action, $"<Credentials><AccessKeyId>{AccessKeyId}</AccessKeyId><SecretAccessKey>{SecretAccessKey}</SecretAccessKey><SessionToken>{SessionToken}</SessionToken><Expiration>{Now(TimeSpan.FromHours(1))}</Expiration></Credentials><AssumedRoleUser><Arn>{Arn}</Arn></AssumedRoleUser>")
                : Error(403, "AccessDenied", "Not authorized to perform sts:AssumeRoleWithWebIdentity");
        }
        if (AwsSignatureCheck.WhyUnsigned(request, AccessKeyId, SecretAccessKey, SessionToken, Region, "sts") is { } complaint)
        {
            return Error(403, "SignatureDoesNotMatch", complaint);
        }
        return action == "GetCallerIdentity"
            ? Result(action, $"<Arn>{Arn}</Arn><UserId>AROA:{Role}</UserId><Account>{Account}</Account>")
            : Result("GetWebIdentityToken", $"<WebIdentityToken>{Mint()}</WebIdentityToken><Expiration>2030-01-01T00:00:00Z</Expiration>");
    }

    private static byte[] Result(string action, string content) => RawServer.Answer(200,
        $"""<{action}Response xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><{action}Result>{content}</{action}Result><ResponseMetadata><RequestId>{Guid.NewGuid()}</RequestId></ResponseMetadata></{action}Response>""",
        "Connection: close");

    private static string Now(TimeSpan later) => (DateTimeOffset.UtcNow + later).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    private static Dictionary<string, string> Form(string request) => request[(request.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4)..].Split('&')
        .Select(static field => field.Split('=', 2)).ToDictionary(static pair => Uri.UnescapeDataString(pair[0]), static pair => Uri.UnescapeDataString(pair[^1]));

    private static string Name(int length) => RandomNumberGenerator.GetString("23456789abcdefghjkmnpqrstuvwxyzABCDEFGHJKMNPQRSTUVWXYZ", length);

    public void Dispose() => _server.Dispose();
}
