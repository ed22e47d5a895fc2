using AotBroker.Brokering;
using AotBroker.Errors;
using AotBroker.Exchange;
using AotBroker.Flights;
using AotBroker.Profiles;
using AotBroker.Runtime;
using AotBroker.Schemas;

namespace AotBroker.Clients;

/// <summary>One of the credentials that a command is handed, and how.</summary>
/// <param name="Profile">What it is obtained for.</param>
/// <param name="Option">The profile as it was asked for; null if none was named.</param>
/// <param name="Delivery">How it is handed over.</param>
internal sealed record CommandCredential(ResolvedProfile Profile, string? Option, Delivery Delivery)
{
    private Credential? _credential;

    public string Name => Profile.Name;

    /// <summary>Whether it is to be renewed while the command runs.</summary>
    public bool IsKept => Delivery is IRenewedDelivery;

    public Credential Credential
    {
        get => _credential ?? throw new InvalidOperationException("it has not been obtained yet");
        init => _credential = value;
    }

    /// <summary>Obtains it, as fresh as its clients need it.</summary>
    /// <exception cref="BrokerException">It cannot be obtained.</exception>
    public CommandCredential Obtained(Session session, TimeSpan timeout, TimeSpan wait) => this with
    {
        Credential = session.Obtain(
            Delivery.Source(Profile),
            new Freshness { Patient = true, ClientKeepsFor = Delivery.ClientKeepsFor },
            timeout,
            wait),
    };

    /// <summary>Puts it where the old one was handed over.</summary>
    public void Renew(string directory, ProcessEnvironment environment) => (Delivery as IRenewedDelivery)?.Renew(this, directory, environment);

    public OutputCredential ForOutput(ProcessEnvironment environment) => OutputCredential.Of(Profile, Credential, environment);
}
