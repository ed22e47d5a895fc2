using AotBroker.Exchange;
using AotBroker.Schemas;
using AotBroker.Settings;

namespace AotBroker.Profiles;

/// <summary>
/// A profile with its gaps filled: everything that decides what is obtained, and where each value came from. Either a
/// workload's federation or a person's login.
/// </summary>
internal abstract record ResolvedProfile
{
    /// <summary>The profile's name; <c>environment</c> where the federation variables stand for a profile.</summary>
    public required string Name { get; init; }

    /// <summary>The profile's file; null where there is none.</summary>
    public required string? File { get; init; }

    /// <summary>Why this profile and no other, such as <c>--profile</c> or <c>ANTHROPIC_PROFILE</c>.</summary>
    public required string SelectedBy { get; init; }

    /// <summary>Where the identity token or the login came from.</summary>
    public required string IdentityOrigin { get; init; }

    /// <summary>What the file holds that the broker does not know: most often a typing mistake.</summary>
    public SchemaProblems Warnings { get; init; }

    /// <summary>The API's address.</summary>
    public abstract Setting BaseUrl { get; }

    /// <summary>What kind of credential comes of it.</summary>
    public virtual CredentialKind Kind => CredentialKind.Token;

    /// <summary>What the file says of hosts, user name and scheme; null where it says nothing.</summary>
    public ServedPlaces? Serves { get; init; }

    /// <summary>Hosts and URL prefixes that may be handed the credential.</summary>
    public virtual IReadOnlyList<string> Hosts => Serves?.Hosts ?? [];

    /// <summary>What goes with the token in basic authentication; null if neither the profile nor the exchange says.</summary>
    public virtual string? UserName => Serves?.Username;

    /// <summary>The names of environment variables, by the part of the credential; null where the file says nothing.</summary>
    public SchemaMap<string>? VariableNames { get; init; }
}
