using System.Globalization;
using System.Text.Json;
using AotBroker.Errors;
using AotBroker.Http;
using AotBroker.Identity;
using AotBroker.Runtime;
using AotBroker.Schemas;
using AotBroker.Settings;
using static AotBroker.Exchange.CredentialEndpoint;

namespace AotBroker.Exchange;

/// <summary>
/// Google's workload identity federation: a token exchange (RFC 8693) at the Security Token Service and, to act as a service
/// account, <c>generateAccessToken</c> with what came of it. Source: the API references of both.
/// </summary>
internal sealed class GoogleFederationExchange(GoogleStsExchange settings, string file, ProcessEnvironment environment) : IExchange
{
    private const string CloudPlatform = "https://www.googleapis.com/auth/cloud-platform";

    private readonly Setting _iam = new(settings.IamEndpoint.TrimEnd('/'), file);

    public ExchangeSettings Settings => settings;

    public bool IsSingleUse => settings.SingleUse ?? false;

    public Setting Address { get; } = new(settings.Endpoint.TrimEnd('/'), file);

    public string Endpoint => Address.Value + "/v1/token";

    /// <summary>What a provider expects for which no other audience was set.</summary>
    public string Audience => "https:" + settings.Audience;

    /// <summary>The user name for an access token at Artifact Registry and similar services.</summary>
    public string UserName => "oauth2accesstoken";

    /// <summary>Google's authentication library takes an identity token of this audience.</summary>
    public IExchange ForClientsThatExchange => new IdentityAsCredential(new NoExchange(), environment) { Audience = Audience };

    public void AddToKey(KeyText key)
    {
        key.Add("exchange", settings.Type);
        key.Add("endpoint", Address.Value);
        key.Add("provider", settings.Audience);
        key.Add("scope", settings.Scope);
        key.Add("service_account", settings.ServiceAccount);
        if (settings.ServiceAccount is not null)
        {
            key.Add("iam_endpoint", _iam.Value);
            key.Add("lifetime_seconds", settings.LifetimeSeconds?.ToString(CultureInfo.InvariantCulture));
        }
    }

    public ICheckedExchange Check() => new Presenter(
        settings,
        Address,
        CheckedUrl.OfPath(Endpoint, Address.Origin),
        _iam,
        CheckedUrl.OfPath($"{_iam.Value}/v1/projects/-/serviceAccounts/{settings.ServiceAccount}:generateAccessToken", _iam.Origin),
        environment);

    private sealed class Presenter(GoogleStsExchange settings, Setting address, CheckedUrl url, Setting iam, CheckedUrl impersonation, ProcessEnvironment environment) : ICheckedExchange
    {
        public ExchangeResult Present(IdentityToken identity, PinnedHttp http, Deadline deadline)
        {
            CredentialEndpoint endpoint = new(address, url, http);
            HttpRequestPlan plan = endpoint.Request(HttpMethod.Post) with
            {
                Headers = [new("Accept", "application/json")],
                ContentType = FormBody.ContentType,
                Body = FormBody.Of(
                    ("grant_type", "urn:ietf:params:oauth:grant-type:token-exchange"),
                    ("audience", settings.Audience),
                    ("scope", settings.ServiceAccount is null ? settings.Scope : CloudPlatform),
                    ("requested_token_type", "urn:ietf:params:oauth:token-type:access_token"),
                    ("subject_token", identity.Reveal()),
                    ("subject_token_type", "urn:ietf:params:oauth:token-type:jwt")),
            };
            ExchangeResult result = endpoint.Ask(plan, deadline, answer => OAuthAnswer.Read(answer, endpoint, environment.Now), answer => Refusal(answer, identity));
            return settings.ServiceAccount is null || result.Credential is not { } federated ? result : Impersonate(federated.AccessToken!, http, deadline);
        }

        private ExchangeResult Impersonate(Secret federated, PinnedHttp http, Deadline deadline)
        {
            CredentialEndpoint endpoint = new(iam, impersonation, http);
            GoogleAccessTokenRequest request = new(settings.Scope.Split(' ', StringSplitOptions.RemoveEmptyEntries), settings.LifetimeSeconds is { } seconds ? seconds.ToString(CultureInfo.InvariantCulture) + "s" : null);
            HttpRequestPlan plan = endpoint.Request(HttpMethod.Post) with
            {
                Headers = [new("Accept", "application/json"), new("Authorization", "Bearer " + federated.Reveal())],
                Body = JsonSerializer.SerializeToUtf8Bytes(request, MessagesJsonContext.Default.GoogleAccessTokenRequest),
            };
            return endpoint.Continue(plan, deadline, answer => ReadAccessToken(answer, endpoint), ImpersonationRefusal);
        }

        private ExchangeResult ReadAccessToken(HttpAnswer answer, CredentialEndpoint endpoint)
        {
            GoogleAccessTokenAnswer? token = MessageReader.Read(answer, MessagesJsonContext.Default.GoogleAccessTokenAnswer);
            if (!IsSendable(token?.AccessToken, 16 * 1024))
            {
                return endpoint.Unusable("it has no accessToken that a header could carry", answer);
            }
            long now = environment.Now;
            if (Rfc3339.Read(token.ExpireTime) is not { } expiresAt || expiresAt <= now)
            {
                return endpoint.Unusable("it has no expireTime, or one in the past", answer);
            }
            return new ExchangeResult(Presentation.Granted)
            {
                Credential = new Credential { AccessToken = new Secret(token.AccessToken), IssuedAt = now, ExpiresAt = expiresAt, Scope = settings.Scope, RequestId = answer.RequestId },
            };
        }

        private ExchangeResult? Refusal(HttpAnswer answer, IdentityToken identity)
        {
            if (answer.Status is not (400 or 401 or 403))
            {
                return null;
            }
            List<string> compare = [$"compare with the issuer, the audiences and the attribute condition of the provider {settings.Audience}: {Claims(identity)}", .. ComparedToken.OfJob(identity)];
            return ErrorBody.Code(answer.Body) switch
            {
                // Stale, expired or not verified: another one may be better.
                "invalid_grant" => Refused(ErrorCode.ExchangeRefused, $"Google STS refused the identity token{Told(answer)}", compare) with { MayPass = true },
                "unauthorized_client" => Refused(ErrorCode.ExchangeRefused, $"Google STS refused the identity token{Told(answer)}", compare),
                "invalid_target" => Refused(ErrorCode.ExchangeMalformedRequest, $"Google STS does not know the provider{Told(answer)}",
                    $"check audience in the profile: it needs the project's number, not its id, and is {settings.Audience}", "the pool or the provider may be disabled or deleted"),
                _ when answer.Status == 403 => Refused(ErrorCode.ExchangeForbidden, $"Google STS forbids the exchange{Told(answer)}", "enable the Security Token Service API (sts.googleapis.com) in the pool's project"),
                _ => Refused(ErrorCode.ExchangeMalformedRequest, $"Google STS rejected the request as malformed{Told(answer)}", "check audience and scope in the profile"),
            };
        }

        private ExchangeResult? ImpersonationRefusal(HttpAnswer answer) => answer.Status switch
        {
            400 => Refused(ErrorCode.ExchangeMalformedRequest, $"Google IAM rejected the request for the service account's token as malformed{Told(answer)}",
                "check scope and lifetime_seconds: more than an hour needs the organization's policy iam.allowServiceAccountCredentialLifetimeExtension"),
            401 or 403 => Refused(ErrorCode.ExchangeForbidden, $"this identity may not act as {settings.ServiceAccount}{Told(answer)}",
                "grant it roles/iam.workloadIdentityUser (iam.serviceAccounts.getAccessToken) on the service account, for the principal or principalSet of the pool",
                "enable the IAM Service Account Credentials API (iamcredentials.googleapis.com) in the service account's project"),
            404 => Refused(ErrorCode.ExchangeNotFound, $"there is no service account {settings.ServiceAccount}{Told(answer)}", "check service_account in the profile"),
            _ => null,
        };
    }
}
