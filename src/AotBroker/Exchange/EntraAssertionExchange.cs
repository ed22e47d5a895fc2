using AotBroker.Errors;
using AotBroker.Http;
using AotBroker.Identity;
using AotBroker.Runtime;
using AotBroker.Schemas;
using AotBroker.Settings;
using static AotBroker.Exchange.CredentialEndpoint;

namespace AotBroker.Exchange;

/// <summary>
/// Microsoft Entra: the client credentials grant with the identity token as the client's assertion (RFC 7521, section 4.2). What
/// an error means is read from <c>error</c>: Microsoft asks that no program depend on its AADSTS numbers. Whether another try
/// makes sense is read from them all the same, because nothing else tells it; a wrong guess costs a second.
/// </summary>
internal sealed class EntraAssertionExchange : IExchange
{
    private readonly EntraExchange _settings;
    private readonly ProcessEnvironment _environment;
    private readonly Setting _tenant;
    private readonly Setting _client;

    /// <summary>From a profile's settings, their gaps filled from the environment.</summary>
    public EntraAssertionExchange(EntraExchange settings, string file, ProcessEnvironment environment)
    {
        _settings = settings;
        _environment = environment;
        _tenant = Setting.Fill(settings.TenantId, file, Variables.AzureTenantId, environment);
        _client = Setting.Fill(settings.ClientId, file, Variables.AzureClientId, environment);
        Setting host = Setting.Fill(settings.AuthorityHost, file, Variables.AzureAuthorityHost, environment);
        Address = host.IsSet ? host with { Value = host.Value!.TrimEnd('/') } : new Setting("https://login.microsoftonline.com", "the default");
    }

    public ExchangeSettings Settings => _settings with { TenantId = _tenant.Value, ClientId = _client.Value, AuthorityHost = Address.Value };

    public bool IsSingleUse => _settings.SingleUse ?? false;

    public Setting Address { get; }

    public string Endpoint => $"{Address.Value}/{_tenant.Value}/oauth2/v2.0/token";

    /// <summary>What a federated credential expects unless it was set to another audience; each cloud has its own.</summary>
    public string Audience => "api://AzureADTokenExchange" + Address.Value switch
    {
        "https://login.microsoftonline.us" => "USGov",
        "https://login.partner.microsoftonline.cn" or "https://login.chinacloudapi.cn" => "China",
        _ => "",
    };

    public void AddToKey(KeyText key)
    {
        key.Add("exchange", _settings.Type);
        key.Add("endpoint", Address.Value);
        key.Add("tenant_id", _tenant.Value);
        key.Add("client_id", _client.Value);
        key.Add("scope", _settings.Scope);
    }

    public void RequireComplete(string profile, string? file, SchemaProblems warnings)
    {
        _tenant.Require("tenant_id", Variables.AzureTenantId, profile, file, warnings);
        _client.Require("client_id", Variables.AzureClientId, profile, file, warnings);
    }

    public ICheckedExchange Check()
    {
        _tenant.RequireForm("a tenant's id or domain", new EntraExchange { Scope = "x", TenantId = _tenant.Value }.Validate());
        _client.RequireForm("a client's id, which is a UUID", new EntraExchange { Scope = "x", ClientId = _client.Value }.Validate());
        return new Presenter((EntraExchange)Settings, Address, CheckedUrl.OfPath(Endpoint, Address.Origin), _environment);
    }

    private sealed class Presenter(EntraExchange settings, Setting address, CheckedUrl url, ProcessEnvironment environment) : ICheckedExchange
    {
        public ExchangeResult Present(IdentityToken identity, PinnedHttp http, Deadline deadline)
        {
            CredentialEndpoint endpoint = new(address, url, http);
            HttpRequestPlan plan = endpoint.Request(HttpMethod.Post) with
            {
                Headers = [new("Accept", "application/json")],
                ContentType = FormBody.ContentType,
                Body = FormBody.Of(
                    ("client_id", settings.ClientId),
                    ("scope", settings.Scope),
                    ("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"),
                    ("client_assertion", identity.Reveal()),
                    ("grant_type", "client_credentials")),
            };
            return endpoint.Ask(plan, deadline, answer => OAuthAnswer.Read(answer, endpoint, environment.Now), answer => Refusal(answer, identity));
        }

        /// <summary>
        /// Whether this replica found no federated credential for the token (AADSTS70021, 700211, 700212, 700213): it may not have it
        /// yet, long after others have.
        /// </summary>
        private static bool IsNotYetKnown(HttpAnswer answer) =>
            Array.Exists(MessageReader.Read(answer, MessagesJsonContext.Default.EntraError)?.ErrorCodes ?? [], static code => code is 70021 or (>= 700211 and <= 700213));

        private ExchangeResult? Refusal(HttpAnswer answer, IdentityToken identity) => answer.Status is not (400 or 401 or 403) ? null : ErrorBody.Code(answer.Body) switch
        {
            "temporarily_unavailable" => Unjudged(ErrorCode.ServerFailed, $"Entra is busy{Told(answer)}", "try again; if it happens again, look at the service's status page"),
            "invalid_client" => Refused(ErrorCode.ExchangeRefused, $"Entra refused the identity token{Told(answer)}",
                [$"compare with the federated credential of {settings.ClientId} in the tenant {settings.TenantId}, letter for letter: {Claims(identity)}",
                .. ComparedToken.OfJob(identity),
                "a new federated credential is known everywhere after some minutes"]) with
            { MayPass = IsNotYetKnown(answer) },
            "unauthorized_client" => Refused(ErrorCode.ExchangeForbidden, $"Entra does not give this application a token{Told(answer)}",
                $"check that client_id ({settings.ClientId}) is in the tenant {settings.TenantId}"),
            _ when answer.Status == 403 => Refused(ErrorCode.ExchangeForbidden, $"Entra forbids the exchange{Told(answer)}", "look at the sign-in logs of the tenant, under service principals"),
            _ => Refused(ErrorCode.ExchangeMalformedRequest, $"Entra rejected the request as malformed{Told(answer)}", "check tenant_id, client_id and scope: a resource of the tenant, and /.default"),
        };
    }
}
