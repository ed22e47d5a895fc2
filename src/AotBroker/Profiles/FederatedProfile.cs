using AotBroker.Schemas;

namespace AotBroker.Profiles;

/// <summary>A workload, whose identity token is exchanged for a credential.</summary>
internal sealed record FederatedProfile : ResolvedProfile
{
    public required AnthropicFederation Federation { get; init; }

    /// <summary>Where the identity token comes from. <see cref="AutoIdentity"/> has been decided: it is the machine.</summary>
    public required IdentitySource Identity { get; init; }

    public override Setting BaseUrl => Federation.BaseUrl;
}
