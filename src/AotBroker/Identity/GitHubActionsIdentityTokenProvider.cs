using System.Text.Json;
using AotBroker.Errors;
using AotBroker.Exchange;
using AotBroker.Profiles;

namespace AotBroker.Identity;

/// <summary>
/// GitHub Actions' token service (and Forgejo's, which is alike): every request mints a token of five minutes.
/// Source: actions/toolkit, oidc-utils.ts.
/// </summary>
internal sealed class GitHubActionsIdentityTokenProvider(string? audience, ProcessEnvironment environment, PinnedHttp http) : IIdentityTokenProvider
{
    private const int Attempts = 3;
    private static readonly TimeSpan LongestRequest = TimeSpan.FromSeconds(10);

    public string Description => "GitHub Actions";

    public bool Mints => true;

    public IdentityToken GetToken(Deadline deadline)
    {
        HttpRequestPlan request = Plan();
        for (int attempt = 1; ; attempt++)
        {
            HttpOutcome outcome = http.Send(request, deadline.AtMost(LongestRequest));
            if (outcome.Answer is { Status: 200 } answer)
            {
                return Read(answer);
            }
            bool mayPass = outcome.Answer is null or { Status: 429 or >= 500 };
            if (!mayPass || attempt == Attempts || !Backoff.Pause(attempt, outcome.Answer?.RetryAfter, deadline))
            {
                throw Failed(outcome);
            }
        }
    }

    private HttpRequestPlan Plan()
    {
        string url = environment.Get(Variables.GitHubRequestUrl) ?? throw NotSet(Variables.GitHubRequestUrl);
        string bearer = environment.Get(Variables.GitHubRequestToken) ?? throw NotSet(Variables.GitHubRequestToken);
        if (bearer.AsSpan().ContainsAnyExceptInRange('!', '~'))
        {
            throw new BrokerException(ErrorCode.SettingInvalid, $"{Variables.GitHubRequestToken} holds a character that no token has", "look for a line break or a quote around the value");
        }
        // The variable's URL already has a query.
        string separator = url.Contains('?', StringComparison.Ordinal) ? "&" : "?";
        string wanted = audience ?? AnthropicFederation.DefaultAudience;
        Uri address = PinnedHttp.CheckedAddress($"{url}{separator}audience={Uri.EscapeDataString(wanted)}", Variables.GitHubRequestUrl);
        return new HttpRequestPlan(HttpMethod.Get, address)
        {
            Headers = [new("Authorization", "bearer " + bearer), new("Accept", "application/json; api-version=2.0")],
        };
    }

    private IdentityToken Read(HttpAnswer answer)
    {
        try
        {
            GitHubTokenAnswer? parsed = JsonSerializer.Deserialize(answer.Body, MessagesJsonContext.Default.GitHubTokenAnswer);
            if (parsed?.Value is { } token)
            {
                return IdentityToken.Parse(token, Description);
            }
        }
        catch (JsonException)
        {
            // Told below, without the framework's text: it could quote the answer.
        }
        throw new BrokerException(ErrorCode.IdentityServiceFailed, "GitHub Actions' token service gave an answer without a token", "run the job again; if it stays so, look at the platform's status page");
    }

    private static BrokerException NotSet(string variable) => new(
        ErrorCode.IdentityVariablesIncomplete,
        $"the profile asks for GitHub Actions' identity, but {variable} is not set",
        "give the job `permissions: id-token: write`; a pull request from a fork never gets one",
        "some clients take variables that look like secrets away from their helpers: run `aotbroker get` once in the job before them, so that the credential is there");

    private static BrokerException Failed(HttpOutcome outcome)
    {
        if (outcome.Answer is not { } answer)
        {
            return new BrokerException(ErrorCode.IdentityServiceFailed, $"GitHub Actions' token service cannot be reached: {outcome.Failure}", "run the job again; on a self-hosted runner, check its network and proxy");
        }
        return new BrokerException(
            ErrorCode.IdentityServiceFailed,
            $"GitHub Actions' token service answered {answer.Status}",
            answer.Status is 401 or 403
                ? "the job's permission or its request token is over; check `permissions: id-token: write`, and that the step runs inside the job"
                : "run the job again; if it stays so, look at the platform's status page");
    }
}
