using System.Globalization;
using System.Text.Json;
using AotBroker.Errors;
using AotBroker.Identity;
using AotBroker.Profiles;
using static AotBroker.Exchange.AnthropicTokenEndpoint;

namespace AotBroker.Exchange;

/// <summary>
/// Anthropic's Workload Identity Federation: RFC 7523's JWT bearer grant as a JSON request to <c>/v1/oauth/token</c>.
/// Source: the Go SDK 1.60.0 and the TypeScript SDK 1.11.0, which send the same.
/// </summary>
internal sealed class AnthropicFederationExchange(AnthropicFederation federation, PinnedHttp http, ProcessEnvironment environment)
{
    private const string GrantType = "urn:ietf:params:oauth:grant-type:jwt-bearer";
    private const string Betas = "oauth-2025-04-20,oidc-federation-2026-04-01";

    private readonly AnthropicTokenEndpoint _endpoint = new(federation.BaseUrl, http, environment);

    /// <summary>The token endpoint's address.</summary>
    public string Endpoint => _endpoint.Address;

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
    public void RequireValidAddress() => _endpoint.RequireValidAddress();

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
        return _endpoint.Ask(
            JsonSerializer.SerializeToUtf8Bytes(request, MessagesJsonContext.Default.TokenRequest),
            Betas,
            deadline,
            answer => Refusal(answer, identity));
    }

    private ExchangeResult? Refusal(HttpAnswer answer, IdentityToken identity) => answer.Status switch
    {
        400 => Refused(ErrorCode.ExchangeMalformedRequest, $"the token endpoint found the request malformed{Told(answer)}",
            "check the ids in the profile: federation_rule_id, organization_id, service_account_id, workspace_id"),
        401 => Refused(ErrorCode.ExchangeRefused, $"the token endpoint refused the identity token{Told(answer)}", UnauthorizedHints(identity)),
        403 => Refused(ErrorCode.ExchangeForbidden, $"the token endpoint forbids the exchange{Told(answer)}",
            "the rule, the service account or the workspace may be archived; look at Workload identity in the Console"),
        _ => null,
    };

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
}
