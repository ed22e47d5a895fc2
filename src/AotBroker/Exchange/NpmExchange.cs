using AotBroker.Http;
using AotBroker.Identity;
using AotBroker.Runtime;
using AotBroker.Schemas;
using AotBroker.Settings;

namespace AotBroker.Exchange;

/// <summary>npm's trusted publishing: a token for one package. Source: npm/cli, lib/utils/oidc.js; the registry's API reference.</summary>
internal sealed class NpmExchange(NpmPublishing settings, string file, ProcessEnvironment environment) : IExchange
{
    private const string DefaultUrl = "https://registry.npmjs.org";
    private const string Path = "/-/npm/v1/oidc/token/exchange/package/";

    private readonly string _url = (settings.Registry ?? DefaultUrl).TrimEnd('/');

    public ExchangeSettings Settings => settings;

    public bool IsSingleUse => settings.SingleUse ?? true;

    public Setting Address => new(_url, settings.Registry is null ? "the default" : file);

    /// <summary>The slash of a scope is escaped, as npm does it.</summary>
    public string Endpoint => _url + Path + settings.Package.Replace("/", "%2f", StringComparison.Ordinal);

    public string Audience => "npm:" + (Url?.Host ?? _url);

    public IReadOnlyList<string> Hosts => [Url?.Authority ?? _url];

    private Uri? Url => Uri.TryCreate(_url, UriKind.Absolute, out Uri? url) ? url : null;

    public void AddToKey(KeyText key)
    {
        key.Add("exchange", "npm");
        key.Add("endpoint", _url);
        key.Add("package", settings.Package);
    }

    public ICheckedExchange Check() => new Presenter(settings, Address, CheckedUrl.Of(Endpoint, Address.Origin), environment);

    private sealed class Presenter(NpmPublishing settings, Setting address, CheckedUrl url, ProcessEnvironment environment) : ICheckedExchange
    {
        public ExchangeResult Present(IdentityToken identity, PinnedHttp http, Deadline deadline)
        {
            CredentialEndpoint endpoint = new(address, url, http);
            HttpRequestPlan plan = endpoint.Request(HttpMethod.Post) with
            {
                Headers = [new("Authorization", "Bearer " + identity.Reveal()), new("Accept", "application/json")],
                Body = [],
                ContentType = null,
            };
            long now = environment.Now;
            return endpoint.Ask(
                plan,
                deadline,
                answer => RegistryToken.Read(answer, endpoint, now, AnswerLifetime.Default),
                answer => RegistryToken.Refusal(answer, "npm", identity,
                    $"compare with the trusted publisher in the settings of {settings.Package}: repository, workflow and environment must all match; a package must exist before it can trust a publisher"));
        }
    }
}
