using AotBroker.Schemas;

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

    /// <summary>What the file holds that the broker does not know: most often a slip of the pen.</summary>
    public SchemaProblems Warnings { get; init; }

    /// <summary>The API's address.</summary>
    public abstract Setting BaseUrl { get; }
}
