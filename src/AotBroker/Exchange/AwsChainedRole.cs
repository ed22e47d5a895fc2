using System.Globalization;
using AotBroker.Errors;
using AotBroker.Http;
using AotBroker.Identity;
using AotBroker.Runtime;
using AotBroker.Schemas;
using AotBroker.Settings;
using static AotBroker.Exchange.CredentialEndpoint;

namespace AotBroker.Exchange;

/// <summary>A further role that the first one's keys assume (AWS STS, <c>AssumeRole</c>): a signed request, which spends nothing.</summary>
/// <param name="role">The role.</param>
/// <param name="session">The session's name, as that of the first role.</param>
/// <param name="region">Whose STS is asked; null for the global one.</param>
/// <param name="allowedAccounts">The accounts that the keys may be of; null for any.</param>
internal sealed class AwsChainedRole(ChainedRole role, string session, string? region, IReadOnlyList<string>? allowedAccounts)
{
    private const string Action = "AssumeRole";

    /// <summary>What the global endpoint is signed for.</summary>
    private const string GlobalRegion = "us-east-1";

    private readonly AwsSessionPolicies _policies = new(role.Policy, role.PolicyArns);
    private readonly AwsKeysAnswer _answer = new(Action, allowedAccounts);

    public void AddToKey(KeyText key)
    {
        key.Add("assume_role", role.RoleArn);
        key.Add("external_id", role.ExternalId);
        key.Add("assume_duration_seconds", Duration);
        _policies.AddToKey(key);
    }

    public void RequireValid(string file)
    {
        _policies.RequireValid(file);
        _answer.RequireAllowed(role.RoleArn);
    }

    /// <param name="first">The first role's keys.</param>
    /// <param name="endpoint">The way to it.</param>
    /// <param name="clock">For the signature.</param>
    /// <param name="deadline">For all attempts.</param>
    public ExchangeResult Assume(AwsKeys first, CredentialEndpoint endpoint, TimeProvider clock, Deadline deadline)
    {
        HttpRequestPlan plan = endpoint.Request(HttpMethod.Post) with
        {
            Headers = [new("Accept", "text/xml")],
            ContentType = FormBody.ContentType,
            Body = FormBody.Of(
            [
                ("Action", Action),
                ("Version", "2011-06-15"),
                ("RoleArn", role.RoleArn),
                ("RoleSessionName", session),
                ("ExternalId", role.ExternalId),
                ("DurationSeconds", Duration),
                .. _policies.ToSend(),
            ]),
        };
        AwsSignature signature = new(new AwsSigningKeys(first.AccessKeyId, first.SecretAccessKey, first.SessionToken), region ?? GlobalRegion, "sts");
        DateTimeOffset now = clock.GetUtcNow();
        return endpoint.Continue(plan with { Headers = signature.Headers(plan, now) }, deadline, answer => _answer.Read(answer, endpoint, now.ToUnixTimeSeconds()), Refusal);
    }

    private string? Duration => role.DurationSeconds?.ToString(CultureInfo.InvariantCulture);

    private ExchangeResult? Refusal(HttpAnswer answer)
    {
        if (answer.Status is not (400 or 403) || XmlTexts.Read(answer.Body, "ErrorResponse/Error/Code", "ErrorResponse/Error/Message") is not [{ } code, var message])
        {
            return null;
        }
        code = Redaction.Shorten(Redaction.WithoutSecrets(code), 64);
        // Where the signature is wrong, the message repeats what was signed, and the session's token with it.
        string told = Told(answer, message is null || code == "SignatureDoesNotMatch" ? code : code + ": " + Redaction.WithoutSecrets(message));
        return code is "Throttling" or "ThrottlingException" or "RequestLimitExceeded"
            ? Unjudged(ErrorCode.ExchangeRateLimited, $"AWS STS received too many requests{told}", "try again in a minute; use a regional STS endpoint")
            : Refused(ErrorCode.ExchangeForbidden, $"AWS STS does not let the first role assume the role {role.RoleArn}{told}",
                "the first role needs sts:AssumeRole on it, and its trust policy must name the first role, and the external id if it asks for one; a chained session lasts an hour at most");
    }
}
