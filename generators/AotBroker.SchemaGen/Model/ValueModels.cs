namespace AotBroker.SchemaGen.Model;

/// <summary>What a value may be.</summary>
internal abstract record ValueModel;

internal sealed record StringValue(long MinLength, long? MaxLength, string? Pattern, string? Format, bool IsSecret) : ValueModel;

/// <param name="MultipleOf">The least positive integer that divides every accepted value.</param>
internal sealed record IntegerValue(long? Minimum, long? Maximum, long? MultipleOf) : ValueModel;

/// <summary>One of several integers.</summary>
internal sealed record IntegerChoiceValue(EquatableArray<long> Numbers) : ValueModel;

/// <summary>A number of any size and precision.</summary>
internal sealed record NumberValue(NumberBound? Minimum, NumberBound? Maximum, NumberMultiple? MultipleOf) : ValueModel;

/// <param name="Text">The number as the schema writes it.</param>
/// <param name="IsExclusive">The bound itself is not accepted.</param>
internal sealed record NumberBound(string Text, bool IsExclusive);

/// <summary>Digits * 10^Exponent; the digits do not end in zero.</summary>
internal sealed record NumberMultiple(string Text, ulong Digits, int Exponent);

/// <summary>Anything.</summary>
internal sealed record AnyValue : ValueModel;

internal sealed record BooleanValue : ValueModel;

/// <summary>The one string that is accepted.</summary>
internal sealed record ConstStringValue(string Text) : ValueModel;

/// <summary>The one integer that is accepted.</summary>
internal sealed record ConstIntegerValue(long Number) : ValueModel;

/// <summary>The one truth value that is accepted.</summary>
internal sealed record ConstBooleanValue(bool Truth) : ValueModel;

/// <summary>The one value that is accepted, of any kind.</summary>
/// <param name="Json">Without white space.</param>
internal sealed record ConstJsonValue(string Json) : ValueModel;

/// <summary>One of several values of any kinds.</summary>
/// <param name="Jsons">Each without white space.</param>
internal sealed record JsonChoiceValue(EquatableArray<string> Jsons) : ValueModel;

/// <summary>One of the strings of an <see cref="EnumModel"/>.</summary>
internal sealed record EnumValue(string TypeName, EquatableArray<string> Values) : ValueModel;

/// <summary>A <see cref="RecordModel"/> or a <see cref="UnionModel"/>.</summary>
internal sealed record ObjectValue(string TypeName) : ValueModel;

/// <summary>A value that may be of several types, or of any, kept as JSON.</summary>
/// <param name="Kinds">The types that are accepted, each with what is asked of its values.</param>
internal sealed record MixedValue(EquatableArray<KindModel> Kinds) : ValueModel
{
    /// <summary>The types of JSON, in the order of <see cref="Kinds"/>.</summary>
    public static readonly string[] Types = ["string", "number", "boolean", "null", "array", "object"];
}

internal sealed record KindModel(string Type, ValueModel Value);

internal sealed record ListValue(ValueModel Item, bool IsItemNullable, long MinItems, long? MaxItems, bool IsUnique) : ValueModel;

/// <summary>An object whose members have names that the schema does not list, and values of one kind.</summary>
internal sealed record MapValue(ValueModel Value, bool IsValueNullable) : ValueModel;
