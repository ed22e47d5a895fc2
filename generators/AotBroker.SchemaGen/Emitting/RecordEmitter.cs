using AotBroker.SchemaGen.Model;

namespace AotBroker.SchemaGen.Emitting;

/// <summary>Emits an object's record: its properties and how it is read and written.</summary>
internal sealed class RecordEmitter(CodeWriter code, RecordModel record, EmitOptions options)
{
    private readonly TypeNames _names = new(record, options);

    public void Emit()
    {
        SourceText.Document(code, record.Documentation, $"The object {record.Name}.");
        code.Line(SourceText.Generated);
        code.Open($"{options.Visibility} sealed record {record.Name} : {record.BaseName ?? "ISchemaObject"}");
        foreach (MemberModel member in record.Members)
        {
            EmitProperty(member);
        }

        if (!record.IsClosed)
        {
            code.Line("/// <summary>The members that the schema does not name, as they were read.</summary>");
            code.Line("public UnknownMembers UnknownMembers { get; init; }").Line();
        }

        EntryPoints.EmitTryRead(code, record.Name);
        if (record.BaseName is null)
        {
            EntryPoints.EmitForValues(code, record.Name);
        }

        new WriteEmitter(code, record, _names).Emit();
        new ReadEmitter(code, record, _names).Emit();
        code.Close();
    }

    private void EmitProperty(MemberModel member)
    {
        SourceText.Document(code, member.Documentation, record.IsBare ? "The document." : $"The member {member.JsonName}.", member.Default);
        string modifiers = member.JsonName == record.Discriminator ? "public override" : "public";
        string type = CSharpTypes.OfMember(member);
        if (CSharpTypes.IsConst(member.Value))
        {
            code.Line($"{modifiers} {type} {member.PropertyName} => {CSharpTypes.Const(member.Value)};");
        }
        else if (member is { Default: not null, IsRequired: false })
        {
            code.Line($"public {type} {member.PropertyName} {{ get; init; }} = {_names.Default(member)};");
        }
        else
        {
            code.Line($"public {(member.IsRequired ? "required " : "")}{type} {member.PropertyName} {{ get; init; }}");
        }

        code.Line();
        if (CSharpTypes.IsAbsentOrNull(member))
        {
            code.Line($"/// <summary>The member {Literals.Xml(member.JsonName)} is there, and null; a member that is null is left out otherwise.</summary>");
            code.Line($"public bool {_names.GivenAsNull(member)} {{ get; init; }}").Line();
        }
    }
}

/// <summary>Emits what people call: the same for every record and union.</summary>
internal static class EntryPoints
{
    public static void EmitTryRead(CodeWriter code, string name)
    {
        code.Line("/// <summary>Reads the object from UTF-8 JSON, and collects everything that is wrong with it.</summary>");
        code.Line("/// <returns>True when there is no error; there may be warnings.</returns>");
        code.Open($"public static bool TryRead(ReadOnlySpan<byte> utf8, [NotNullWhen(true)] out {name}? value, out SchemaProblems problems)");
        code.Line("SchemaReader reader = new(utf8);");
        code.Line("value = null;");
        code.Open("try");
        code.Block("if (reader.Start())", () => code.Line("value = Reader.Read(ref reader);").Line("reader.Finish();"));
        code.Close();
        code.Block("catch (JsonException)", () => code.Line("reader.ReportMalformed();"));
        code.Line();
        code.Line("problems = reader.Problems();");
        code.Block("if (problems.HasErrors)", () => code.Line("value = null;"));
        code.Line();
        code.Line("return value is not null;");
        code.Close().Line();
    }

    public static void EmitForValues(CodeWriter code, string name)
    {
        code.Line("/// <summary>Writes the object as UTF-8 JSON.</summary>");
        code.Line("/// <param name=\"indented\">With a line for each member; otherwise all in one line.</param>");
        code.Line("public byte[] ToUtf8Json(bool indented = false) => SchemaJson.ToUtf8(this, indented);").Line();

        code.Line("/// <summary>Finds what is wrong with a value that was built in code; nothing, when the schema accepts it.</summary>");
        code.Open("public SchemaProblems Validate()");
        code.Line("byte[] utf8 = ToUtf8Json();");
        code.Line($"bool isSame = TryRead(utf8, out {name}? value, out SchemaProblems problems) && Equals(value);");
        code.Line("return SchemaJson.Verdict(utf8, isSame, problems);");
        code.Close().Line();
    }
}
