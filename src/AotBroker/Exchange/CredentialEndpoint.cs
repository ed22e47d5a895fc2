using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using AotBroker.Errors;
using AotBroker.Http;
using AotBroker.Identity;
using AotBroker.Runtime;
using AotBroker.Settings;

namespace AotBroker.Exchange;

/// <summary>
/// A service that gives credentials: one request, one answer, and what is the same for all of them. A time-out or a failure
/// of the server leaves open whether the token is spent.
/// </summary>
/// <param name="address">The service's address as it was set, for messages.</param>
/// <param name="url">Where requests go.</param>
/// <param name="http">The way to it.</param>
internal sealed class CredentialEndpoint(Setting address, CheckedUrl url, PinnedHttp http)
{
    private static readonly TimeSpan LongestRequest = TimeSpan.FromSeconds(30);

    /// <summary>Whether an answer of this status holds a credential: 200, and 201 of a service that says so of what it has made.</summary>
    public Func<int, bool> Grants { get; init; } = static status => status is 200 or 201;

    /// <summary>A request to it.</summary>
    public HttpRequestPlan Request(HttpMethod method) => new(method, url);

    /// <summary>Sends a token, once.</summary>
    /// <param name="plan">The request.</param>
    /// <param name="deadline">For the whole of it.</param>
    /// <param name="read">Takes an answer apart that holds a credential.</param>
    /// <param name="refusal">What an answer means at this service alone; null where it means what it means everywhere.</param>
    public ExchangeResult Ask(HttpRequestPlan plan, Deadline deadline, Func<HttpAnswer, ExchangeResult> read, Func<HttpAnswer, ExchangeResult?> refusal)
    {
        HttpOutcome outcome = http.Send(plan, deadline.AtMost(LongestRequest));
        if (outcome.Answer is not { } answer)
        {
            return NoAnswer(outcome);
        }
        ExchangeResult result = IsForeign(answer) ? Foreign(answer) : Grants(answer.Status) ? read(answer) : refusal(answer) ?? Refuse(answer);
        return result with { Status = answer.Status, RequestId = answer.RequestId, RetryAfter = answer.RetryAfter };
    }

    /// <summary>
    /// Sends a further request, with what the token was exchanged for, and again where its failure may pass: nothing is spent by
    /// it. The token itself has been presented, however this ends.
    /// </summary>
    /// <param name="plan">The request.</param>
    /// <param name="deadline">For all attempts.</param>
    /// <param name="read">Takes an answer apart that holds a credential.</param>
    /// <param name="refusal">What an answer means at this service alone; null where it means what it means everywhere.</param>
    public ExchangeResult Continue(HttpRequestPlan plan, Deadline deadline, Func<HttpAnswer, ExchangeResult> read, Func<HttpAnswer, ExchangeResult?> refusal)
    {
        const int MostAttempts = 3;
        for (int attempt = 1; ; attempt++)
        {
            ExchangeResult result = Ask(plan, deadline, read, refusal);
            if (!result.MayPass || attempt == MostAttempts || !Backoff.Pause(attempt, result.RetryAfter, deadline))
            {
                bool isKnown = result.Presentation is Presentation.Granted or Presentation.Refused;
                return result with { Presentation = isKnown ? result.Presentation : Presentation.Unknown, MayPass = false };
            }
        }
    }

    /// <summary>The token was taken, but what came back is no credential.</summary>
    /// <param name="wrong">What is wrong with the answer: "it has no access_token".</param>
    /// <param name="answer">The answer, none of which is shown.</param>
    public ExchangeResult Unusable(string wrong, HttpAnswer answer) => Refused(
        ErrorCode.AnswerMalformed, $"the token endpoint's answer cannot be used: {wrong}{Told(answer)}", $"check the address: it is {address.Value}, from {address.Origin}");

    private ExchangeResult NoAnswer(HttpOutcome outcome)
    {
        Presentation presentation = outcome.WasSent ? Presentation.Unknown : Presentation.NotSent;
        string host = url.Authority;
        BrokerException error = outcome.Lacking ?? outcome.Kind switch
        {
            HttpFailureKind.Tls => new(ErrorCode.TlsFailed, $"no trusted connection to {host}: {outcome.Failure}",
                outcome.Hints is { Count: > 0 } hints ? hints : [$"check the address: it is {address.Value}, from {address.Origin}; the server must speak TLS 1.2 or later"]),
            HttpFailureKind.NotLoopback => new(ErrorCode.EndpointRefused, $"the address from {address.Origin} cannot be used: {outcome.Failure}", outcome.Hints),
            HttpFailureKind.ProxyUnusable => new(ErrorCode.SettingInvalid, outcome.Failure, outcome.Hints),
            HttpFailureKind.TimedOut => new(ErrorCode.TimedOut, $"{host} did not answer in time: {outcome.Failure}",
                ["try again; allow more time with `--timeout SECONDS` (of `get`, `exec` and `keep`)", .. Advice(outcome)]),
            HttpFailureKind.TooLarge => new(ErrorCode.AnswerTooLarge, $"{host} sent something that is not a token: {outcome.Failure}",
                $"check the address: it is {address.Value}, from {address.Origin}"),
            HttpFailureKind.ConnectionLost => new(ErrorCode.ConnectionLost, $"the connection to {host} was lost: {outcome.Failure}",
                "try again; if it happens again, a proxy or a firewall on the way may cut it"),
            _ => new(ErrorCode.Unreachable, $"cannot connect to {host}: {outcome.Failure}",
                outcome.Hints is { Count: > 0 } hints ? hints : [$"check the network, and the address: it is {address.Value}, from {address.Origin}", .. Advice(outcome)]),
        };
        bool mayPass = outcome.Kind is HttpFailureKind.Unreachable or HttpFailureKind.TimedOut or HttpFailureKind.ConnectionLost;
        return new ExchangeResult(presentation) { Error = error, MayPass = mayPass };
    }

    private static string[] Advice(HttpOutcome outcome) => outcome.ProxyAdvice is { } advice ? [advice] : [];

    /// <summary>
    /// Whether a proxy, a filter or a network's login answers in the endpoint's place (RFC 6585, section 6, has 511 for the
    /// last). A server that fails, and a gateway that waited for it in vain, may show a page too, and the endpoint may have
    /// acted.
    /// </summary>
    private static bool IsForeign(HttpAnswer answer) =>
        answer.Status is 407 or 511 || (answer.IsPage && answer.Status is not (404 or 429) and (< 500 or 502 or 503));

    private ExchangeResult Foreign(HttpAnswer answer)
    {
        string host = url.Authority;
        string what = answer.IsPage ? "a web page came in its place" : "something on the way requires a login first";
        return new ExchangeResult(Presentation.Unjudged)
        {
            Error = new BrokerException(
                ErrorCode.Unreachable,
                $"{host} was not reached: {what}, most likely from a proxy or a captive portal{Told(answer, null)}",
                $"see what a browser or curl on this machine gets from {host}, and have the network let it through",
                $"check the address: it is {address.Value}, from {address.Origin}"),
            MayPass = answer.Status is 502 or 503, // A gateway's failure may be over soon; a filter's decision is not.
        };
    }

    private ExchangeResult Refuse(HttpAnswer answer)
    {
        string told = Told(answer);
        return answer.Status switch
        {
            404 when answer.IsPage => new ExchangeResult(Presentation.Unjudged)
            {
                Error = new BrokerException(ErrorCode.ExchangeNotFound, $"there is no token endpoint at {url.Uri.OriginalString}, but a web page{told}", $"check the address: it comes from {address.Origin}"),
            },
            404 => Refused(ErrorCode.ExchangeNotFound, $"there is no token endpoint at {url.Uri.OriginalString}{told}",
                $"check the address: it comes from {address.Origin}"),
            429 => Unjudged(ErrorCode.ExchangeRateLimited, $"the token endpoint received too many requests{told}",
                answer.RetryAfter is { } wait ? $"it asks clients to wait {Times.Duration((long)Math.Ceiling(wait.TotalSeconds))}" : "try again in a minute"),
            >= 300 and < 400 => Refused(ErrorCode.ExchangeRedirected,
                $"the token endpoint redirects{(answer.RedirectHost is { } to ? $" to {to}" : "")}, and a token is never sent after a redirect{told}",
                $"set the final address; it is {address.Value} now, from {address.Origin}"),
            503 when answer.RetryAfter is not null => Unjudged(ErrorCode.ServerFailed, $"the token endpoint is busy{told}",
                $"it asks clients to wait {Times.Duration((long)Math.Ceiling(answer.RetryAfter.Value.TotalSeconds))}"),
            >= 500 => Unknown(ErrorCode.ServerFailed, $"the token endpoint failed{told}",
                "try again; if it happens again, look at the service's status page"),
            _ => Refused(ErrorCode.ExchangeUnexpectedStatus, $"the token endpoint gave an unexpected answer{told}",
                $"check the address: it is {address.Value}, from {address.Origin}"),
        };
    }

    /// <summary>The status, the request's id, and what the body may say.</summary>
    public static string Told(HttpAnswer answer) => Told(answer, answer.Status == 200 ? null : ErrorBody.Describe(answer));

    /// <param name="answer">The answer.</param>
    /// <param name="said">What the body says, where that is not told in the usual form.</param>
    public static string Told(HttpAnswer answer, string? said)
    {
        string status = " (HTTP " + answer.Status.ToString(CultureInfo.InvariantCulture);
        string id = answer.RequestId is { } requestId ? $", request {requestId})" : ")";
        return status + id + (said is null ? "" : ": " + said);
    }

    /// <summary>Who the token says it is, to compare with what the service trusts.</summary>
    public static string Claims(IdentityToken identity) => $"iss \"{Shown(identity.Issuer)}\", sub \"{Shown(identity.Subject)}\", aud \"{Shown(identity.Audience)}\"";

    /// <summary>The same as a hint of its own.</summary>
    public static string Compared(IdentityToken identity) => $"the token has {Claims(identity)}";

    private static string Shown(string? claim) => claim is null ? "(none)" : Redaction.Shorten(claim, 200);

    /// <summary>Whether a header can carry what a service gave: printable ASCII without spaces, and not too much of it.</summary>
    public static bool IsSendable([NotNullWhen(true)] string? text, int longest) =>
        text?.Length > 0 && text.Length <= longest && !text.AsSpan().ContainsAnyExceptInRange('!', '~');

    /// <summary>The endpoint looked at it and said no.</summary>
    public static ExchangeResult Refused(ErrorCode code, string message, params IReadOnlyList<string> hints) =>
        new(Presentation.Refused) { Error = new BrokerException(code, message, hints) };

    /// <summary>The endpoint did not look at it, and asks for it again.</summary>
    public static ExchangeResult Unjudged(ErrorCode code, string message, params IReadOnlyList<string> hints) =>
        new(Presentation.Unjudged) { Error = new BrokerException(code, message, hints), MayPass = true };

    /// <summary>The endpoint may have taken it, and may answer better when it is asked again.</summary>
    public static ExchangeResult Unknown(ErrorCode code, string message, params IReadOnlyList<string> hints) =>
        new(Presentation.Unknown) { Error = new BrokerException(code, message, hints), MayPass = true };
}
