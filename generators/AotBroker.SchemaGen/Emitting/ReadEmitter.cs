using System.Globalization;
using System.Linq;
using AotBroker.SchemaGen.Model;

namespace AotBroker.SchemaGen.Emitting;

/// <summary>
/// Emits how a record is read: <c>Read</c> goes over the members, one method reads each value, and what is only needed when
/// something is wrong stands apart, so that it is not loaded when nothing is.
/// </summary>
internal sealed class ReadEmitter(CodeWriter code, RecordModel record, TypeNames names)
{
    private const int BitsPerWord = 64;

    private readonly ValueReaderEmitter _values = new(code, names);

    public void Emit()
    {
        code.Line($"/// <summary>Reads {(record.IsBare ? "the document" : "the object's members, each by a method of its own")}.</summary>");
        code.Open($"internal {(record.BaseName is null ? "" : "new ")}static class Reader");
        if (record.IsBare)
        {
            EmitReadBare(record.Members[0]);
        }
        else
        {
            EmitRead();
        }

        foreach (MemberModel member in record.Members.Where(member => !IsFixed(member)))
        {
            _values.Emit("Read" + member.PropertyName, member.Value);
        }

        if (!record.IsBare)
        {
            EmitFindMember();
            EmitReportMissing();
            EmitUnknown();
        }

        code.Close();
    }

    private void EmitReadBare(MemberModel member)
    {
        string read = $"Read{member.PropertyName}(ref reader)";
        code.Open($"internal static {record.Name}? Read(ref SchemaReader reader)");
        code.Line(IsFixed(member)
            ? ValueReaderEmitter.ConstantRead(member.Value)
            : $"{LocalType(member)} {Local(member)} = {(member.IsNullable ? "reader.IsNull ? null : " : "")}{read};");
        string sure = CSharpTypes.IsReference(member.Value) && !member.IsNullable ? "!" : "";
        string made = IsFixed(member) ? "()" : $" {{ {member.PropertyName} = {Local(member)}{sure} }}";
        code.Line($"return reader.HasFailed ? null : new {record.Name}{made};");
        code.Close().Line();
    }

    private void EmitRead()
    {
        code.Open($"internal static {record.Name}? Read(ref SchemaReader reader)");
        code.Block("if (!reader.BeginObject(out int start))", () => code.Line("return null;"));
        code.Line();
        foreach (MemberModel member in record.Members.Where(member => !IsFixed(member)))
        {
            code.Line($"{LocalType(member)} {Local(member)} = {Initial(member)};");
        }

        for (int word = 0; word < Words; word++)
        {
            code.Line($"ulong {Seen(word)} = 0;");
        }

        if (!record.IsClosed)
        {
            code.Line("UnknownMembersBuilder? unknown = null;");
        }

        code.Open("while (reader.NextMember(out ReadOnlySpan<byte> name))");
        code.Open("switch (FindMember(name))");
        for (int i = 0; i < record.Members.Count; i++)
        {
            EmitCase(i, record.Members[i]);
        }

        code.Line("default:").Indent().Line($"ReadUnknown(ref reader, name{(record.IsClosed ? "" : $", {Count()}, ref unknown")});").Line("break;").Outdent();
        code.Close().Close().Line();
        EmitEnd();
        code.Close().Line();
    }

    private void EmitCase(int index, MemberModel member)
    {
        code.Line($"case {index}:").Indent();
        // A local that begins with a default has to be set to null; the others are null already.
        bool replacesDefault = member is { IsNullable: true, IsRequired: false, Default: not null };
        code.Open($"if (reader.IsFirst(ref {Seen(index / BitsPerWord)}, {index % BitsPerWord}){(member.IsNullable && !replacesDefault ? " && !reader.IsNull" : "")})");
        code.Line(IsFixed(member)
            ? ValueReaderEmitter.ConstantRead(member.Value)
            : $"{Local(member)} = {(replacesDefault ? "reader.IsNull ? null : " : "")}Read{member.PropertyName}(ref reader);");
        code.Close().Line();
        code.Line("break;").Outdent();
    }

    private void EmitEnd()
    {
        if (record.Members.Any(member => member.IsRequired))
        {
            string missing = string.Join(" || ", Enumerable.Range(0, Words).Where(word => Required(word) != 0).Select(word =>
                $"(~{Seen(word)} & {Hex(Required(word))}) != 0"));
            code.Block($"if ({missing})", () => code.Line($"ReportMissing(ref reader, start{SeenArguments("")});"));
            code.Line();
        }

        code.Block("if (reader.HasFailed)", () => code.Line("return null;"));
        code.Line();
        code.Open($"return new {record.Name}");
        foreach (MemberModel member in record.Members.Where(member => !IsFixed(member)))
        {
            string sure = CSharpTypes.IsReference(member.Value) && !CSharpTypes.IsOptional(member) ? "!" : "";
            code.Line($"{member.PropertyName} = {Local(member)}{sure},");
            if (CSharpTypes.IsAbsentOrNull(member))
            {
                int index = record.Members.IndexOf(member);
                code.Line($"{names.GivenAsNull(member)} = {Local(member)} is null && ({Seen(index / BitsPerWord)} & (1UL << {index % BitsPerWord})) != 0,");
            }
        }

        if (!record.IsClosed)
        {
            code.Line("UnknownMembers = UnknownMembersBuilder.Build(unknown),");
        }

        code.Close(";");
    }

    private void EmitFindMember()
    {
        code.Line("/// <summary>The place of a member in the schema; -1 when the schema does not name it.</summary>");
        code.Open("private static int FindMember(ReadOnlySpan<byte> name)");
        code.Open("switch (name.Length)");
        var members = record.Members.Select((member, index) => (member.JsonName, Index: index));
        foreach (var group in members.GroupBy(member => System.Text.Encoding.UTF8.GetByteCount(member.JsonName)).OrderBy(group => group.Key))
        {
            code.Line($"case {group.Key}:").Indent();
            foreach ((string name, int index) in group)
            {
                code.Block($"if (name.SequenceEqual({Literals.Utf8(name)}))", () => code.Line($"return {index};"));
                code.Line();
            }

            code.Line("break;").Outdent();
        }

        code.Line("default:").Indent().Line("break;").Outdent();
        code.Close().Line();
        code.Line("return -1;");
        code.Close().Line();
    }

    private void EmitReportMissing()
    {
        if (!record.Members.Any(member => member.IsRequired))
        {
            return;
        }

        code.Open($"private static void ReportMissing(ref SchemaReader reader, int start{SeenArguments("ulong ")})");
        for (int i = 0; i < record.Members.Count; i++)
        {
            if (record.Members[i].IsRequired)
            {
                string name = Literals.String(record.Members[i].JsonName);
                code.Block(
                    $"if (({Seen(i / BitsPerWord)} & (1UL << {i % BitsPerWord})) == 0)",
                    () => code.Line($"reader.ReportMissing(start, {name});"));
                code.Line();
            }
        }

        code.Close().Line();
    }

    private void EmitUnknown()
    {
        string names = $"[{string.Join(", ", record.Members.Select(member => Literals.String(member.JsonName)))}]";
        if (record.IsClosed)
        {
            code.Line("private static void ReadUnknown(ref SchemaReader reader, ReadOnlySpan<byte> name) =>").Indent();
            code.Line($"reader.RefuseUnknown(name, {names});").Outdent();
            return;
        }

        code.Line("private static void ReadUnknown(ref SchemaReader reader, ReadOnlySpan<byte> name, int count, ref UnknownMembersBuilder? unknown) =>").Indent();
        code.Line($"reader.KeepUnknown(name, count, ref unknown, {names});").Outdent();
    }

    private int Words => (record.Members.Count + BitsPerWord - 1) / BitsPerWord;

    private ulong Required(int word) => record.Members
        .Select((member, index) => member.IsRequired && index / BitsPerWord == word ? 1UL << (index % BitsPerWord) : 0)
        .Aggregate(0UL, (all, bit) => all | bit);

    private string Count() => Words == 0 ? "0" : string.Join(" + ", Enumerable.Range(0, Words).Select(word => $"BitOperations.PopCount({Seen(word)})"));

    private string SeenArguments(string type) => string.Concat(Enumerable.Range(0, Words).Select(word => $", {type}{Seen(word)}"));

    private static string Seen(int word) => word == 0 ? "seen" : "seen" + (word + 1).ToString(CultureInfo.InvariantCulture);

    private static string Hex(ulong mask) => "0x" + mask.ToString("X", CultureInfo.InvariantCulture) + "UL";

    /// <summary>The property has no setter: the schema fixes its value.</summary>
    private static bool IsFixed(MemberModel member) => CSharpTypes.IsConst(member.Value);

    private static string Local(MemberModel member) => Parsing.Naming.Local(member.PropertyName);

    private static string LocalType(MemberModel member) =>
        CSharpTypes.Of(member.Value) + (CSharpTypes.IsOptional(member) || CSharpTypes.IsReference(member.Value) ? "?" : "");

    private string Initial(MemberModel member) =>
        member is { IsRequired: false, Default: not null } ? names.Default(member)
        : CSharpTypes.IsOptional(member) || CSharpTypes.IsReference(member.Value) ? "null"
        : "default";
}
