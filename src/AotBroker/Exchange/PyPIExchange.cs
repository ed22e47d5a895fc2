using AotBroker.Errors;
using AotBroker.Http;
using AotBroker.Identity;
using AotBroker.Runtime;
using AotBroker.Schemas;
using AotBroker.Settings;

namespace AotBroker.Exchange;

/// <summary>
/// PyPI's trusted publishing, and that of others who offer the same. The token is good for a quarter of an hour. Source:
/// pypi/warehouse, oidc/views.py.
/// </summary>
internal sealed class PyPIExchange(PypiPublishing settings, string file, ProcessEnvironment environment) : IExchange
{
    private const string DefaultUrl = "https://pypi.org";
    private const string TestUrl = "https://test.pypi.org";
    private const string AudiencePath = "/_/oidc/audience";
    private const long Lifetime = 15 * 60;

    private static readonly TimeSpan LongestRequest = TimeSpan.FromSeconds(10);

    private readonly string _url = (settings.Url ?? DefaultUrl).TrimEnd('/');

    public ExchangeSettings Settings => settings;

    public bool IsSingleUse => settings.SingleUse ?? true;

    public Setting Address => new(_url, settings.Url is null ? "the default" : file);

    public string Endpoint => _url + "/_/oidc/mint-token";

    /// <summary>Known for the two public indexes; any other is asked.</summary>
    public string? Audience => _url switch
    {
        DefaultUrl => "pypi",
        TestUrl => "testpypi",
        _ => null,
    };

    public IReadOnlyList<string> Hosts => _url switch
    {
        DefaultUrl => ["upload.pypi.org"],
        TestUrl => ["test.pypi.org"],
        _ => RequestedUrl.TryParse(_url) is { Scheme: not null } url ? [url.Authority] : [],
    };

    public string UserName => "__token__";

    public void AddToKey(KeyText key)
    {
        key.Add("exchange", "pypi");
        key.Add("endpoint", _url);
    }

    public ICheckedExchange Check() => new Presenter(Address, CheckedUrl.Of(Endpoint, Address.Origin), environment);

    public string? AudienceFrom(PinnedHttp http, Deadline deadline)
    {
        if (Audience is { } known)
        {
            return known;
        }
        HttpRequestPlan plan = new(HttpMethod.Get, CheckedUrl.Of(_url + AudiencePath, Address.Origin)) { Headers = [new("Accept", "application/json")] };
        HttpOutcome outcome = http.Send(plan, deadline.AtMost(LongestRequest));
        if (outcome.Lacking is { } lacking)
        {
            throw lacking;
        }
        if (outcome.Answer is { Status: 200 } answer && MessageReader.Read(answer, MessagesJsonContext.Default.PyPIAudienceAnswer)?.Audience is { Length: > 0 } audience)
        {
            return audience;
        }
        string reason = outcome.Answer is { } other ? $"it answered{ServiceError.Told(other)}" : outcome.Failure;
        throw new BrokerException(
            ErrorCode.AudienceMissing,
            $"{_url}{AudiencePath} did not say which audience it expects in the identity token: {reason}",
            $"check the address: it comes from {Address.Origin}; to skip this request, set identity.audience in the profile");
    }

    private sealed class Presenter(Setting address, CheckedUrl url, ProcessEnvironment environment) : ICheckedExchange
    {
        public ExchangeResult Present(IdentityToken identity, PinnedHttp http, Deadline deadline)
        {
            CredentialEndpoint endpoint = new(address, url, http);
            HttpRequestPlan plan = endpoint.Request(HttpMethod.Post) with
            {
                Headers = [new("Accept", "application/json")],
                Body = JsonBody.Of(("token", identity.Reveal())),
            };
            long now = environment.Now;
            return endpoint.Ask(
                plan,
                deadline,
                answer => RegistryToken.Read(answer, endpoint, now, Lifetime),
                answer => RegistryToken.Refusal(answer, "PyPI", identity, "compare with the project's trusted publishers, under Publishing in its settings: owner, repository, workflow and environment must all match"));
        }
    }
}
