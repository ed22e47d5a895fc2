using System.Globalization;
using System.Text.Json;
using AotBroker.Errors;
using AotBroker.Profiles;
using AotBroker.Schemas;

namespace AotBroker.Exchange;

/// <summary>
/// Anthropic's token endpoint, <c>/v1/oauth/token</c>: what is the same for every grant. One request, one answer, judged.
/// </summary>
internal sealed class AnthropicTokenEndpoint(Setting baseUrl, PinnedHttp http, ProcessEnvironment environment)
{
    private const string Path = "/v1/oauth/token";
    private const long LongestLifetime = 10L * 366 * 86400;
    private static readonly TimeSpan LongestRequest = TimeSpan.FromSeconds(30);

    public string Address => baseUrl.Value + Path;

    /// <exception cref="BrokerException"><see cref="ErrorCode.EndpointRefused"/>.</exception>
    public void RequireValidAddress()
    {
        Uri address = PinnedHttp.CheckedAddress(Address, baseUrl.Origin);
        if (address.Query.Length > 0)
        {
            throw new BrokerException(ErrorCode.EndpointRefused, $"the address from {baseUrl.Origin} has a query (\"?…\")", "leave it out");
        }
    }

    /// <summary>Sends a grant, once.</summary>
    /// <param name="json">The request.</param>
    /// <param name="betas">The <c>anthropic-beta</c> header.</param>
    /// <param name="deadline">For the whole of it.</param>
    /// <param name="refusal">What an answer means for this grant alone; null where it means what it means for all.</param>
    public ExchangeResult Ask(byte[] json, string betas, Deadline deadline, Func<HttpAnswer, ExchangeResult?> refusal)
    {
        HttpOutcome outcome = http.Send(
            new HttpRequestPlan(HttpMethod.Post, new Uri(Address))
            {
                Headers = [new("anthropic-beta", betas), new("Accept", "application/json")],
                Body = json,
            },
            deadline.AtMost(LongestRequest));
        if (outcome.Answer is not { } answer)
        {
            return NoAnswer(outcome);
        }
        ExchangeResult result = answer.Status == 200 ? Read(answer) : refusal(answer) ?? Refuse(answer);
        return result with { Status = answer.Status, RequestId = answer.RequestId, RetryAfter = answer.RetryAfter };
    }

    private ExchangeResult NoAnswer(HttpOutcome outcome)
    {
        Presentation presentation = outcome.WasSent ? Presentation.Unknown : Presentation.NotSent;
        string host = new Uri(Address).Authority;
        BrokerException error = outcome.Kind switch
        {
            HttpFailureKind.Tls => new(ErrorCode.TlsFailed, $"no trusted connection to {host}: {outcome.Failure}",
                "if a company's proxy inspects TLS, add its root certificate and name the bundle in SSL_CERT_FILE",
                "an image without /etc/ssl/certs/ca-certificates.crt trusts nobody: copy one in"),
            HttpFailureKind.TimedOut => new(ErrorCode.TimedOut, $"{host} did not answer in time: {outcome.Failure}",
                "try again; allow more time with --timeout; behind a firewall, set HTTPS_PROXY"),
            HttpFailureKind.TooLarge => new(ErrorCode.AnswerTooLarge, $"{host} sent something that is not a token: {outcome.Failure}",
                $"check the address: it is {baseUrl.Value}, from {baseUrl.Origin}"),
            HttpFailureKind.ConnectionLost => new(ErrorCode.ConnectionLost, $"the connection to {host} was lost: {outcome.Failure}",
                "try again; if it stays so, a proxy or a firewall on the way may cut it"),
            _ => new(ErrorCode.Unreachable, $"cannot connect to {host}: {outcome.Failure}",
                $"check the network, and the address: it is {baseUrl.Value}, from {baseUrl.Origin}",
                "behind a proxy, set HTTPS_PROXY"),
        };
        bool mayPass = outcome.Kind is HttpFailureKind.Unreachable or HttpFailureKind.TimedOut or HttpFailureKind.ConnectionLost;
        return new ExchangeResult(presentation) { Error = error, MayPass = mayPass };
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
            ExchangeResult refused = Refused(ErrorCode.AnswerMalformed, $"the token endpoint's answer cannot be used: {wrong}{Told(answer)}",
                $"check the address: it is {baseUrl.Value}, from {baseUrl.Origin}");
            return refused with { RefreshToken = RefreshToken(token) };
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
            RefreshToken = RefreshToken(token),
        };
    }

    private static Secret? RefreshToken(TokenAnswer? answer) =>
        string.IsNullOrEmpty(answer?.RefreshToken) ? null : new Secret(answer.RefreshToken);

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

    private ExchangeResult Refuse(HttpAnswer answer)
    {
        string told = Told(answer);
        return answer.Status switch
        {
            404 => Refused(ErrorCode.ExchangeNotFound, $"there is no token endpoint at {Address}{told}",
                $"check the address: it comes from {baseUrl.Origin}"),
            429 => Unknown(ErrorCode.ExchangeRateLimited, $"the token endpoint asks for fewer requests{told}",
                answer.RetryAfter is { } wait ? $"it asks to wait {Times.Duration((long)Math.Ceiling(wait.TotalSeconds))}" : "try again in a minute"),
            >= 300 and < 400 => Refused(ErrorCode.ExchangeRedirected,
                $"the token endpoint redirects{(answer.RedirectHost is { } to ? $" to {to}" : "")}, and a token is never sent after a redirect{told}",
                $"set the final address; it is {baseUrl.Value} now, from {baseUrl.Origin}"),
            >= 500 => Unknown(ErrorCode.ServerFailed, $"the token endpoint failed{told}",
                "try again; if it stays so, look at the service's status page"),
            _ => Refused(ErrorCode.ExchangeUnexpectedStatus, $"the token endpoint gave an answer that was not expected{told}",
                $"check the address: it is {baseUrl.Value}, from {baseUrl.Origin}"),
        };
    }

    /// <summary>The status, the request's id, and what the body may say.</summary>
    public static string Told(HttpAnswer answer)
    {
        string status = " (HTTP " + answer.Status.ToString(CultureInfo.InvariantCulture);
        string id = answer.RequestId is { } requestId ? $", request {requestId})" : ")";
        string? said = answer.Status == 200 ? null : ErrorBody.Describe(answer.Body);
        return status + id + (said is null ? "" : ": " + said);
    }

    /// <summary>The endpoint looked at it and said no.</summary>
    public static ExchangeResult Refused(ErrorCode code, string message, params IReadOnlyList<string> hints) =>
        new(Presentation.Refused) { Error = new BrokerException(code, message, hints) };

    private static ExchangeResult Unknown(ErrorCode code, string message, params IReadOnlyList<string> hints) =>
        new(Presentation.Unknown) { Error = new BrokerException(code, message, hints), MayPass = true };
}
