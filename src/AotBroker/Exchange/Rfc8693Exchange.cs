using System.Globalization;
using AotBroker.Http;
using AotBroker.Identity;
using AotBroker.Runtime;
using AotBroker.Schemas;
using AotBroker.Settings;

namespace AotBroker.Exchange;

/// <summary>
/// OAuth's token exchange (RFC 8693), whichever service speaks it; <see cref="TokenExchangeService"/> knows what some of
/// them want in addition.
/// </summary>
internal sealed class Rfc8693Exchange : IExchange
{
    private const string GrantType = "urn:ietf:params:oauth:grant-type:token-exchange";

    private readonly TokenExchange _settings;
    private readonly TokenExchangeService _service;
    private readonly string _file;
    private readonly ProcessEnvironment _environment;

    public Rfc8693Exchange(TokenExchange settings, string file, ProcessEnvironment environment)
    {
        _service = TokenExchangeService.Of(settings.Preset);
        _file = file;
        _environment = environment;
        Address = _service.AddressOf(settings.Url, file, environment);
        _settings = settings with
        {
            Url = Address.Value,
            Scope = settings.Scope ?? _service.Scope,
            SubjectTokenType = settings.SubjectTokenType ?? _service.SubjectTokenType,
            ClientId = settings.ClientId ?? (_service.ClientIdVariable is { } variable ? environment.Get(variable) : null),
            Encoding = settings.Encoding ?? _service.Encoding,
            Fields = _service.Fill(settings.Fields, environment),
        };
    }

    public ExchangeSettings Settings => _settings;

    public bool IsSingleUse => _settings.SingleUse ?? false;

    public Setting Address { get; }

    public string Endpoint => Address.Value!;

    public string? Audience => _service.IdentityAudience;

    public IReadOnlyList<string> Hosts => _service.Hosts ?? (_service.IsHostOfAddress && RequestedUrl.TryParse(Endpoint) is { } url ? [url.Authority] : []);

    public void AddToKey(KeyText key)
    {
        key.Add("exchange", "token-exchange");
        key.Add("endpoint", Endpoint);
        key.Add("subject_token_type", _settings.SubjectTokenType);
        key.Add("requested_token_type", _settings.RequestedTokenType);
        key.Add("audience", _settings.Audience);
        key.Add("resource", _settings.Resource);
        key.Add("scope", _settings.Scope);
        key.Add("client_id", _settings.ClientId);
        ExtraFields.AddToKey(key, _settings.Fields);
        key.Add("lifetime", _settings.LifetimeSeconds?.ToString(CultureInfo.InvariantCulture));
    }

    public void RequireComplete(string profile, string? file, SchemaProblems warnings) => _service.RequireComplete(_settings, profile, file, warnings);

    public ICheckedExchange Check()
    {
        CheckedUrl url = CheckedUrl.Of(Endpoint, Address.Origin);
        ExtraFields.RequireValid(
            _settings.Fields, _file, "grant_type", "subject_token", "subject_token_type", "requested_token_type", "audience", "resource", "scope", "client_id");
        return new Presenter(_settings, _service, Address, url, _environment);
    }

    private sealed class Presenter(TokenExchange settings, TokenExchangeService service, Setting address, CheckedUrl url, ProcessEnvironment environment) : ICheckedExchange
    {
        public ExchangeResult Present(IdentityToken identity, PinnedHttp http, Deadline deadline)
        {
            (string, string?)[] fields =
            [
                ("grant_type", GrantType),
                ("subject_token", identity.Reveal()),
                ("subject_token_type", settings.SubjectTokenType),
                ("requested_token_type", settings.RequestedTokenType),
                ("audience", settings.Audience),
                ("resource", settings.Resource),
                ("scope", settings.Scope),
                ("client_id", settings.ClientId),
                .. ExtraFields.ToSend(settings.Fields),
            ];
            OAuthTokenEndpoint endpoint = new(address, url, http, environment)
            {
                IsJson = settings.Encoding == TokenExchangeEncoding.Json,
                RuleHint = service.RuleHint,
                Sent = SentFields.Hint(settings.Fields, ("client_id", settings.ClientId), ("audience", settings.Audience), ("resource", settings.Resource), ("scope", settings.Scope), ("subject_token_type", settings.SubjectTokenType)),
                Lifetime = settings.LifetimeSeconds,
            };
            return endpoint.Ask(fields, identity, deadline);
        }
    }
}
