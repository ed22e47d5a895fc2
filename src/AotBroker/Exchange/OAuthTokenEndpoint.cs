using AotBroker.Errors;
using AotBroker.Http;
using AotBroker.Identity;
using AotBroker.Runtime;
using AotBroker.Settings;
using static AotBroker.Exchange.CredentialEndpoint;

namespace AotBroker.Exchange;

/// <summary>
/// Any OAuth token endpoint (RFC 6749) that takes an identity token in a grant: one request, and the errors of section 5.2.
/// </summary>
internal sealed class OAuthTokenEndpoint(Setting address, CheckedUrl url, PinnedHttp http, ProcessEnvironment environment)
{
    /// <summary>The request's fields are the members of a JSON object, where a service wants that; else a form.</summary>
    public bool IsJson { get; init; }

    /// <summary>For how long a credential is good where the endpoint does not say, in seconds; null for the default.</summary>
    public long? Lifetime { get; init; }

    /// <summary>Where to look when the endpoint refuses the token.</summary>
    public required string RuleHint { get; init; }

    /// <summary>What is sent beside the token and decides as well, for where the endpoint refuses: "client_id ci".</summary>
    public IReadOnlyList<string> Sent { get; init; } = [];

    /// <summary>Sends the grant, once.</summary>
    /// <param name="fields">All of the request, the token included; those without a value are left out.</param>
    /// <param name="identity">The token, for what a person may compare.</param>
    /// <param name="deadline">For the whole of it.</param>
    public ExchangeResult Ask(IReadOnlyList<(string Name, string? Value)> fields, IdentityToken identity, Deadline deadline)
    {
        CredentialEndpoint endpoint = new(address, url, http);
        HttpRequestPlan plan = endpoint.Request(HttpMethod.Post) with
        {
            Headers = [new("Accept", "application/json")],
            Body = IsJson ? JsonBody.Of([.. fields]) : FormBody.Of([.. fields]),
            ContentType = IsJson ? "application/json" : FormBody.ContentType,
        };
        return endpoint.Ask(plan, deadline, answer => OAuthAnswer.Read(answer, endpoint, environment.Now, isExchange: true, Lifetime), answer => Refusal(answer, identity));
    }

    private ExchangeResult? Refusal(HttpAnswer answer, IdentityToken identity)
    {
        string told = ServiceError.Told(answer);
        List<string> compared = ComparedToken.Hints(identity, [.. Sent, RuleHint]);
        bool isGrant = ErrorBody.IsInvalidGrant(answer.Body);
        return answer.Status switch
        {
            401 => Refused(ErrorCode.ExchangeRefused, $"the token endpoint refused the identity token, or the client{told}", compared),
            400 when isGrant => Refused(ErrorCode.ExchangeRefused, $"the token endpoint refused the identity token{told}", compared),
            // RFC 8693, section 2.2.2: invalid_request is also what is said of a token that is invalid or not trusted.
            400 or 422 => Refused(ErrorCode.ExchangeMalformedRequest, $"the token endpoint did not accept the request{told}",
                ["check the fields in the profile, and that the service expects this request at all", .. compared]),
            403 => Refused(ErrorCode.ExchangeForbidden, $"the token endpoint forbids the exchange{told}", compared),
            _ => null,
        };
    }
}
