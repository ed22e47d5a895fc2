using System.Globalization;
using AotBroker.Errors;
using AotBroker.Http;
using AotBroker.Identity;
using AotBroker.Runtime;
using AotBroker.Schemas;
using AotBroker.Settings;
using static AotBroker.Exchange.CredentialEndpoint;

namespace AotBroker.Exchange;

/// <summary>
/// AWS STS, <c>AssumeRoleWithWebIdentity</c> (API version 2011-06-15): a form without a signature, answered in XML. What may be
/// repeated, and with which token, is as the API's reference says for each error.
/// </summary>
internal sealed class AwsWebIdentityExchange : IExchange
{
    private const string Action = "AssumeRoleWithWebIdentity";

    private readonly AwsStsExchange _settings;
    private readonly ProcessEnvironment _environment;
    private readonly Setting _role;
    private readonly Setting _session;
    private readonly Setting _region;
    private readonly string _file;
    private readonly AwsSessionPolicies _policies;
    private readonly AwsKeysAnswer _answer;
    private readonly AwsChainedRole? _chained;

    /// <summary>From a profile's settings, their gaps filled from the environment.</summary>
    public AwsWebIdentityExchange(AwsStsExchange settings, string file, ProcessEnvironment environment)
    {
        _settings = settings;
        _environment = environment;
        _file = file;
        _role = Setting.Fill(settings.RoleArn, file, Variables.AwsRoleArn, environment);
        _session = Setting.Fill(settings.SessionName, file, Variables.AwsRoleSessionName, environment);
        _session = _session.IsSet ? _session : new Setting(AwsSessionName.Of(environment), "the job");
        _region = Setting.Fill(settings.Region, file, Variables.AwsRegion, environment);
        _region = _region.IsSet ? _region : Setting.Fill(null, file, Variables.AwsDefaultRegion, environment);
        _policies = new AwsSessionPolicies(settings.Policy, settings.PolicyArns);
        _answer = new AwsKeysAnswer(Action, settings.AssumeRole is null ? settings.AllowedAccountIds : null);
        _chained = settings.AssumeRole is { } chained ? new AwsChainedRole(chained, _session.Value!, _region.Value, settings.AllowedAccountIds) : null;
        Setting endpoint = string.IsNullOrEmpty(settings.Endpoint) ? AwsEndpoint.Sts(environment) : new Setting(settings.Endpoint.TrimEnd('/'), file);
        Address = endpoint.IsSet ? endpoint
            : _region.Value is { } region ? new Setting(AwsDomains.Sts(region), "the region in " + _region.Origin)
            : new Setting("https://sts.amazonaws.com", "the default");
    }

    public ExchangeSettings Settings => _settings with
    {
        RoleArn = _role.Value,
        SessionName = _session.Value,
        Region = _region.Value,
        Endpoint = Address.Value,
    };

    public bool IsSingleUse => _settings.SingleUse ?? false;

    public Setting Address { get; }

    public string Endpoint => Address.Value + "/";

    public CredentialKind Kind => CredentialKind.AwsKeys;

    public string Audience => "sts.amazonaws.com";

    public void AddToKey(KeyText key)
    {
        key.Add("exchange", _settings.Type);
        key.Add("endpoint", Address.Value);
        key.Add("role_arn", _role.Value);
        key.Add("session_name", _session.Value);
        key.Add("duration_seconds", Duration);
        _policies.AddToKey(key);
        for (int i = 0; i < _settings.AllowedAccountIds?.Count; i++)
        {
            key.Add("allowed_account_id", _settings.AllowedAccountIds[i]);
        }
        _chained?.AddToKey(key);
    }

    public void RequireComplete(string profile, string? file, SchemaProblems warnings) => _role.Require("role_arn", Variables.AwsRoleArn, profile, file, warnings);

    public ICheckedExchange Check()
    {
        _role.RequireForm("a role's ARN, such as arn:aws:iam::123456789012:role/deploy", new AwsStsExchange { RoleArn = _role.Value }.Validate());
        _session.RequireForm("a session's name: 2 to 64 letters, digits and any of _+=,.@-", new AwsStsExchange { SessionName = _session.Value }.Validate());
        _region.RequireForm("a region's name, such as eu-central-1", new AwsStsExchange { Region = _region.Value }.Validate());
        CheckedUrl url = CheckedUrl.OfPath(Endpoint, Address.Origin);
        _policies.RequireValid(_file);
        _answer.RequireAllowed(_role.Value!);
        _chained?.RequireValid(_file);
        return new Presenter(this, url);
    }

    private string? Duration => _settings.DurationSeconds?.ToString(CultureInfo.InvariantCulture);

    private sealed class Presenter(AwsWebIdentityExchange exchange, CheckedUrl url) : ICheckedExchange
    {
        public ExchangeResult Present(IdentityToken identity, PinnedHttp http, Deadline deadline)
        {
            if (LongestAssertion.OfAws.Refusal(identity) is { } tooLong)
            {
                return tooLong;
            }
            CredentialEndpoint endpoint = new(exchange.Address, url, http);
            HttpRequestPlan plan = endpoint.Request(HttpMethod.Post) with
            {
                Headers = [new("Accept", "text/xml")],
                BundleVariables = AwsDomains.BundleVariables,
                ContentType = FormBody.ContentType,
                Body = FormBody.Of(
                [
                    ("Action", Action),
                    ("Version", "2011-06-15"),
                    ("RoleArn", exchange._role.Value),
                    ("RoleSessionName", exchange._session.Value),
                    ("WebIdentityToken", identity.Reveal()),
                    ("DurationSeconds", exchange.Duration),
                    .. exchange._policies.ToSend(),
                ]),
            };
            ExchangeResult result = endpoint.Ask(plan, deadline, answer => exchange._answer.Read(answer, endpoint, exchange._environment.Now), answer => Refusal(answer, identity));
            return exchange._chained is not null && result.Credential?.Aws is { } keys ? exchange._chained.Assume(keys, endpoint, exchange._environment.Clock, deadline) : result;
        }

        private ExchangeResult? Refusal(HttpAnswer answer, IdentityToken identity)
        {
            if (answer.Status is not (400 or 403) || XmlTexts.Read(answer.Body, "ErrorResponse/Error/Code", "ErrorResponse/Error/Message") is not [{ } code, var message])
            {
                return null;
            }
            code = Redaction.Shorten(Redaction.WithoutSecrets(code), 64);
            string told = Told(answer, ErrorBody.Shown(message is null ? [code] : [code, message], answer));
            List<string> compare = [$"compare with the trust policy of the role {exchange._role.Value} and the identity provider in IAM: {Claims(identity)}", .. ComparedToken.OfJob(identity)];
            return code switch
            {
                "IDPCommunicationError" => Unjudged(ErrorCode.ServerFailed, $"AWS STS could not reach the issuer of the identity token{told}",
                    $"its /.well-known/openid-configuration and its keys must be reachable from the internet: {Claims(identity)}"),
                "Throttling" or "ThrottlingException" or "RequestLimitExceeded" => Unjudged(ErrorCode.ExchangeRateLimited, $"AWS STS received too many requests{told}",
                    "try again in a minute; use a regional STS endpoint"),
                "InvalidIdentityToken" or "ExpiredTokenException" or "ExpiredToken" => Refused(ErrorCode.ExchangeRefused, $"AWS STS refused the identity token{told}", compare) with { MayPass = true },
                "IDPRejectedClaim" => Refused(ErrorCode.ExchangeRefused, $"AWS STS refused the identity token{told}", compare),
                "RegionDisabledException" => Refused(ErrorCode.ExchangeForbidden, $"AWS STS is not active in this region for the role's account{told}",
                    $"activate it in IAM's account settings, or choose another region; it is {exchange.Address.Value} now, from {exchange.Address.Origin}"),
                _ when answer.Status == 403 => Refused(ErrorCode.ExchangeForbidden, $"AWS STS does not let this identity assume the role {exchange._role.Value}{told}", compare),
                _ => Refused(ErrorCode.ExchangeMalformedRequest, $"AWS STS rejected the request as malformed{told}", $"check role_arn ({exchange._role.Value}), session_name ({exchange._session.Value}), duration_seconds and the session policies; each role has its own maximum duration"),
            };
        }
    }
}
