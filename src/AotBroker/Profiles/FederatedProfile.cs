using AotBroker.Exchange;
using AotBroker.Http;
using AotBroker.Identity;
using AotBroker.Schemas;
using AotBroker.Settings;

namespace AotBroker.Profiles;

/// <summary>A workload, whose identity token is exchanged for a credential.</summary>
internal sealed record FederatedProfile : ResolvedProfile
{
    public required IExchange Exchange { get; init; }

    /// <summary>The exchange's settings where it is Anthropic's.</summary>
    public AnthropicFederation? Federation => (Exchange as AnthropicFederationExchange)?.Federation;

    /// <summary>Where the identity token comes from.</summary>
    public required IIdentitySource Identity { get; init; }

    /// <summary>The identity tokens for this exchange, whose service is asked for the audience where nothing else names it.</summary>
    public SourceTokens TokensBy(PinnedHttp http) => new(Identity, Exchange.Audience, http, deadline => Exchange.AudienceFrom(http, deadline));

    /// <summary>Whether the source was found, and not named by the profile.</summary>
    public bool IsIdentityFound { get; init; }

    /// <summary>What `exec` saw of the identity, for the command that it runs; null elsewhere. See <see cref="CacheKey"/>.</summary>
    public string? SeenAs { get; init; }

    /// <summary>The same for clients that make the exchange themselves: the identity alone. Null if there are none.</summary>
    public FederatedProfile? ForClientsThatExchange => Exchange.ForClientsThatExchange is { } identity ? this with { Exchange = identity } : null;

    public override Setting BaseUrl => Exchange.Address;

    public override CredentialKind Kind => Exchange.Kind;

    public override IReadOnlyList<string> Hosts => Serves?.Hosts ?? Exchange.Hosts;

    public override string? UserName => Serves?.Username ?? Exchange.UserName;
}
