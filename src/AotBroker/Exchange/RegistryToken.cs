using AotBroker.Errors;
using AotBroker.Http;
using AotBroker.Identity;
using AotBroker.Runtime;
using AotBroker.Schemas;
using AotBroker.Settings;
using static AotBroker.Exchange.CredentialEndpoint;

namespace AotBroker.Exchange;

/// <summary>What the services that trade an identity token for a token of their own have alike: how an answer and a refusal look.</summary>
internal static class RegistryToken
{
    /// <summary>Takes an answer that holds a token.</summary>
    /// <param name="answer">The answer.</param>
    /// <param name="endpoint">For what is to be told of an answer that is none.</param>
    /// <param name="now">Unix seconds.</param>
    /// <param name="lifetime">How long the service's documentation says that a token is good for, where the answer does not say, in seconds.</param>
    /// <param name="member">The member that the token is in: "token", or "apiKey".</param>
    public static ExchangeResult Read(HttpAnswer answer, CredentialEndpoint endpoint, long now, long lifetime, string member = "token")
    {
        using JsonAnswer json = new(answer.Body);
        string? token = json.Text(member);
        AnswerLifetime said = AnswerLifetime.OfEnd(json, "expires", now);
        string? wrong = json.Wrong
            ?? (string.IsNullOrEmpty(token) ? json.Lack(member)
            : !IsSendable(token, 16 * 1024) ? $"its {member} could not be sent in a header"
            : said.Unclear is { } unclear ? unclear + ", which is not in the future"
            : null);
        if (wrong is not null)
        {
            return endpoint.Unusable(wrong, answer);
        }
        return new ExchangeResult(Presentation.Granted)
        {
            Credential = new Credential
            {
                AccessToken = new Secret(token!),
                IssuedAt = now,
                ExpiresAt = now + (said.Seconds ?? lifetime),
                RequestId = answer.RequestId,
            },
        };
    }

    /// <summary>What a refusal of such a service is.</summary>
    /// <param name="answer">The answer.</param>
    /// <param name="service">The service, as people call it.</param>
    /// <param name="identity">The token, for what a person may compare.</param>
    /// <param name="hint">Where to look.</param>
    public static ExchangeResult? Refusal(HttpAnswer answer, string service, IdentityToken identity, string hint)
    {
        string told = ServiceError.Told(answer);
        return answer.Status switch
        {
            400 or 401 or 422 => Refused(ErrorCode.ExchangeRefused, $"{service} refused the identity token{told}", ComparedToken.Hints(identity, hint)),
            403 => Refused(ErrorCode.ExchangeForbidden, $"{service} forbids the exchange{told}", ComparedToken.Hints(identity, hint)),
            404 when ServiceError.Describe(answer) is not null => Refused(ErrorCode.ExchangeNotFound, $"{service} has nothing configured that trusts the identity token{told}", ComparedToken.Hints(identity, hint)),
            _ => null,
        };
    }

    /// <summary>Asks a service to take a token back, as its holder may. One that is not good any more counts as taken back.</summary>
    /// <returns>Null where it is; else why it is still good.</returns>
    public static BrokerException? Revoke(Setting address, CheckedUrl url, Credential credential, PinnedHttp http, Deadline deadline)
    {
        CredentialEndpoint endpoint = new(address, url, http) { Grants = static status => status == 204 };
        HttpRequestPlan plan = endpoint.Request(HttpMethod.Delete) with
        {
            Headers = [new("Authorization", "Bearer " + credential.AccessToken!.Reveal()), new("Accept", "application/json")],
        };
        return endpoint.Continue(
            plan,
            deadline,
            static _ => new ExchangeResult(Presentation.Granted),
            static answer => answer.Status == 401 ? new ExchangeResult(Presentation.Granted) : null).Error;
    }
}
