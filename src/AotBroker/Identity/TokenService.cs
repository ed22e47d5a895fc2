using AotBroker.Errors;
using AotBroker.Http;
using AotBroker.Runtime;

namespace AotBroker.Identity;

/// <summary>A platform's own service that gives identity tokens over HTTP: how often it is asked, and what its failures mean.</summary>
/// <param name="name">The service in words: "GitHub Actions' token service".</param>
/// <param name="http">The way to it.</param>
internal sealed class TokenService(string name, PinnedHttp http)
{
    /// <summary>How often it is asked.</summary>
    public int Attempts { get; init; } = 3;

    /// <summary>How long one request may take.</summary>
    public TimeSpan LongestRequest { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Statuses that may pass by themselves, apart from 429 and those from 500.</summary>
    public IReadOnlyList<int> AlsoPassing { get; init; } = [];

    /// <summary>Whether what an answer says may pass by itself, whatever its status.</summary>
    public Func<HttpAnswer, bool> AlsoPasses { get; init; } = static _ => false;

    /// <summary>What to do about a refusal: 400 to 404, or the way to a page where a person signs in.</summary>
    public required IReadOnlyList<string> RefusalHints { get; init; }

    /// <summary>What to do where no answer comes.</summary>
    public IReadOnlyList<string> FailureHints { get; init; } = ["run the job again; if it happens again, check the network and the proxy of the machine it runs on"];

    /// <summary>What an error's answer says, in words that may be shown; null where it says nothing.</summary>
    public Func<HttpAnswer, string?> Explain { get; init; } = static answer => ErrorBody.Describe(answer, isPlatform: true);

    /// <summary>Why an answer is not the service's own, as an error; null where it is. Not asked about failures that may pass.</summary>
    public Func<HttpAnswer, BrokerException?> Distrust { get; init; } = static _ => null;

    /// <summary>The service's answer, with status 200 or 201.</summary>
    /// <exception cref="BrokerException"><see cref="ErrorCode.IdentityServiceFailed"/>, or what <see cref="Distrust"/> gave.</exception>
    public HttpAnswer Ask(HttpRequestPlan request, Deadline deadline)
    {
        for (int attempt = 1; ; attempt++)
        {
            HttpOutcome outcome = http.Send(request, deadline.AtMost(LongestRequest));
            if (outcome.Lacking is { } lacking)
            {
                throw lacking;
            }
            bool mayPass = outcome.Answer is not { Status: int status } || status is 429 or >= 500 || AlsoPassing.Contains(status) || (status >= 400 && AlsoPasses(outcome.Answer));
            if (!mayPass && Distrust(outcome.Answer!) is { } foreign)
            {
                throw foreign;
            }
            if (outcome.Answer is { Status: 200 or 201 } answer)
            {
                return answer.IsPage ? throw Failed(outcome) : answer;
            }
            if (!mayPass || attempt == Attempts || !Backoff.Pause(attempt, outcome.Answer?.RetryAfter, deadline))
            {
                throw Failed(outcome);
            }
        }
    }

    /// <summary>The token that the service gave.</summary>
    /// <param name="token">What its answer held; null where that was no token.</param>
    /// <param name="answer">For the time that the service thinks it is.</param>
    /// <param name="description">The source, for messages.</param>
    /// <exception cref="BrokerException">It is none (AB0403 to AB0405, AB0409).</exception>
    public IdentityToken Parse(string? token, HttpAnswer answer, string description) => token is null
        ? throw new BrokerException(ErrorCode.IdentityServiceFailed, $"{name} gave an answer without a token", "run the job again; if it happens again, look at the platform's status page")
        : IdentityToken.Parse(token, description, answer.Date);

    /// <summary>The audience to ask for.</summary>
    /// <param name="audience">The profile's, else the exchange's.</param>
    /// <param name="source">Who needs it, as a profile names it.</param>
    /// <exception cref="BrokerException"><see cref="ErrorCode.AudienceMissing"/>.</exception>
    public static string RequiredAudience(string? audience, string source) => audience ?? throw new BrokerException(
        ErrorCode.AudienceMissing,
        $"the identity source {source} makes tokens for an audience, and neither the profile nor the exchange names one",
        $"set identity.audience in the profile to what the service that takes the token expects in `aud`");

    /// <summary>A value that may be sent in a header.</summary>
    /// <exception cref="BrokerException"><see cref="ErrorCode.SettingInvalid"/>.</exception>
    public static string Sendable(string value, string origin) => value.AsSpan().ContainsAnyExceptInRange('!', '~')
        ? throw new BrokerException(ErrorCode.SettingInvalid, $"{origin} holds a character that no token has", "look for a line break or a quote around the value")
        : value;

    private BrokerException Failed(HttpOutcome outcome)
    {
        if (outcome.Answer is not { } answer)
        {
            return new BrokerException(ErrorCode.IdentityServiceFailed, $"{name} cannot be reached: {outcome.Failure}",
                outcome.Hints is { Count: > 0 } hints ? hints : FailureHints);
        }
        string? said = answer.IsPage ? "a web page, such as one to sign in"
            : answer.RedirectHost is { } host ? "a redirect to " + host
            : Explain(answer);
        return new BrokerException(
            ErrorCode.IdentityServiceFailed,
            $"{name} answered {answer.Status}{(said is null ? "" : ": " + said)}",
            answer.Status <= 404 ? RefusalHints : ["run the job again; if it happens again, look at the platform's status page"]);
    }
}
