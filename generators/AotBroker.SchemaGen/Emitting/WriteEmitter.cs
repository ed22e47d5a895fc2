using System.Globalization;
using AotBroker.SchemaGen.Model;

namespace AotBroker.SchemaGen.Emitting;

/// <summary>Emits <c>Write</c>: a member a step, in the order of the schema.</summary>
internal sealed class WriteEmitter(CodeWriter code, RecordModel record, TypeNames names)
{
    private int _depth;

    public void Emit()
    {
        code.Line("/// <summary>Writes the object, with the members that the schema does not name where they were.</summary>");
        code.Open($"public {(record.BaseName is null ? "" : "override ")}void Write(Utf8JsonWriter writer)");
        if (record.IsBare)
        {
            EmitValueOf(record.Members[0]);
            code.Close().Line();
            return;
        }

        if (!record.IsClosed)
        {
            code.Line("UnknownMembersWriter unknown = new(UnknownMembers, writer);");
        }

        code.Line("writer.WriteStartObject();");
        foreach (MemberModel member in record.Members)
        {
            EmitMember(member);
        }

        if (!record.IsClosed)
        {
            code.Line("unknown.Finish();");
        }

        code.Line("writer.WriteEndObject();");
        code.Close().Line();
    }

    private void EmitMember(MemberModel member)
    {
        string? condition =
            member.IsRequired ? null
            : member.Default is not null ? $"{member.PropertyName} != {names.Default(member)}"
            : CSharpTypes.IsAbsentOrNull(member) ? $"{member.PropertyName} is not null || {names.GivenAsNull(member)}"
            : CSharpTypes.IsOptional(member) ? $"{member.PropertyName} is not null"
            : null;
        if (condition is not null)
        {
            code.Open($"if ({condition})");
        }

        if (!record.IsClosed)
        {
            code.Line("unknown.BeforeNext();");
        }

        EmitMemberValue(member);
        if (condition is not null)
        {
            code.Close().Line();
        }
    }

    private void EmitMemberValue(MemberModel member)
    {
        string name = Literals.Utf8(member.JsonName);
        string property = member.PropertyName;
        bool mayBeNull = MayBeNull(member);
        switch (member.Value)
        {
            case StringValue { IsSecret: true }:
                code.Line($"writer.WriteString({name}, {property}?.Reveal());");
                return;
            case StringValue or ConstStringValue:
                code.Line($"writer.WriteString({name}, {property});");
                return;
            case EnumValue:
                code.Line($"writer.WriteString({name}, {property}{(CSharpTypes.IsOptional(member) ? "?" : "")}.ToText());");
                return;
            case IntegerValue or IntegerChoiceValue or ConstIntegerValue when !mayBeNull:
                code.Line($"writer.WriteNumber({name}, {Unwrapped(member)});");
                return;
            case BooleanValue or ConstBooleanValue when !mayBeNull:
                code.Line($"writer.WriteBoolean({name}, {Unwrapped(member)});");
                return;
        }

        code.Line($"writer.WritePropertyName({name});");
        EmitValueOf(member);
    }

    private void EmitValueOf(MemberModel member)
    {
        if (MayBeNull(member))
        {
            EmitNullable(member.PropertyName, Unwrapped(member), member.Value);
        }
        else
        {
            EmitValue(Unwrapped(member), member.Value);
        }
    }

    /// <summary>An optional member is written when it is not null; others may be null, or should not be and are.</summary>
    private static bool MayBeNull(MemberModel member) =>
        member.IsNullable || (member.IsRequired && CSharpTypes.IsReference(member.Value) && !CSharpTypes.IsConst(member.Value));

    private static string Unwrapped(MemberModel member) =>
        member.PropertyName + (CSharpTypes.IsOptional(member) && !CSharpTypes.IsReference(member.Value) ? ".Value" : "");

    /// <summary>Null is written as such also where the schema does not allow it: then Validate finds it.</summary>
    private void EmitNullable(string expression, string unwrapped, ValueModel value)
    {
        code.Block($"if ({expression} is null)", () => code.Line("writer.WriteNullValue();"));
        code.Block("else", () => EmitValue(unwrapped, value));
        code.Line();
    }

    private void EmitValue(string expression, ValueModel value)
    {
        switch (value)
        {
            case StringValue { IsSecret: true }:
                code.Line($"writer.WriteStringValue({expression}?.Reveal());");
                break;
            case StringValue or ConstStringValue:
                code.Line($"writer.WriteStringValue({expression});");
                break;
            case EnumValue:
                code.Line($"writer.WriteStringValue({expression}.ToText());");
                break;
            case IntegerValue or IntegerChoiceValue or ConstIntegerValue:
                code.Line($"writer.WriteNumberValue({expression});");
                break;
            case NumberValue:
                code.Line($"SchemaJson.WriteNumber(writer, {expression}.ToString());");
                break;
            case AnyValue or MixedValue or ConstJsonValue or JsonChoiceValue:
                code.Line($"SchemaJson.Copy({expression}.Json, writer);");
                break;
            case BooleanValue or ConstBooleanValue:
                code.Line($"writer.WriteBooleanValue({expression});");
                break;
            case ObjectValue:
                code.Line($"{expression}.Write(writer);");
                break;
            case ListValue list:
                EmitList(expression, list);
                break;
            case MapValue map:
                EmitMap(expression, map);
                break;
        }
    }

    private void EmitList(string expression, ListValue list)
    {
        string item = "item" + Suffix();
        code.Line("writer.WriteStartArray();");
        code.Block($"foreach ({CSharpTypes.Of(list.Item)}{(list.IsItemNullable ? "?" : "")} {item} in {expression})", () => EmitItem(item, list.Item, list.IsItemNullable));
        _depth--;
        code.Line();
        code.Line("writer.WriteEndArray();");
    }

    private void EmitMap(string expression, MapValue map)
    {
        string item = "entry" + Suffix();
        code.Line("writer.WriteStartObject();");
        code.Block($"foreach (KeyValuePair<string, {CSharpTypes.Of(map.Value)}{(map.IsValueNullable ? "?" : "")}> {item} in {expression})", () =>
        {
            code.Line($"writer.WritePropertyName({item}.Key);");
            EmitItem(item + ".Value", map.Value, map.IsValueNullable);
        });
        _depth--;
        code.Line();
        code.Line("writer.WriteEndObject();");
    }

    private void EmitItem(string expression, ValueModel value, bool isNullable)
    {
        bool isReference = CSharpTypes.IsReference(value);
        if (value is StringValue or ConstStringValue || (!isReference && !isNullable))
        {
            EmitValue(expression, value);
        }
        else
        {
            EmitNullable(expression, isNullable && !isReference ? expression + ".Value" : expression, value);
        }
    }

    private string Suffix() => _depth++ == 0 ? "" : _depth.ToString(CultureInfo.InvariantCulture);
}
