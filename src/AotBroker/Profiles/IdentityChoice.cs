using AotBroker.Identity;
using AotBroker.Schemas;

namespace AotBroker.Profiles;

/// <summary>Where the identity token comes from, and who says so.</summary>
/// <param name="File">The profile's file; null where there is none.</param>
/// <param name="Source">Where it comes from.</param>
/// <param name="Origin">The file, or the variable that showed the source.</param>
/// <param name="Audience">What the exchange expects; null where it has no usual one.</param>
/// <param name="Warnings">What the file holds that the broker does not know.</param>
internal sealed record IdentityChoice(string? File, IIdentitySource Source, string Origin, string? Audience, SchemaProblems Warnings);
