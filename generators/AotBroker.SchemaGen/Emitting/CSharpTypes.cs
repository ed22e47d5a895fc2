using AotBroker.SchemaGen.Model;

namespace AotBroker.SchemaGen.Emitting;

/// <summary>The C# types of values.</summary>
internal static class CSharpTypes
{
    public static string Of(ValueModel value) => value switch
    {
        StringValue { IsSecret: true } => "Secret",
        StringValue or ConstStringValue => "string",
        IntegerValue or ConstIntegerValue => "long",
        IntegerChoiceValue => "long",
        NumberValue => "SchemaNumber",
        AnyValue or MixedValue or ConstJsonValue or JsonChoiceValue => "SchemaValue",
        BooleanValue or ConstBooleanValue => "bool",
        EnumValue choice => choice.TypeName,
        ObjectValue record => record.TypeName,
        ListValue list => $"SchemaList<{Of(list.Item)}{(list.IsItemNullable ? "?" : "")}>",
        MapValue map => $"SchemaMap<{Of(map.Value)}{(map.IsValueNullable ? "?" : "")}>",
        _ => throw new System.InvalidOperationException(value.GetType().Name),
    };

    /// <summary>The type is a class, so that null stands for a value that could not be read.</summary>
    public static bool IsReference(ValueModel value) =>
        value is not (IntegerValue or IntegerChoiceValue or NumberValue or ConstIntegerValue or BooleanValue or ConstBooleanValue or EnumValue);

    public static bool IsConst(ValueModel value) => value is ConstStringValue or ConstIntegerValue or ConstBooleanValue or ConstJsonValue;

    public static string Const(ValueModel value) => value switch
    {
        ConstStringValue constant => Literals.String(constant.Text),
        ConstIntegerValue constant => Literals.Long(constant.Number),
        ConstBooleanValue constant => constant.Truth ? "true" : "false",
        ConstJsonValue constant => $"new SchemaValue({Literals.Utf8(constant.Json)})",
        _ => throw new System.InvalidOperationException(value.GetType().Name),
    };

    /// <summary>A member that may be without a value: neither required nor given one by the schema, or allowed to be null.</summary>
    public static bool IsOptional(MemberModel member) =>
        member.IsNullable || (!member.IsRequired && member.Default is null && !IsConst(member.Value));

    /// <summary>A member whose absence is not the same as null, although both leave the property null.</summary>
    public static bool IsAbsentOrNull(MemberModel member) => member is { IsNullable: true, IsRequired: false, Default: null };

    public static string OfMember(MemberModel member) => Of(member.Value) + (IsOptional(member) ? "?" : "");
}
