using System.Globalization;
using System.Text.Json;
using AotBroker.Errors;
using AotBroker.Identity;
using AotBroker.Profiles;
using AotBroker.Schemas;

namespace AotBroker.Exchange;

/// <summary>
/// Anthropic's Workload Identity Federation: RFC 7523's JWT bearer grant as a JSON request to <c>/v1/oauth/token</c>.
/// Source: the Go SDK 1.60.0 and the TypeScript SDK 1.11.0, which send the same.
/// </summary>
internal sealed class AnthropicFederationExchange(AnthropicFederation federation, PinnedHttp http, ProcessEnvironment environment)
{
    private const string Path = "/v1/oauth/token";
    private const string GrantType = "urn:ietf:params:oauth:grant-type:jwt-bearer";
    private const string Betas = "oauth-2025-04-20,oidc-federation-2026-04-01";
    private const long LongestLifetime = 10L * 366 * 86400;
    private static readonly TimeSpan LongestRequest = TimeSpan.FromSeconds(30);

    /// <summary>The token endpoint's address.</summary>
    public string Endpoint => federation.BaseUrl.Value + Path;

    /// <summary>The same in one spelling, whatever the configuration's: a token is spent at a server, not at a text.</summary>
    public string RecordedEndpoint
    {
        get
        {
            Uri address = new(Endpoint);
            string host = PinnedHttp.IsLoopback(address.Host) ? "localhost" : address.IdnHost.TrimEnd('.');
            return $"{address.Scheme}://{host}:{address.Port.ToString(CultureInfo.InvariantCulture)}{address.AbsolutePath}";
        }
    }

    /// <summary>Checks all that can be checked before an identity token is asked for.</summary>
    /// <exception cref="BrokerException"><see cref="ErrorCode.EndpointRefused"/>, <see cref="ErrorCode.SettingInvalid"/>.</exception>
    public void RequireValid()
    {
        federation.RequireValid();
        RequireValidAddress();
    }

    /// <exception cref="BrokerException"><see cref="ErrorCode.EndpointRefused"/>.</exception>
    public void RequireValidAddress()
    {
        Uri address = PinnedHttp.CheckedAddress(Endpoint, federation.BaseUrl.Origin);
        if (address.Query.Length > 0)
        {
            throw new BrokerException(ErrorCode.EndpointRefused, $"the address from {federation.BaseUrl.Origin} has a query (\"?…\")", "leave it out");
        }
    }

    /// <summary>Presents the identity token, once.</summary>
    public ExchangeResult Present(IdentityToken identity, Deadline deadline)
    {
        TokenRequest request = new(
            GrantType,
            identity.Reveal(),
            federation.FederationRuleId.Value!,
            federation.OrganizationId.Value!,
            federation.ServiceAccountId.Value,
            federation.WorkspaceId.Value);
        HttpOutcome outcome = http.Send(
            new HttpRequestPlan(HttpMethod.Post, new Uri(Endpoint))
            {
                Headers = [new("anthropic-beta", Betas), new("Accept", "application/json")],
                Body = JsonSerializer.SerializeToUtf8Bytes(request, MessagesJsonContext.Default.TokenRequest),
            },
            deadline.AtMost(LongestRequest));
        return outcome.Answer is { } answer ? Judge(answer, identity) : NoAnswer(outcome);
    }

    private ExchangeResult NoAnswer(HttpOutcome outcome)
    {
        Presentation presentation = outcome.WasSent ? Presentation.Unknown : Presentation.NotSent;
        string host = new Uri(Endpoint).Authority;
        BrokerException error = outcome.Kind switch
        {
            HttpFailureKind.Tls => new(ErrorCode.TlsFailed, $"no trusted connection to {host}: {outcome.Failure}",
                "if a company's proxy inspects TLS, add its root certificate and name the bundle in SSL_CERT_FILE",
                "an image without /etc/ssl/certs/ca-certificates.crt trusts nobody: copy one in"),
            HttpFailureKind.TimedOut => new(ErrorCode.TimedOut, $"{host} did not answer in time: {outcome.Failure}",
                "try again; allow more time with --timeout; behind a firewall, set HTTPS_PROXY"),
            HttpFailureKind.TooLarge => new(ErrorCode.AnswerTooLarge, $"{host} sent something that is not a token: {outcome.Failure}",
                $"check the address: it is {federation.BaseUrl.Value}, from {federation.BaseUrl.Origin}"),
            HttpFailureKind.ConnectionLost => new(ErrorCode.ConnectionLost, $"the connection to {host} was lost: {outcome.Failure}",
                "try again; if it stays so, a proxy or a firewall on the way may cut it"),
            _ => new(ErrorCode.Unreachable, $"cannot connect to {host}: {outcome.Failure}",
                $"check the network, and the address: it is {federation.BaseUrl.Value}, from {federation.BaseUrl.Origin}",
                "behind a proxy, set HTTPS_PROXY"),
        };
        bool mayPass = outcome.Kind is HttpFailureKind.Unreachable or HttpFailureKind.TimedOut or HttpFailureKind.ConnectionLost;
        return new ExchangeResult(presentation) { Error = error, MayPass = mayPass };
    }

    private ExchangeResult Judge(HttpAnswer answer, IdentityToken identity)
    {
        ExchangeResult result = answer.Status == 200 ? Read(answer) : Refuse(answer, identity);
        return result with { Status = answer.Status, RequestId = answer.RequestId, RetryAfter = answer.RetryAfter };
    }

    private ExchangeResult Read(HttpAnswer answer)
    {
        TokenAnswer? token = null;
        long? lifetime = null;
        string? wrong = "it is not a JSON object";
        try
        {
            token = JsonSerializer.Deserialize(answer.Body, MessagesJsonContext.Default.TokenAnswer);
            lifetime = Lifetime(token?.ExpiresIn ?? default);
            wrong = token is null ? wrong : WhatIsWrong(token, lifetime);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // InvalidOperationException: text that is no UTF-16. Neither's own text is shown, which could quote the answer.
        }
        if (wrong is not null)
        {
            // The token was taken, whatever came back.
            return Refused(ErrorCode.AnswerMalformed, $"the token endpoint's answer cannot be used: {wrong}{Told(answer)}",
                $"check the address: it is {federation.BaseUrl.Value}, from {federation.BaseUrl.Origin}");
        }
        long now = environment.Now;
        return new ExchangeResult(Presentation.Granted)
        {
            Credential = new Credential
            {
                AccessToken = new Secret(token!.AccessToken!),
                TokenType = "Bearer",
                IssuedAt = now,
                ExpiresAt = now + lifetime!.Value,
                Scope = token.Scope,
                RequestId = answer.RequestId,
            },
        };
    }

    private static string? WhatIsWrong(TokenAnswer answer, long? lifetime)
    {
        if (string.IsNullOrEmpty(answer.AccessToken))
        {
            return "it has no access_token";
        }
        if (answer.AccessToken.Length > 16 * 1024 || answer.AccessToken.AsSpan().ContainsAnyExceptInRange('!', '~'))
        {
            return "its access_token could not be sent in a header";
        }
        if (!string.Equals(answer.TokenType ?? "Bearer", "Bearer", StringComparison.OrdinalIgnoreCase))
        {
            return "its token_type is not Bearer";
        }
        return lifetime is null ? "it has no expires_in, or one that is not a number of seconds" : null;
    }

    /// <summary>Seconds, from a number or a numeric string, as every SDK takes them.</summary>
    private static long? Lifetime(JsonElement expiresIn)
    {
        double? seconds = expiresIn.ValueKind switch
        {
            JsonValueKind.Number when expiresIn.TryGetDouble(out double number) => number,
            JsonValueKind.String when double.TryParse(expiresIn.GetString(), NumberStyles.Float, CultureInfo.InvariantCulture, out double number) => number,
            _ => null,
        };
        return seconds is >= 1 and <= LongestLifetime ? (long)seconds.Value : null;
    }

    private ExchangeResult Refuse(HttpAnswer answer, IdentityToken identity)
    {
        string told = Told(answer);
        return answer.Status switch
        {
            400 => Refused(ErrorCode.ExchangeMalformedRequest, $"the token endpoint found the request malformed{told}",
                "check the ids in the profile: federation_rule_id, organization_id, service_account_id, workspace_id"),
            401 => Refused(ErrorCode.ExchangeRefused, $"the token endpoint refused the identity token{told}", UnauthorizedHints(identity)),
            403 => Refused(ErrorCode.ExchangeForbidden, $"the token endpoint forbids the exchange{told}",
                "the rule, the service account or the workspace may be archived; look at Workload identity in the Console"),
            404 => Refused(ErrorCode.ExchangeNotFound, $"there is no token endpoint at {Endpoint}{told}",
                $"check the address: it comes from {federation.BaseUrl.Origin}"),
            429 => Unknown(ErrorCode.ExchangeRateLimited, $"the token endpoint asks for fewer requests{told}",
                answer.RetryAfter is { } wait ? $"it asks to wait {Times.Duration((long)Math.Ceiling(wait.TotalSeconds))}" : "try again in a minute"),
            >= 300 and < 400 => Refused(ErrorCode.ExchangeRedirected,
                $"the token endpoint redirects{(answer.RedirectHost is { } to ? $" to {to}" : "")}, and a token is never sent after a redirect{told}",
                $"set the final address; it is {federation.BaseUrl.Value} now, from {federation.BaseUrl.Origin}"),
            >= 500 => Unknown(ErrorCode.ServerFailed, $"the token endpoint failed{told}",
                "try again; if it stays so, look at the service's status page"),
            _ => Refused(ErrorCode.ExchangeUnexpectedStatus, $"the token endpoint gave an answer that was not expected{told}",
                $"check the address: it is {federation.BaseUrl.Value}, from {federation.BaseUrl.Origin}"),
        };
    }

    /// <summary>Every rejection of an assertion is the same 401; what a person can compare is all that helps.</summary>
    private List<string> UnauthorizedHints(IdentityToken identity)
    {
        List<string> hints =
        [
            $"compare with the rule {federation.FederationRuleId.Value}: iss \"{Shown(identity.Issuer)}\", sub \"{Shown(identity.Subject)}\", aud \"{Shown(identity.Audience)}\"",
        ];
        if (!federation.WorkspaceId.IsSet)
        {
            hints.Add($"no workspace is named: if the rule spans several, set workspace_id in the profile or {Variables.WorkspaceId}");
        }
        hints.Add("the reason is in the Console, under Workload identity, in the authentication events");
        return hints;
    }

    private static string Shown(string? claim) => claim is null ? "(none)" : ErrorBody.Shorten(claim, 200);

    private static string Told(HttpAnswer answer)
    {
        string status = " (HTTP " + answer.Status.ToString(CultureInfo.InvariantCulture);
        string id = answer.RequestId is { } requestId ? $", request {requestId})" : ")";
        string? said = answer.Status == 200 ? null : ErrorBody.Describe(answer.Body);
        return status + id + (said is null ? "" : ": " + said);
    }

    private static ExchangeResult Refused(ErrorCode code, string message, params IReadOnlyList<string> hints) =>
        new(Presentation.Refused) { Error = new BrokerException(code, message, hints) };

    private static ExchangeResult Unknown(ErrorCode code, string message, params IReadOnlyList<string> hints) =>
        new(Presentation.Unknown) { Error = new BrokerException(code, message, hints), MayPass = true };
}
