using System.Globalization;
using AotBroker.Http;
using AotBroker.Identity;
using AotBroker.Runtime;
using AotBroker.Schemas;
using AotBroker.Settings;

namespace AotBroker.Exchange;

/// <summary>
/// A JWT as an authorization grant (RFC 7523, section 2.1) at any OAuth token endpoint: as the workload identity extension
/// of MCP's authorization uses it, where <c>resource</c> names the MCP server (RFC 8707).
/// </summary>
internal sealed class Rfc7523Exchange(JwtBearer settings, string file, ProcessEnvironment environment) : IExchange
{
    private const string GrantType = "urn:ietf:params:oauth:grant-type:jwt-bearer";

    public ExchangeSettings Settings => settings;

    public bool IsSingleUse => settings.SingleUse ?? true;

    public Setting Address => new(settings.Url, file);

    public string Endpoint => settings.Url;

    /// <summary>RFC 7523, section 3, and the extension: the token is made for the token endpoint.</summary>
    public string Audience => settings.Url;

    public IReadOnlyList<string> Hosts => RequestedUrl.TryParse(settings.Resource ?? "") is { Scheme: not null } resource ? [resource.Authority] : [];

    public void AddToKey(KeyText key)
    {
        key.Add("exchange", "jwt-bearer");
        key.Add("endpoint", Endpoint);
        key.Add("resource", settings.Resource);
        key.Add("scope", settings.Scope);
        key.Add("client_id", settings.ClientId);
        ExtraFields.AddToKey(key, settings.Fields);
        key.Add("lifetime", settings.LifetimeSeconds?.ToString(CultureInfo.InvariantCulture));
    }

    public ICheckedExchange Check()
    {
        CheckedUrl url = CheckedUrl.Of(Endpoint, file);
        ExtraFields.RequireValid(settings.Fields, file, "grant_type", "assertion", "resource", "scope", "client_id");
        return new Presenter(settings, Address, url, environment);
    }

    private sealed class Presenter(JwtBearer settings, Setting address, CheckedUrl url, ProcessEnvironment environment) : ICheckedExchange
    {
        public ExchangeResult Present(IdentityToken identity, PinnedHttp http, Deadline deadline)
        {
            (string, string?)[] fields =
            [
                ("grant_type", GrantType),
                ("assertion", identity.Reveal()),
                ("resource", settings.Resource),
                ("scope", settings.Scope),
                ("client_id", settings.ClientId),
                .. ExtraFields.ToSend(settings.Fields),
            ];
            return new OAuthTokenEndpoint(address, url, http, environment)
            {
                RuleHint = "compare with what the authorization server trusts",
                Sent = SentFields.Hint(settings.Fields, ("client_id", settings.ClientId), ("resource", settings.Resource), ("scope", settings.Scope)),
                Lifetime = settings.LifetimeSeconds,
            }.Ask(fields, identity, deadline);
        }
    }
}
