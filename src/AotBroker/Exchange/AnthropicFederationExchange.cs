using System.Text.Json;
using AotBroker.Errors;
using AotBroker.Http;
using AotBroker.Identity;
using AotBroker.Runtime;
using AotBroker.Schemas;
using AotBroker.Settings;
using static AotBroker.Exchange.CredentialEndpoint;

namespace AotBroker.Exchange;

/// <summary>
/// Anthropic's Workload Identity Federation: RFC 7523's JWT bearer grant as a JSON request to <c>/v1/oauth/token</c>.
/// Source: the Go SDK 1.60.0 and the TypeScript SDK 1.11.0, which send the same.
/// </summary>
internal sealed class AnthropicFederationExchange(AnthropicFederation federation, ProcessEnvironment environment) : IExchange
{
    private const string GrantType = "urn:ietf:params:oauth:grant-type:jwt-bearer";
    private const string Betas = "oauth-2025-04-20,oidc-federation-2026-04-01";

    /// <summary>The settings, each with its origin.</summary>
    public AnthropicFederation Federation => federation;

    public ExchangeSettings Settings => federation.ToSettings();

    /// <summary>Replays of a <c>jti</c> are refused unless the issuer's <c>check_jti</c> is off.</summary>
    public bool IsSingleUse => federation.SingleUse ?? true;

    public Setting Address => federation.BaseUrl;

    public string Endpoint => AnthropicTokenEndpoint.AddressAt(federation.BaseUrl);

    public string Audience => AnthropicFederation.DefaultAudience;

    public void AddToKey(KeyText key)
    {
        key.Add("exchange", "anthropic");
        key.Add("endpoint", federation.BaseUrl.Value);
        key.Add("federation_rule_id", federation.FederationRuleId.Value);
        key.Add("organization_id", federation.OrganizationId.Value);
        key.Add("service_account_id", federation.ServiceAccountId.Value);
        key.Add("workspace_id", federation.WorkspaceId.Value);
    }

    public void RequireComplete(string profile, string? file, SchemaProblems warnings) => federation.RequireComplete(profile, file, warnings);

    public ICheckedExchange Check()
    {
        federation.RequireValid();
        return new Presenter(federation, AnthropicTokenEndpoint.Check(federation.BaseUrl), environment);
    }

    private sealed class Presenter(AnthropicFederation federation, CheckedUrl url, ProcessEnvironment environment) : ICheckedExchange
    {
        public ExchangeResult Present(IdentityToken identity, PinnedHttp http, Deadline deadline)
        {
            if (LongestAssertion.OfAnthropic.Refusal(identity) is { } tooLong)
            {
                return tooLong;
            }
            TokenRequest request = new(
                GrantType,
                identity.Reveal(),
                federation.FederationRuleId.Value!,
                federation.OrganizationId.Value!,
                federation.ServiceAccountId.Value,
                federation.WorkspaceId.Value);
            return new AnthropicTokenEndpoint(federation.BaseUrl, url, http, environment).Ask(
                JsonSerializer.SerializeToUtf8Bytes(request, MessagesJsonContext.Default.TokenRequest),
                Betas,
                deadline,
                answer => Refusal(answer, identity));
        }

        private ExchangeResult? Refusal(HttpAnswer answer, IdentityToken identity) => answer.Status switch
        {
            400 when ErrorBody.IsInvalidGrant(answer.Body) => Refused(ErrorCode.ExchangeRefused, $"the token endpoint refused the identity token{Told(answer)}", UnauthorizedHints(identity)),
            400 => Refused(ErrorCode.ExchangeMalformedRequest, $"the token endpoint rejected the request as malformed{Told(answer)}",
                ["check the ids in the profile: federation_rule_id, organization_id, service_account_id, workspace_id", .. Sent]),
            401 => Refused(ErrorCode.ExchangeRefused, $"the token endpoint refused the identity token{Told(answer)}", UnauthorizedHints(identity)),
            403 => Refused(ErrorCode.ExchangeForbidden, $"the token endpoint forbids the exchange{Told(answer)}",
                ["the rule, the service account or the workspace may be archived; look at Workload identity in the Console", .. Sent]),
            _ => null,
        };

        /// <summary>Every rejection of an assertion is the same 401; what a person can compare is all that helps.</summary>
        private List<string> UnauthorizedHints(IdentityToken identity)
        {
            List<string> hints =
            [
                $"compare with the rule {federation.FederationRuleId.Value}: {Claims(identity)}",
                .. ComparedToken.OfJob(identity),
                .. Sent,
            ];
            if (!federation.WorkspaceId.IsSet)
            {
                hints.Add($"no workspace is named: if the rule spans several, set workspace_id in the profile or {Variables.WorkspaceId}");
            }
            hints.Add("the reason is in the Console, under Workload identity, in the authentication events; `jti_reused` there means that this token had been presented before");
            return hints;
        }

        private List<string> Sent => SentFields.Hint(
            null,
            ("federation_rule_id", federation.FederationRuleId.Value),
            ("organization_id", federation.OrganizationId.Value),
            ("service_account_id", federation.ServiceAccountId.Value),
            ("workspace_id", federation.WorkspaceId.Value));
    }
}
