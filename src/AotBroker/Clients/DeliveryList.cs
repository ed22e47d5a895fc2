using AotBroker.Clients.Anthropic;
using AotBroker.Clients.Aws;
using AotBroker.Clients.Google;
using AotBroker.Clients.Kubernetes;
using AotBroker.Clients.Plain;
using AotBroker.Errors;
using AotBroker.Exchange;
using AotBroker.Profiles;
using AotBroker.Publishing;

namespace AotBroker.Clients;

/// <summary>All ways in which a command is handed a credential. A new one is a file, a test, and a line here.</summary>
internal static class DeliveryList
{
    private static IDelivery[] All =>
    [
        new AnthropicDelivery(), new EnvironmentDelivery(), new AwsDelivery(), new GoogleDelivery(), new KubernetesDelivery(), new FileDelivery(), new JsonFileDelivery(),
    ];

    /// <summary>All names, for help and completion.</summary>
    public static string[] Names => Array.ConvertAll(All, static one => one.Name);

    /// <summary>The one of this name; null where there is none.</summary>
    public static IDelivery? Find(string name) => Array.Find(All, one => one.Name == name);

    /// <summary>The one that was asked for or, where none was, the usual one of what comes of the profile.</summary>
    /// <exception cref="BrokerException"><see cref="ErrorCode.Usage"/>: there is no such one, or it does not suit.</exception>
    public static IDelivery Choose(string? name, ResolvedProfile profile)
    {
        IDelivery delivery = Find(name ?? DefaultFor(profile))
            ?? throw new BrokerException(ErrorCode.Usage, $"--with {profile.Name}:{name}: there is no such way to hand a credential over", "the ways are " + string.Join(", ", Names));
        return delivery.Supports(profile) ? delivery : throw new BrokerException(
            ErrorCode.Usage,
            $"--with {profile.Name}:{delivery.Name}: what comes of that profile cannot be handed over in this way",
            $"the ways that can: {string.Join(", ", Array.ConvertAll(Array.FindAll(All, one => one.Supports(profile)), static one => one.Name))}");
    }

    private static string DefaultFor(ResolvedProfile profile) => profile switch
    {
        _ when PublishedForSdks(profile) => AnthropicDelivery.Way,
        FederatedProfile { Exchange: GoogleFederationExchange } => GoogleDelivery.Way,
        { Kind: CredentialKind.AwsKeys } => AwsDelivery.Way,
        _ => EnvironmentDelivery.Way,
    };

    private static bool PublishedForSdks(ResolvedProfile profile) => Publishing.PublishedProfile.Suits(profile);
}
