using System.Linq;
using AotBroker.SchemaGen.Model;

namespace AotBroker.SchemaGen.Emitting;

/// <summary>
/// Names of emitted types, as they are written in the code of one record. Where the record has a property of the same name, the
/// plain name would mean that property.
/// </summary>
internal sealed class TypeNames(RecordModel record, EmitOptions options)
{
    public string InExpression(string type) =>
        record.Members.Any(member => member.PropertyName == type) ? $"global::{options.Namespace}.{type}" : type;

    /// <summary>The property that tells a member that is null from one that is absent.</summary>
    public string GivenAsNull(MemberModel member)
    {
        string name = $"Is{member.PropertyName}GivenAsNull";
        while (record.Members.Any(other => other.PropertyName == name) || name == record.Name)
        {
            name += "Value";
        }

        return name;
    }

    /// <summary>The C# expression of a default that the schema gives as JSON.</summary>
    public string Default(MemberModel member) => member.Value switch
    {
        StringValue => Literals.String(member.Default!),
        IntegerValue or IntegerChoiceValue => member.Default + "L",
        NumberValue => $"new SchemaNumber({Literals.String(member.Default!)})",
        EnumValue choice => $"{InExpression(choice.TypeName)}.{Parsing.Naming.EnumMember(choice.Values, member.Default!)}",
        _ => member.Default!,
    };
}
