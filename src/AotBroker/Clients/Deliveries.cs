using AotBroker.Clients.Anthropic;
using AotBroker.Clients.Aws;
using AotBroker.Clients.Google;
using AotBroker.Clients.Plain;
using AotBroker.Errors;
using AotBroker.Exchange;
using AotBroker.Profiles;
using AotBroker.Publishing;

namespace AotBroker.Clients;

/// <summary>The deliveries of all clients, by name.</summary>
internal static class Deliveries
{
    public static List<Delivery> All
    {
        get
        {
            List<Delivery> all = [];
            foreach (Client client in ClientList.All)
            {
                all.AddRange(client.Deliveries);
            }
            return all;
        }
    }

    /// <summary>For help and completion.</summary>
    public static string[] Names => [.. All.ConvertAll(static one => one.Name)];

    /// <summary>The delivery that was asked for, or the usual one of the profile's credential.</summary>
    /// <exception cref="BrokerException"><see cref="ErrorCode.Usage"/>: there is none of this name, or it cannot carry the credential.</exception>
    public static Delivery Choose(string? name, ResolvedProfile profile)
    {
        Delivery delivery = name is null ? DefaultFor(profile) : All.Find(one => one.Name == name)
            ?? throw new BrokerException(ErrorCode.Usage, $"--with {profile.Name}:{name}: there is no such way to hand a credential over", "the ways are " + string.Join(", ", Names));
        return delivery.Supports(profile) ? delivery : throw new BrokerException(
            ErrorCode.Usage,
            $"--with {profile.Name}:{delivery.Name}: the profile's credential cannot be handed over in this way",
            $"the ways that can: {string.Join(", ", All.FindAll(one => one.Supports(profile)).ConvertAll(static one => one.Name))}");
    }

    private static Delivery DefaultFor(ResolvedProfile profile) => profile switch
    {
        _ when PublishedProfile.Supports(profile) => new AnthropicDelivery(),
        FederatedProfile { Exchange: GoogleFederationExchange } => new GoogleDelivery(),
        { Kind: CredentialKind.AwsKeys } => new AwsDelivery(),
        _ => new EnvironmentDelivery(),
    };
}
