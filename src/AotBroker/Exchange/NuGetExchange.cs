using AotBroker.Http;
using AotBroker.Identity;
using AotBroker.Runtime;
using AotBroker.Schemas;
using AotBroker.Settings;

namespace AotBroker.Exchange;

/// <summary>NuGet's trusted publishing: an API key of a user. Source: NuGet/login.</summary>
internal sealed class NuGetExchange(NugetPublishing settings, string file, ProcessEnvironment environment) : IExchange
{
    private const string DefaultUrl = "https://www.nuget.org";

    private readonly string _url = (settings.Url ?? DefaultUrl).TrimEnd('/');

    public ExchangeSettings Settings => settings;

    public bool IsSingleUse => settings.SingleUse ?? true;

    public Setting Address => new(_url, settings.Url is null ? "the default" : file);

    public string Endpoint => _url + "/api/v2/token";

    public string Audience => _url;

    public IReadOnlyList<string> Hosts => RequestedUrl.TryParse(_url) is { Scheme: not null } url ? [url.Authority] : [];

    public void AddToKey(KeyText key)
    {
        key.Add("exchange", "nuget");
        key.Add("endpoint", _url);
        key.Add("username", settings.Username);
    }

    public ICheckedExchange Check() => new Presenter(settings, Address, CheckedUrl.Of(Endpoint, Address.Origin), environment);

    private sealed class Presenter(NugetPublishing settings, Setting address, CheckedUrl url, ProcessEnvironment environment) : ICheckedExchange
    {
        public ExchangeResult Present(IdentityToken identity, PinnedHttp http, Deadline deadline)
        {
            CredentialEndpoint endpoint = new(address, url, http);
            HttpRequestPlan plan = endpoint.Request(HttpMethod.Post) with
            {
                Headers = [new("Authorization", "Bearer " + identity.Reveal()), new("Accept", "application/json")],
                Body = JsonBody.Of(("username", settings.Username), ("tokenType", "ApiKey")),
            };
            long now = environment.Now;
            return endpoint.Ask(
                plan,
                deadline,
                answer => RegistryToken.Read(answer, endpoint, now, AnswerLifetime.Default, "apiKey"),
                answer => RegistryToken.Refusal(answer, "NuGet", identity, $"compare with the trusted publishing policies of the user {settings.Username}, who must be the one who made the policy, not an organization that owns the packages"));
        }
    }
}
