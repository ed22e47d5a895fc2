using System.Text;
using AotBroker.Errors;
using AotBroker.Http;
using AotBroker.Runtime;
using AotBroker.Schemas;
using AotBroker.Settings;

namespace AotBroker.Identity;

/// <summary>
/// AWS STS, which signs a token of five minutes for whom the AWS credentials stand for. Source: the API reference of
/// GetWebIdentityToken, which the regional endpoints have, and the global one has not.
/// </summary>
/// <param name="settings">The profile's.</param>
/// <param name="environment">Credentials and region.</param>
/// <param name="ofInstance">The instance's own credentials, whatever others are set: the machine is asked who it is.</param>
internal sealed class AwsStsSource(AwsStsIdentity settings, ProcessEnvironment environment, bool ofInstance) : IIdentitySource
{
    /// <summary>What a profile calls this source.</summary>
    public const string Name = "aws-sts";

    private const string Region = "AWS_REGION";
    private const string DefaultRegion = "AWS_DEFAULT_REGION";
    private const string LambdaFunction = "AWS_LAMBDA_FUNCTION_NAME";

    private static TokenService Service(PinnedHttp http) => new("AWS STS", http)
    {
        Explain = Explain,
        AlsoPasses = static answer => Failure(answer).Code is "Throttling" or "ThrottlingException" or "RequestLimitExceeded" or "IDPCommunicationError",
        RefusalHints =
        [
            "\"OutboundWebIdentityFederationDisabled\": enable it once for the account: `aws iam enable-outbound-web-identity-federation`",
            "\"AccessDenied\": allow the role `sts:GetWebIdentityToken` for this audience",
            "\"SignatureDoesNotMatch\", \"RequestExpired\": check this machine's clock, and the secret key; \"ExpiredToken\", \"InvalidClientTokenId\": the AWS credentials are no longer valid",
        ],
    };

    public IdentitySettings Settings => settings;

    public string Description => "AWS STS";

    public TokenSupply Supply => TokenSupply.Minted;

    public static IIdentitySource? Bind(IdentitySettings settings, ProcessEnvironment environment) =>
        settings is AwsStsIdentity own ? new AwsStsSource(own, environment, ofInstance: false) : null;

    /// <summary>
    /// A container with credentials of its own, or a Lambda function. Keys in the environment alone decide nothing: they are
    /// as often a person's, or those of the account that is deployed to, as the workload's.
    /// </summary>
    public static FoundIdentity? Detect(DetectionContext context)
    {
        foreach (string variable in (ReadOnlySpan<string>)[AwsCredentials.RelativeUri, AwsCredentials.FullUri, LambdaFunction])
        {
            if (context.Get(variable) is not null)
            {
                return new FoundIdentity(new AwsStsIdentity { Audience = context.Audience }, variable);
            }
        }
        return context.Without(Name, context.Get(AwsCredentials.AccessKeyId) is null
            ? AwsCredentials.FullUri + " is not set"
            : $"{AwsCredentials.AccessKeyId} is set, but could be meant for something else: a profile that names this source uses it");
    }

    public void AddToKey(KeyText key, string? audience)
    {
        key.Add("host", environment.HostName);
        key.Add("audience", settings.Audience ?? audience);
        key.Add("region", settings.Region);
        key.Add("endpoint_url", AwsEndpoint.Sts(environment).Value);
        key.Add("function", environment.Get(LambdaFunction));
        AwsCredentials.AddToKey(key, environment);
    }

    public IdentityToken GetToken(string? audience, PinnedHttp http, Deadline deadline)
    {
        string wanted = TokenService.RequiredAudience(settings.Audience ?? audience, Name);
        AwsInstance instance = new(environment, http);
        AwsSigningKeys keys = ofInstance ? instance.Keys(deadline) : new AwsCredentials(environment, http).FirstThatAreThere(instance, deadline);
        string region = settings.Region ?? environment.Get(Region) ?? environment.Get(DefaultRegion) ?? RegionOf(instance, deadline);
        HttpRequestPlan request = new(HttpMethod.Post, Address(region))
        {
            Body = Encoding.UTF8.GetBytes(
                $"Action=GetWebIdentityToken&Version=2011-06-15&Audience.member.1={Uri.EscapeDataString(wanted)}&SigningAlgorithm=ES384&DurationSeconds=300"),
            ContentType = "application/x-www-form-urlencoded",
            BundleVariables = AwsDomains.BundleVariables,
        };
        request = request with { Headers = new AwsSignature(keys, region, "sts").Headers(request, environment.Clock.GetUtcNow()) };
        TokenService service = Service(http);
        HttpAnswer answer = service.Ask(request, deadline);
        string? token = XmlTexts.Read(answer.Body, "GetWebIdentityTokenResponse/GetWebIdentityTokenResult/WebIdentityToken") is [var given] ? given : null;
        return service.Parse(token, answer, Description);
    }

    private CheckedUrl Address(string region)
    {
        if (AwsEndpoint.Sts(environment) is { Value: { } endpoint } setting)
        {
            return CheckedUrl.Of(endpoint + "/", setting.Origin);
        }
        foreach (char c in region)
        {
            if (!(char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-'))
            {
                throw new BrokerException(ErrorCode.SettingInvalid, $"the AWS region from {Region} is invalid", $"write {Region} as in `eu-central-1`");
            }
        }
        return CheckedUrl.Of(AwsDomains.Sts(region) + "/", Region);
    }

    private string RegionOf(AwsInstance instance, Deadline deadline)
    {
        if (!ofInstance && (environment.Get(AwsCredentials.AccessKeyId) is not null || HostMetadata.IsTrue(HostMetadata.AwsDisabled, environment)))
        {
            throw new BrokerException(
                ErrorCode.IdentityVariablesIncomplete,
                $"nothing says which region's STS to ask: {Region} is not set",
                $"set {Region}, or identity.region in the profile; the global endpoint does not give tokens");
        }
        return instance.Region(deadline);
    }

    private static (string? Code, string? Message) Failure(HttpAnswer answer) =>
        XmlTexts.Read(answer.Body, "ErrorResponse/Error/Code", "ErrorResponse/Error/Message") is [var code, var message] ? (code, message) : default;

    private static string? Explain(HttpAnswer answer)
    {
        (string? code, string? message) = Failure(answer);
        // A code is a word of letters, however long; nothing else is one.
        if (code is not { Length: > 0 and < 80 } || code.AsSpan().ContainsAnyExcept("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"))
        {
            return null;
        }
        // Where the signature is wrong, the message repeats what was signed, and the session's token with it.
        return message is null || code == "SignatureDoesNotMatch" ? code : $"{code}: {ErrorBody.Shown([message], answer)}";
    }
}
