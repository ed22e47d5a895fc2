using System.Text;
using AotBroker.Errors;
using AotBroker.Http;
using AotBroker.Runtime;

namespace AotBroker.Identity;

/// <summary>
/// An EC2 instance's metadata service, version 2: a session token first, then what is asked for. Source: botocore, and AWS's
/// documentation of the service.
/// </summary>
internal sealed class AwsInstance(ProcessEnvironment environment, PinnedHttp http)
{
    /// <summary>Where the service is, if not at its usual address; the AWS SDKs read it too.</summary>
    public const string EndpointVariable = "AWS_EC2_METADATA_SERVICE_ENDPOINT";

    private const string ModeVariable = "AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE";
    private const string Roles = "/latest/meta-data/iam/security-credentials/";

    private readonly TokenService _service = new("the EC2 instance metadata service", http)
    {
        Distrust = static answer => answer.Status == 200 && answer.IsPage ? NotMetadata("shows a web page") : null,
        // An answer that may travel one hop only is lost on its way into a container, and no error comes instead.
        LongestRequest = TimeSpan.FromSeconds(2),
        RefusalHints =
        [
            "404: attach an IAM role to the instance (an instance profile)",
            "403: the instance's metadata service is switched off (`aws ec2 modify-instance-metadata-options --http-endpoint enabled`)",
        ],
        FailureHints =
        [
            "in a container on an instance, allow the answer a second hop: `aws ec2 modify-instance-metadata-options --http-put-response-hop-limit 2`",
            "outside AWS, set AWS credentials, or name another source in the profile",
        ],
    };

    private string? _session;

    /// <exception cref="BrokerException"><see cref="ErrorCode.EndpointRefused"/>: not on this machine, nor link-local.</exception>
    public static CheckedUrl Address(string path, ProcessEnvironment environment)
    {
        bool isIPv6 = string.Equals(environment.Get(ModeVariable), "ipv6", StringComparison.OrdinalIgnoreCase);
        string endpoint = environment.Get(EndpointVariable)?.TrimEnd('/') ?? (isIPv6 ? "http://[fd00:ec2::254]" : "http://" + HostMetadata.Address);
        return CheckedUrl.OfHost(endpoint + path, EndpointVariable);
    }

    /// <summary>The request for a session, which nothing but this service answers.</summary>
    public static HttpRequestPlan SessionRequest(ProcessEnvironment environment) => new(HttpMethod.Put, Address("/latest/api/token", environment))
    {
        Headers = [new("X-aws-ec2-metadata-token-ttl-seconds", "60")],
        IsDirect = true,
    };

    /// <summary>Whether an answer to <see cref="SessionRequest"/> can be one.</summary>
    public static bool IsSession(HttpAnswer answer) => IsWord(Encoding.Latin1.GetString(answer.Body).Trim(), "<>");

    /// <summary>The credentials of the instance's role.</summary>
    public AwsSigningKeys Keys(Deadline deadline)
    {
        if (HostMetadata.IsTrue(HostMetadata.AwsDisabled, environment))
        {
            throw new BrokerException(
                ErrorCode.IdentityVariablesIncomplete,
                $"no AWS credentials are set, and {HostMetadata.AwsDisabled} forbids asking the instance for its own",
                $"set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or unset {HostMetadata.AwsDisabled}");
        }
        string role = Word(Ask(Roles, deadline), "role", "<>/?#%\\");
        return AwsCredentials.Read(Ask(Roles + role, deadline), "the EC2 instance metadata service");
    }

    public string Region(Deadline deadline) => Word(Ask("/latest/meta-data/placement/region", deadline), "region", "<>/?#%\\:");

    private HttpAnswer Ask(string path, Deadline deadline)
    {
        _session ??= Word(_service.Ask(SessionRequest(environment), deadline), "session", "<>");
        return _service.Ask(new HttpRequestPlan(HttpMethod.Get, Address(path, environment)) { Headers = [new("X-aws-ec2-metadata-token", _session)], IsDirect = true }, deadline);
    }

    /// <summary>The first line of an answer, which is a word that may be sent back.</summary>
    private static string Word(HttpAnswer answer, string what, string without)
    {
        string word = Encoding.Latin1.GetString(answer.Body).Split('\n')[0].Trim();
        return IsWord(word, without)
            ? word
            : throw NotMetadata($"gave no {what}");
    }

    private static BrokerException NotMetadata(string what) => new(
        ErrorCode.NotMetadata,
        $"what answered in place of the EC2 instance metadata service {what}",
        "something on the network answers every address, such as a login page or a proxy",
        $"outside AWS, name another source in the profile, or unset {EndpointVariable}");

    private static bool IsWord(string word, string without) =>
        word.Length > 0 && !word.AsSpan().ContainsAnyExceptInRange('!', '~') && !word.AsSpan().ContainsAny(without);
}
