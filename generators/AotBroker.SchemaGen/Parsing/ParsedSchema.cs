using AotBroker.SchemaGen.Diagnostics;
using AotBroker.SchemaGen.Model;

namespace AotBroker.SchemaGen.Parsing;

/// <summary>
/// What one schema file came to. The model and the diagnostics go separate ways, so that a diagnostic that only moved does
/// not emit anything again.
/// </summary>
/// <param name="Model">Null where a diagnostic says why.</param>
/// <param name="Names">The types of the model and where each is named, to find the ones that two files emit.</param>
internal sealed record ParsedSchema(
    string Path,
    SchemaModel? Model,
    EquatableArray<DiagnosticInfo> Diagnostics,
    EquatableArray<NamedType> Names);

internal sealed record NamedType(string Name, LocationInfo Location);
