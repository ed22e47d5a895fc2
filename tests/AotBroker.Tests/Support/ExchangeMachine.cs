using AotBroker.Brokering;
using AotBroker.Errors;
using AotBroker.Exchange;
using AotBroker.Flights;
using AotBroker.Http;
using AotBroker.Identity;
using AotBroker.Profiles;
using AotBroker.Reporting;
using AotBroker.Runtime;
using AotBroker.Schemas;
using AotBroker.Settings;
using Microsoft.Extensions.Logging.Abstractions;

namespace AotBroker.Tests;

/// <summary>
/// A job that mints identity tokens as GitHub's do, a profile with some exchange, and the exchange's service: it gives its
/// answers one after the other, the last one for ever.
/// </summary>
internal sealed class ExchangeMachine : IDisposable
{
    private const string MintPath = "/mint?v=1";

    private readonly byte[][] _answers;
    private readonly PinnedHttp _http = new();
    private int _given;

    public ExchangeMachine(params byte[][] answers)
    {
        _answers = answers;
        Server = new RawServer(request => request.StartsWith("GET " + MintPath, StringComparison.Ordinal) ? Mint() : _answers[Math.Min(_given++, _answers.Length - 1)]);
        Machine.Variables["ACTIONS_ID_TOKEN_REQUEST_URL"] = Server.Url + MintPath;
        Machine.Variables["ACTIONS_ID_TOKEN_REQUEST_TOKEN"] = Made.Name();
    }

    public Machine Machine { get; } = new();

    public RawServer Server { get; }

    /// <summary>What the service was sent.</summary>
    public IReadOnlyList<string> Requests => [.. Server.Requests.Where(static request => !IsMint(request))];

    /// <summary>The audience that the last identity token was asked for with.</summary>
    public string MintedFor => Uri.UnescapeDataString(Server.Requests.Last(IsMint).Split(' ')[1].Split("&audience=")[1]);

    /// <summary>An answer of 200 whose body holds a token; @TOKEN@ is the token.</summary>
    public static (string Token, byte[] Answer) Granting(string body, int status = 200)
    {
        string token = "tok_" + Made.Name(40);
        return (token, RawServer.Answer(status, body.Replace("@TOKEN@", token, StringComparison.Ordinal)));
    }

    /// <param name="settings">The profile's exchange as JSON; @URL@ is the service's address.</param>
    /// <param name="identity">The profile's identity.</param>
    public FederatedProfile Profile(string settings, string identity = """{"source":"github-actions"}""")
    {
        string exchange = settings.Replace("@URL@", Server.Url, StringComparison.Ordinal);
        Machine.WriteBrokerProfile("ci", $$"""{"identity":{{identity}},"exchange":{{exchange}}}""");
        return (FederatedProfile)ProfileResolver.Resolve("ci", Machine.Environment);
    }

    /// <summary>Presents a token at the service, once.</summary>
    public ExchangeResult Present(string settings, IdentityToken? identity = null)
    {
        IExchange exchange = Profile(settings).Exchange;
        ExchangeResult result = exchange.Check().Present(identity ?? Made.IdentityToken(), _http, Machine.Deadline());
        GaveToShare = result.IsCacheable;
        return result;
    }

    /// <summary>Whether the last answer's credential may be served to other processes.</summary>
    public bool GaveToShare { get; private set; }

    /// <summary>Asks for a credential of the profile to be taken back.</summary>
    public BrokerException? Revoke(string settings, Credential credential) => Profile(settings).Exchange.Check().Revoke(credential, _http, Machine.Deadline());

    /// <summary>What a process of its own would obtain.</summary>
    public Credential Obtain(string settings, string identity = """{"source":"github-actions"}""") =>
        new Broker(Machine.Environment, Machine.Reporter, NullLogger.Instance, static () => new PinnedHttp())
            .Obtain(Profile(settings, identity), new Freshness(), TimeSpan.FromSeconds(30));

    /// <summary>The whole key, as the cache compares it.</summary>
    public string KeyOf(string settings) => CacheKey.Of(Profile(settings)).Text;

    private static bool IsMint(string request) => request.StartsWith("GET " + MintPath, StringComparison.Ordinal);

    private byte[] Mint() => RawServer.Answer(200, $$"""{"value":"{{Made.IdentityToken(Machine.Environment.Now + 300).Reveal()}}"}""");

    public void Dispose()
    {
        Server.Dispose();
        _http.Dispose();
        Machine.Dispose();
    }
}
