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
/// HashiCorp Vault and OpenBao: a login with a JWT, and then, where the profile names one, the reading of a secret. A secret with
/// a lease dies with the token that made it, so that token is kept, and the credential lives no longer than either. For a
/// secret without a lease the token has served, and is taken back at once.
/// </summary>
internal sealed class VaultLoginExchange : IExchange
{
    private readonly VaultExchange _settings;
    private readonly ProcessEnvironment _environment;
    private readonly Setting _namespace;

    /// <summary>From a profile's settings, their gaps filled from the environment.</summary>
    public VaultLoginExchange(VaultExchange settings, string file, ProcessEnvironment environment)
    {
        _settings = settings;
        _environment = environment;
        Setting address = Setting.Fill(settings.Address, file, Variables.VaultAddress, environment);
        address = address.IsSet ? address : Setting.Fill(null, file, Variables.BaoAddress, environment);
        Address = address.IsSet ? address with { Value = address.Value!.TrimEnd('/') } : address;
        _namespace = Setting.Fill(settings.Namespace, file, Variables.VaultNamespace, environment);
        _namespace = _namespace.IsSet ? _namespace : Setting.Fill(null, file, Variables.BaoNamespace, environment);
    }

    public ExchangeSettings Settings => _settings with { Address = Address.Value, Namespace = _namespace.Value };

    public bool IsSingleUse => _settings.SingleUse ?? false;

    public Setting Address { get; }

    public string Endpoint => Url($"auth/{_settings.Mount}/login");

    public CredentialKind Kind => _settings.Path is null || _settings.Field is not null ? CredentialKind.Token : CredentialKind.Fields;

    public void AddToKey(KeyText key)
    {
        key.Add("exchange", _settings.Type);
        key.Add("endpoint", Address.Value);
        key.Add("namespace", _namespace.Value);
        key.Add("mount", _settings.Mount);
        key.Add("role", _settings.Role);
        key.Add("path", _settings.Path);
        key.Add("field", _settings.Field);
        foreach (string field in _settings.Fields ?? [])
        {
            key.Add("fields", field);
        }
    }

    public void RequireComplete(string profile, string? file, SchemaProblems warnings)
    {
        Address.Require("address", Variables.VaultAddress, profile, file, warnings);
        if (_settings.Path is null && (_settings.Field is not null || _settings.Fields is not null))
        {
            throw new BrokerException(ErrorCode.ProfileIncomplete, $"profile \"{profile}\" names a field of a secret, but no secret", $"set path in {file}");
        }
        if (_settings.Field is not null && _settings.Fields is not null)
        {
            throw new BrokerException(ErrorCode.SettingInvalid, $"{file} has both \"field\" and \"fields\"", "leave one of them out");
        }
    }

    public ICheckedExchange Check()
    {
        _namespace.RequireForm("a namespace, such as teams/ci", new VaultExchange { Namespace = _namespace.Value }.Validate());
        return new Presenter(this, CheckedUrl.OfPath(Endpoint, Address.Origin), _settings.Path is { } path ? At(path) : null);
    }

    private CheckedUrl At(string path) => CheckedUrl.OfPath(Url(path), Address.Origin);

    private string Url(string path) => $"{Address.Value}/v1/{string.Join('/', Array.ConvertAll(path.Split('/'), Uri.EscapeDataString))}";

    private sealed class Presenter(VaultLoginExchange exchange, CheckedUrl url, CheckedUrl? secret) : ICheckedExchange
    {
        public ExchangeResult Present(IdentityToken identity, PinnedHttp http, Deadline deadline)
        {
            CredentialEndpoint endpoint = new(exchange.Address, url, http);
            HttpRequestPlan plan = Request(HttpMethod.Post, url, null) with
            {
                Body = JsonSerializer.SerializeToUtf8Bytes(new VaultLoginRequest(exchange._settings.Role, identity.Reveal()), MessagesJsonContext.Default.VaultLoginRequest),
            };
            VaultAuth? auth = null;
            ExchangeResult login = endpoint.Ask(plan, deadline, answer => ReadLogin(answer, endpoint, out auth), answer => LoginRefusal(answer, identity));
            if (login.Credential is not { } token || secret is null)
            {
                return login;
            }
            ExchangeResult read = new VaultSecret(exchange._settings, exchange._environment).Read(
                new CredentialEndpoint(exchange.Address, secret, http), Request(HttpMethod.Get, secret, token.AccessToken), token, deadline);
            if (read.Credential?.RevocationToken is null && auth!.TokenType != "batch")
            {
                // It goes by itself when its time is over; sooner is better, and no reason to fail.
                _ = http.Send(Request(HttpMethod.Post, exchange.At("auth/token/revoke-self"), token.AccessToken), deadline.AtMost(TimeSpan.FromSeconds(5)));
            }
            return read;
        }

        private ExchangeResult ReadLogin(HttpAnswer answer, CredentialEndpoint endpoint, out VaultAuth? auth)
        {
            auth = MessageReader.Read(answer, MessagesJsonContext.Default.VaultAnswer)?.Auth;
            if (!IsSendable(auth?.ClientToken, 16 * 1024))
            {
                return endpoint.Unusable("it has no auth.client_token", answer);
            }
            long now = exchange._environment.Now;
            bool expires = auth.LeaseDuration is > 0 and < CredentialFacts.LongestLifetime;
            return new ExchangeResult(Presentation.Granted)
            {
                // What may be used a number of times is nothing to share, and what never ends nothing to keep.
                IsCacheable = expires && auth.NumberOfUses == 0,
                Credential = new Credential
                {
                    AccessToken = new Secret(auth.ClientToken),
                    IssuedAt = now,
                    ExpiresAt = expires ? now + auth.LeaseDuration : CredentialFacts.Never,
                },
            };
        }

        private ExchangeResult? LoginRefusal(HttpAnswer answer, IdentityToken identity) => answer.Status switch
        {
            400 or 403 => Refused(
                answer.Status == 400 ? ErrorCode.ExchangeRefused : ErrorCode.ExchangeForbidden,
                $"Vault refused the login{Told(answer)}",
                [$"compare with the role {exchange._settings.Role ?? "(the mount's default role)"} at auth/{exchange._settings.Mount}: {Claims(identity)}",
                .. ComparedToken.OfJob(identity),
                $"the namespace counts too: it is {(exchange._namespace.Value is { } ns ? $"{ns}, from {exchange._namespace.Origin}" : "none")} now"]),
            404 => Refused(ErrorCode.ExchangeNotFound, $"there is no login at auth/{exchange._settings.Mount}{Told(answer)}",
                $"check mount and namespace in the profile, and the address: it is {exchange.Address.Value}, from {exchange.Address.Origin}"),
            412 or 472 or 473 => Unjudged(ErrorCode.ServerFailed, $"this node of Vault cannot answer now{Told(answer)}", "try again; point the address at the active node"),
            _ => null,
        };

        /// <summary>With the token, all leases that it made go. A batch token cannot be taken back; its lease can, where its policy says so.</summary>
        public BrokerException? Revoke(Credential credential, PinnedHttp http, Deadline deadline)
        {
            if ((exchange._settings.Path is null ? credential.AccessToken : credential.RevocationToken) is not { } token)
            {
                return new BrokerException(ErrorCode.NotRevoked, "a secret without a lease cannot be revoked; the token that read it was revoked right after", "change the secret in Vault");
            }
            ExchangeResult result = Ask("auth/token/revoke-self", null);
            if (result.Status == 400 && credential.LeaseId is { } lease)
            {
                result = Ask("sys/leases/revoke", JsonSerializer.SerializeToUtf8Bytes(new VaultLease(lease.Reveal()), MessagesJsonContext.Default.VaultLease));
            }
            return result.Error;

            ExchangeResult Ask(string path, byte[]? body)
            {
                CheckedUrl of = exchange.At(path);
                return new CredentialEndpoint(exchange.Address, of, http) { Grants = static status => status is 200 or 204 }.Continue(
                    Request(HttpMethod.Post, of, token) with { Body = body },
                    deadline,
                    static _ => new ExchangeResult(Presentation.Granted),
                    static answer => answer.Status switch
                    {
                        403 => new ExchangeResult(Presentation.Granted), // The token is not good any more.
                        400 => Refused(ErrorCode.NotRevoked, $"Vault does not revoke it{Told(answer)}", "a batch token expires by itself"),
                        _ => null,
                    });
            }
        }

        private HttpRequestPlan Request(HttpMethod method, CheckedUrl to, Secret? token)
        {
            List<KeyValuePair<string, string>> headers = [new("X-Vault-Request", "true"), new("Accept", "application/json")];
            if (exchange._namespace.Value is { } ns)
            {
                headers.Add(new("X-Vault-Namespace", ns));
            }
            if (token is not null)
            {
                headers.Add(new("X-Vault-Token", token.Reveal()));
            }
            return new HttpRequestPlan(method, to) { Headers = headers, BundleVariables = ["BAO_CACERT", "VAULT_CACERT", "BAO_CAPATH", "VAULT_CAPATH"] };
        }
    }
}
