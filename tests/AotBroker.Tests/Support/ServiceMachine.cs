using AotBroker.Errors;
using AotBroker.Exchange;
using AotBroker.Http;
using AotBroker.Identity;
using AotBroker.Runtime;
using AotBroker.Schemas;
using AotBroker.Settings;

namespace AotBroker.Tests;

/// <summary>A machine with one exchange and a local imitation of its service.</summary>
internal sealed class ServiceMachine : IDisposable
{
    private readonly PinnedHttp _http = new();

    /// <param name="answer">From the request to the service's answer.</param>
    public ServiceMachine(Func<string, byte[]?> answer) => Service = new RawServer(answer);

    public ServiceMachine(byte[] answer)
        : this(_ => answer)
    {
    }

    public Machine Machine { get; } = new();

    public RawServer Service { get; }

    public IdentityToken Identity { get; } = Made.IdentityToken();

    /// <summary>The exchange that a profile's settings stand for.</summary>
    public IExchange Of(ExchangeSettings settings) => Exchanges.Of(settings, "/etc/aotbroker/profiles/ci.json", Machine.Environment);

    /// <summary>Whether the last answer's credential may be served to other processes.</summary>
    public bool GaveToShare { get; private set; }

    /// <summary>Presents an identity token as the broker does, once its settings are found right.</summary>
    public ExchangeResult Present(ExchangeSettings settings, IdentityToken? identity = null)
    {
        IExchange exchange = Of(settings);
        exchange.RequireComplete("ci", "/etc/aotbroker/profiles/ci.json", default);
        ExchangeResult result = exchange.Check().Present(identity ?? Identity, _http, Machine.Deadline());
        GaveToShare = result.IsCacheable;
        return result;
    }

    public BrokerException? Revoke(ExchangeSettings settings, Credential credential) => Of(settings).Check().Revoke(credential, _http, Machine.Deadline());

    /// <summary>Everything that decides what is minted, as text.</summary>
    public string Key(ExchangeSettings settings)
    {
        KeyText text = new();
        Of(settings).AddToKey(text);
        return text.ToString();
    }

    /// <summary>The exchange failed so, and of the service's answer no secret is told.</summary>
    public static BrokerException Failed(ExchangeResult result, string code, Presentation presentation, bool mayPass = false)
    {
        Assert.Null(result.Credential);
        BrokerException error = Expect.Error(code, result.Error);
        Assert.Equal((presentation, mayPass), (result.Presentation, result.MayPass));
        return error;
    }

    public void Dispose()
    {
        Service.Dispose();
        _http.Dispose();
        Machine.Dispose();
    }
}
