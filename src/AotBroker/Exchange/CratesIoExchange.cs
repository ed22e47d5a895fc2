using AotBroker.Errors;
using AotBroker.Http;
using AotBroker.Identity;
using AotBroker.Runtime;
using AotBroker.Schemas;
using AotBroker.Settings;

namespace AotBroker.Exchange;

/// <summary>crates.io's trusted publishing. The token is good for half an hour. Source: rust-lang/crates.io, controllers/trustpub.</summary>
internal sealed class CratesIoExchange(CratesIoPublishing settings, string file, ProcessEnvironment environment) : IExchange
{
    private const string DefaultUrl = "https://crates.io";
    private const long Lifetime = 30 * 60;

    private readonly string _url = (settings.Url ?? DefaultUrl).TrimEnd('/');

    public ExchangeSettings Settings => settings;

    public bool IsSingleUse => settings.SingleUse ?? true;

    public Setting Address => new(_url, settings.Url is null ? "the default" : file);

    public string Endpoint => _url + "/api/v1/trusted_publishing/tokens";

    public string Audience => Uri.TryCreate(_url, UriKind.Absolute, out Uri? url) ? url.Host : _url;

    /// <summary>With the names of the index, which cargo knows a registry by.</summary>
    public IReadOnlyList<string> Hosts => _url == DefaultUrl ? ["crates.io", "index.crates.io", "https://github.com/rust-lang/crates.io-index"] : [Audience];

    public void AddToKey(KeyText key)
    {
        key.Add("exchange", "crates-io");
        key.Add("endpoint", _url);
    }

    public ICheckedExchange Check() => new Presenter(Address, CheckedUrl.Of(Endpoint, Address.Origin), environment);

    private sealed class Presenter(Setting address, CheckedUrl url, ProcessEnvironment environment) : ICheckedExchange
    {
        public BrokerException? Revoke(Credential credential, PinnedHttp http, Deadline deadline) => RegistryToken.Revoke(address, url, credential, http, deadline);

        public ExchangeResult Present(IdentityToken identity, PinnedHttp http, Deadline deadline)
        {
            CredentialEndpoint endpoint = new(address, url, http);
            HttpRequestPlan plan = endpoint.Request(HttpMethod.Post) with
            {
                Headers = [new("Accept", "application/json")],
                Body = JsonBody.Of(("jwt", identity.Reveal())),
            };
            long now = environment.Now;
            return endpoint.Ask(
                plan,
                deadline,
                answer => RegistryToken.Read(answer, endpoint, now, Lifetime),
                answer => RegistryToken.Refusal(answer, "crates.io", identity, "compare with the crate's settings, under Trusted Publishing: owner, repository, workflow and environment must all match; a crate's first version is published with a person's token"));
        }
    }
}
