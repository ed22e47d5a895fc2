using System.Globalization;
using AotBroker.Errors;
using AotBroker.Identity;
using AotBroker.Profiles;
using AotBroker.Schemas;
using static AotBroker.Exchange.CredentialEndpoint;

namespace AotBroker.Exchange;

/// <summary>
/// AWS STS, <c>AssumeRoleWithWebIdentity</c> (API version 2011-06-15): a form without a signature, answered in XML. What may be
/// repeated, and with which token, is as the API's reference says for each error.
/// </summary>
internal sealed class AwsWebIdentityExchange : IExchange
{
    private const string DefaultSessionName = "aotbroker";
    private const string Response = "AssumeRoleWithWebIdentityResponse/AssumeRoleWithWebIdentityResult/";

    private readonly AwsStsExchange _settings;
    private readonly ProcessEnvironment _environment;
    private readonly Setting _role;
    private readonly Setting _session;
    private readonly Setting _region;

    /// <summary>From a profile's settings, their gaps filled from the environment.</summary>
    public AwsWebIdentityExchange(AwsStsExchange settings, string file, ProcessEnvironment environment)
    {
        _settings = settings;
        _environment = environment;
        _role = Setting.Fill(settings.RoleArn, file, Variables.AwsRoleArn, environment);
        _session = Setting.Fill(settings.SessionName, file, Variables.AwsRoleSessionName, environment);
        _region = Setting.Fill(settings.Region, file, Variables.AwsRegion, environment);
        _region = _region.IsSet ? _region : Setting.Fill(null, file, Variables.AwsDefaultRegion, environment);
        Setting endpoint = Setting.Fill(settings.Endpoint, file, Variables.AwsStsEndpoint, environment);
        Address = endpoint.IsSet ? endpoint with { Value = endpoint.Value!.TrimEnd('/') }
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
    }

    public void RequireComplete(string profile, string? file, SchemaProblems warnings) => _role.Require("role_arn", Variables.AwsRoleArn, profile, file, warnings);

    public void RequireValid()
    {
        _role.RequireForm("a role's ARN, such as arn:aws:iam::123456789012:role/deploy", new AwsStsExchange { RoleArn = _role.Value }.Validate());
        _session.RequireForm("a session's name: 2 to 64 letters, digits and any of _+=,.@-", new AwsStsExchange { SessionName = _session.Value }.Validate());
        _region.RequireForm("a region's name, such as eu-central-1", new AwsStsExchange { Region = _region.Value }.Validate());
        CredentialEndpoint.RequireValid(Endpoint, Address.Origin);
    }

    public ExchangeResult Present(IdentityToken identity, PinnedHttp http, Deadline deadline)
    {
        if (LongestAssertion.OfAws.Refusal(identity) is { } tooLong)
        {
            return tooLong;
        }
        CredentialEndpoint endpoint = new(Address, Endpoint, http);
        HttpRequestPlan plan = new(HttpMethod.Post, new Uri(Endpoint))
        {
            Headers = [new("Accept", "text/xml")],
            ContentType = FormBody.ContentType,
            Body = FormBody.Of(
                ("Action", "AssumeRoleWithWebIdentity"),
                ("Version", "2011-06-15"),
                ("RoleArn", _role.Value),
                ("RoleSessionName", _session.Value ?? DefaultSessionName),
                ("WebIdentityToken", identity.Reveal()),
                ("DurationSeconds", Duration)),
        };
        return endpoint.Ask(plan, deadline, answer => Read(answer, endpoint), answer => Refusal(answer, identity));
    }

    private string? Duration => _settings.DurationSeconds?.ToString(CultureInfo.InvariantCulture);

    private ExchangeResult Read(HttpAnswer answer, CredentialEndpoint endpoint)
    {
        if (XmlTexts.Read(
            answer.Body,
            Response + "Credentials/AccessKeyId",
            Response + "Credentials/SecretAccessKey",
            Response + "Credentials/SessionToken",
            Response + "Credentials/Expiration",
            Response + "AssumedRoleUser/Arn") is not [var id, var secret, var token, var expiration, var arn])
        {
            return endpoint.Unusable("it is not the XML that is expected", answer);
        }
        if (!IsSendable(id, 128) || !IsSendable(secret, 1024) || !IsSendable(token, 64 * 1024))
        {
            return endpoint.Unusable("it has no AccessKeyId, SecretAccessKey or SessionToken, or one with characters that no key has", answer);
        }
        long now = _environment.Now;
        if (Rfc3339.Read(expiration) is not { } expiresAt || expiresAt <= now)
        {
            return endpoint.Unusable("it has no Expiration, or one that is over", answer);
        }
        return new ExchangeResult(Presentation.Granted)
        {
            Credential = new Credential
            {
                Aws = new AwsKeys { AccessKeyId = id, SecretAccessKey = new Secret(secret), SessionToken = new Secret(token), AccountId = AccountOf(arn) },
                IssuedAt = now,
                ExpiresAt = expiresAt,
                RequestId = answer.RequestId,
            },
        };
    }

    private ExchangeResult? Refusal(HttpAnswer answer, IdentityToken identity)
    {
        if (answer.Status is not (400 or 403) || XmlTexts.Read(answer.Body, "ErrorResponse/Error/Code", "ErrorResponse/Error/Message") is not [{ } code, var message])
        {
            return null;
        }
        code = ErrorBody.Shorten(ErrorBody.WithoutSecrets(code), 64);
        string told = Told(answer, message is null ? code : code + ": " + ErrorBody.WithoutSecrets(message));
        string compare = $"compare with the role's trust policy and the identity provider in IAM: {Claims(identity)}";
        return code switch
        {
            "IDPCommunicationError" => Unjudged(ErrorCode.ServerFailed, $"AWS STS could not reach the issuer of the identity token{told}",
                $"its /.well-known/openid-configuration and its keys must be reachable from the internet: {Claims(identity)}"),
            "Throttling" or "ThrottlingException" or "RequestLimitExceeded" => Unjudged(ErrorCode.ExchangeRateLimited, $"AWS STS asks for fewer requests{told}",
                "try again in a minute; use the STS of a region"),
            "InvalidIdentityToken" or "ExpiredTokenException" or "ExpiredToken" => Refused(ErrorCode.ExchangeRefused, $"AWS STS refused the identity token{told}", compare) with { MayPass = true },
            "IDPRejectedClaim" => Refused(ErrorCode.ExchangeRefused, $"AWS STS refused the identity token{told}", compare),
            "RegionDisabledException" => Refused(ErrorCode.ExchangeForbidden, $"AWS STS is not active in this region for the role's account{told}",
                $"activate it in IAM's account settings, or choose another region; it is {Address.Value} now, from {Address.Origin}"),
            _ when answer.Status == 403 => Refused(ErrorCode.ExchangeForbidden, $"AWS STS does not let this identity have the role {_role.Value}{told}", compare),
            _ => Refused(ErrorCode.ExchangeMalformedRequest, $"AWS STS found the request malformed{told}", "check role_arn, session_name and duration_seconds; a role has a longest duration of its own"),
        };
    }

    /// <summary>The fifth part of <c>arn:aws:sts::123456789012:assumed-role/…</c>.</summary>
    private static string? AccountOf(string? arn) =>
        arn?.Split(':') is [_, _, _, _, { Length: 12 } account, ..] && !account.AsSpan().ContainsAnyExceptInRange('0', '9') ? account : null;
}
