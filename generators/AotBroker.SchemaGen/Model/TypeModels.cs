namespace AotBroker.SchemaGen.Model;

/// <summary>
/// Everything that the emitter needs to know about one schema file. It holds values only: no positions, so that white
/// space does not change it; no paths, so that the output is the same wherever the project is built; nothing of Roslyn.
/// </summary>
internal sealed record SchemaModel(string FileName, string RootName, EquatableArray<TypeModel> Types);

/// <summary>A type that is emitted.</summary>
internal abstract record TypeModel(string Name, Documentation Documentation);

/// <summary>An object with named members.</summary>
/// <param name="IsClosed">Members that the schema does not name are errors; otherwise they are kept.</param>
/// <param name="BaseName">The union that the record is a variant of.</param>
/// <param name="Discriminator">The JSON name of the member that tells the variants of that union apart.</param>
/// <param name="IsBare">The record stands for a document that is no object: its only member is the document itself.</param>
internal sealed record RecordModel(
    string Name,
    Documentation Documentation,
    EquatableArray<MemberModel> Members,
    bool IsClosed,
    string? BaseName = null,
    string? Discriminator = null,
    bool IsBare = false) : TypeModel(Name, Documentation);

/// <summary>One of several records, told apart by a member whose value is constant in each.</summary>
internal sealed record UnionModel(
    string Name,
    Documentation Documentation,
    string Discriminator,
    string PropertyName,
    EquatableArray<VariantModel> Variants) : TypeModel(Name, Documentation);

internal sealed record VariantModel(string TypeName, string Value);

/// <summary>One of several strings.</summary>
internal sealed record EnumModel(string Name, Documentation Documentation, EquatableArray<EnumMemberModel> Members)
    : TypeModel(Name, Documentation);

internal sealed record EnumMemberModel(string Name, string Value);

/// <summary>A named member of an object.</summary>
/// <param name="Default">The value of an absent member: a string's content, or JSON; null where there is none. Of a required member it is told to people only.</param>
internal sealed record MemberModel(
    string JsonName,
    string PropertyName,
    ValueModel Value,
    bool IsRequired,
    bool IsNullable,
    string? Default,
    Documentation Documentation);

/// <summary>What the schema tells people.</summary>
internal sealed record Documentation(string? Title, string? Description, EquatableArray<string> Examples, bool IsDeprecated);
