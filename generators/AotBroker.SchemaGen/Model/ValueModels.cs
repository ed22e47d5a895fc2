namespace AotBroker.SchemaGen.Model;

/// <summary>What a value may be.</summary>
internal abstract record ValueModel;

internal sealed record StringValue(long MinLength, long? MaxLength, string? Pattern, string? Format, bool IsSecret) : ValueModel;

/// <param name="MultipleOf">The least positive integer that divides every accepted value.</param>
internal sealed record IntegerValue(long? Minimum, long? Maximum, long? MultipleOf) : ValueModel;

internal sealed record BooleanValue : ValueModel;

/// <summary>The one string that is accepted.</summary>
internal sealed record ConstStringValue(string Text) : ValueModel;

/// <summary>The one integer that is accepted.</summary>
internal sealed record ConstIntegerValue(long Number) : ValueModel;

/// <summary>The one truth value that is accepted.</summary>
internal sealed record ConstBooleanValue(bool Truth) : ValueModel;

/// <summary>One of the strings of an <see cref="EnumModel"/>.</summary>
internal sealed record EnumValue(string TypeName, EquatableArray<string> Values) : ValueModel;

/// <summary>A <see cref="RecordModel"/> or a <see cref="UnionModel"/>.</summary>
internal sealed record ObjectValue(string TypeName) : ValueModel;

internal sealed record ListValue(ValueModel Item, bool IsItemNullable, long MinItems, long? MaxItems, bool IsUnique) : ValueModel;

/// <summary>An object whose members have names that the schema does not list, and values of one kind.</summary>
internal sealed record MapValue(ValueModel Value, bool IsValueNullable) : ValueModel;
