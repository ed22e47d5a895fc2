using AotBroker.Errors;
using AotBroker.Http;
using AotBroker.Runtime;
using AotBroker.Schemas;
using AotBroker.Settings;

namespace AotBroker.Identity;

/// <summary>
/// Where AWS credentials come from, in the AWS SDKs' order: the environment, the container's endpoint (ECS, EKS Pod Identity,
/// CodeBuild), the instance.
/// </summary>
internal sealed class AwsCredentials(ProcessEnvironment environment, PinnedHttp http)
{
    public const string AccessKeyId = "AWS_ACCESS_KEY_ID";
    public const string RelativeUri = "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI";
    public const string FullUri = "AWS_CONTAINER_CREDENTIALS_FULL_URI";

    private const string SecretAccessKey = "AWS_SECRET_ACCESS_KEY";
    private const string SessionToken = "AWS_SESSION_TOKEN";
    private const string Authorization = "AWS_CONTAINER_AUTHORIZATION_TOKEN";
    private const string AuthorizationFile = "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE";

    /// <summary>The host that answers for a container's relative address.</summary>
    private const string ContainerHost = "http://169.254.170.2";

    private const string Container = "the container's credentials endpoint";

    private readonly TokenService _service = new(Container, http)
    {
        LongestRequest = TimeSpan.FromSeconds(5),
        RefusalHints = [$"give the task or the pod a role, and check {FullUri}, {RelativeUri} and {AuthorizationFile}"],
    };

    /// <summary>Who the credentials stand for, as far as it is known without a request.</summary>
    public static void AddToKey(KeyText key, ProcessEnvironment environment)
    {
        // A container's address holds an id by which others could ask for its credentials.
        key.Add("access_key", Fingerprint(environment.Get(AccessKeyId)));
        key.Add("container", Fingerprint(environment.Get(RelativeUri) ?? environment.Get(FullUri)));
        key.Add("container_token_file", environment.Get(AuthorizationFile));
        key.Add("instance", environment.Get(AwsInstance.EndpointVariable));
    }

    /// <exception cref="BrokerException">They are half set, or no source has any (AB0409, AB0410).</exception>
    public AwsSigningKeys FirstThatAreThere(AwsInstance instance, Deadline deadline) => OfEnvironment() ?? OfContainer(deadline) ?? instance.Keys(deadline);

    private AwsSigningKeys? OfEnvironment()
    {
        string? id = environment.Get(AccessKeyId);
        string? secret = environment.Get(SecretAccessKey);
        if (id is null && secret is null)
        {
            return null;
        }
        if (id is null || secret is null)
        {
            (string set, string missing) = id is null ? (SecretAccessKey, AccessKeyId) : (AccessKeyId, SecretAccessKey);
            throw new BrokerException(
                ErrorCode.IdentityVariablesIncomplete,
                $"{set} is set, but {missing} is not",
                "set both, or neither, to use the container's or the instance's own",
                "some clients remove variables that look like secrets before they start a helper; run `aotbroker get` once before them");
        }
        return new AwsSigningKeys(
            TokenService.Sendable(id, AccessKeyId),
            new Secret(secret),
            environment.Get(SessionToken) is { } session ? new Secret(TokenService.Sendable(session, SessionToken)) : null);
    }

    private AwsSigningKeys? OfContainer(Deadline deadline)
    {
        CheckedUrl address;
        if (environment.Get(RelativeUri) is { } relative)
        {
            address = CheckedUrl.OfHost(ContainerHost + (relative.StartsWith('/') ? relative : "/" + relative), RelativeUri);
        }
        else if (environment.Get(FullUri) is { } full)
        {
            address = CheckedUrl.OfHost(full, FullUri);
        }
        else
        {
            return null;
        }
        HttpRequestPlan request = new(HttpMethod.Get, address)
        {
            Headers = AuthorizationToken() is { } token ? [new("Authorization", token), new("Accept", "application/json")] : [new("Accept", "application/json")],
            IsDirect = true,
        };
        return Read(_service.Ask(request, deadline), Container);
    }

    /// <summary>The file wins: it is written anew before what it holds expires.</summary>
    private string? AuthorizationToken() => environment.Get(AuthorizationFile) is { } path
        ? TokenService.Sendable(TokenInFile.Read(environment.Absolute(path), out _).Trim(), AuthorizationFile)
        : environment.Get(Authorization) is { } token ? TokenService.Sendable(token, Authorization) : null;

    /// <summary>The credentials in an answer.</summary>
    /// <exception cref="BrokerException"><see cref="ErrorCode.IdentityServiceFailed"/>: there are none.</exception>
    public static AwsSigningKeys Read(HttpAnswer answer, string service)
    {
        AwsCredentialsAnswer? found = MessageReader.Read(answer, MessagesJsonContext.Default.AwsCredentialsAnswer);
        if (found is { AccessKeyId: { Length: > 0 } id, SecretAccessKey: { Length: > 0 } secret, Code: null or "Success" })
        {
            return new AwsSigningKeys(
                TokenService.Sendable(id, service),
                new Secret(secret),
                string.IsNullOrEmpty(found.Token) ? null : new Secret(TokenService.Sendable(found.Token, service)));
        }
        string? said = found?.Code is { } code and not "Success" ? ErrorBody.Shown([code, found.Message ?? ""], answer) : null;
        throw new BrokerException(
            ErrorCode.IdentityServiceFailed,
            $"{service} gave no credentials{(said is null ? "" : ": " + said)}",
            "check that the attached role exists, and that it trusts the service that runs this workload");
    }

    private static string? Fingerprint(string? value) => value is null ? null : KeyText.Fingerprint(value);
}
