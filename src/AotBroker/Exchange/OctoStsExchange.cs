using AotBroker.Errors;
using AotBroker.Http;
using AotBroker.Identity;
using AotBroker.Runtime;
using AotBroker.Schemas;
using AotBroker.Settings;

namespace AotBroker.Exchange;

/// <summary>
/// octo-sts: a GitHub App that gives an installation token to whom a trust policy in the repository names. Source:
/// octo-sts/app and octo-sts/action; GitHub's reference for how long an installation token lasts.
/// </summary>
internal sealed class OctoStsExchange(OctoSts settings, string file, ProcessEnvironment environment) : IExchange
{
    private const string DefaultUrl = "https://octo-sts.dev";
    private const long Lifetime = 3600;
    private const string ApiVariable = "GITHUB_API_URL"; // What GitHub's runners set, and an enterprise server's runners to another address.
    private const string Api = "https://api.github.com";

    private readonly string _url = (settings.Url ?? DefaultUrl).TrimEnd('/');

    public ExchangeSettings Settings => settings;

    public bool IsSingleUse => settings.SingleUse ?? false;

    public Setting Address => new(_url, settings.Url is null ? "the default" : file);

    /// <summary>With scope and identity: they decide what the token is for, but not where it is sent.</summary>
    public string Endpoint => $"{_url}/sts/exchange?scope={Uri.EscapeDataString(settings.Scope)}&identity={Uri.EscapeDataString(settings.Identity)}";

    /// <summary>A trust policy without an audience expects the service's host name.</summary>
    public string Audience => Uri.TryCreate(_url, UriKind.Absolute, out Uri? url) ? url.Host : _url;

    public IReadOnlyList<string> Hosts => ["github.com"];

    public string UserName => "x-access-token";

    public void AddToKey(KeyText key)
    {
        key.Add("exchange", "octo-sts");
        key.Add("endpoint", _url);
        key.Add("scope", settings.Scope);
        key.Add("policy", settings.Identity);
    }

    public ICheckedExchange Check() => new Presenter(settings, Address, CheckedUrl.Of(Endpoint, Address.Origin), environment);

    private sealed class Presenter(OctoSts settings, Setting address, CheckedUrl url, ProcessEnvironment environment) : ICheckedExchange
    {
        /// <summary>GitHub itself takes an installation token back.</summary>
        public BrokerException? Revoke(Credential credential, PinnedHttp http, Deadline deadline)
        {
            Setting api = environment.Get(ApiVariable) is { } set ? new Setting(set.TrimEnd('/'), ApiVariable) : new Setting(Api, "the default");
            return RegistryToken.Revoke(api, CheckedUrl.Of(api.Value + "/installation/token", api.Origin), credential, http, deadline);
        }

        public ExchangeResult Present(IdentityToken identity, PinnedHttp http, Deadline deadline)
        {
            CredentialEndpoint endpoint = new(address, url, http);
            HttpRequestPlan plan = endpoint.Request(HttpMethod.Get) with
            {
                Headers = [new("Authorization", "Bearer " + identity.Reveal()), new("Accept", "application/json")],
                Body = [],
                ContentType = null,
            };
            // The hour begins before the answer is there.
            long now = environment.Now;
            return endpoint.Ask(
                plan,
                deadline,
                answer => RegistryToken.Read(answer, endpoint, now, Lifetime),
                answer => RegistryToken.Refusal(answer, "octo-sts", identity,
                    $"compare with the trust policy, .github/chainguard/{settings.Identity}.sts.yaml of {settings.Scope} (of an organization: of its repository .github); the app must be installed there"));
        }
    }
}
