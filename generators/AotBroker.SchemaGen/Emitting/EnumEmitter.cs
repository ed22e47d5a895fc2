using System.Linq;
using AotBroker.SchemaGen.Model;

namespace AotBroker.SchemaGen.Emitting;

/// <summary>Emits an enumeration and its texts.</summary>
internal static class EnumEmitter
{
    public static void Emit(CodeWriter code, EnumModel choice, EmitOptions options)
    {
        SourceText.Document(code, choice.Documentation, $"The enumeration {choice.Name}.");
        code.Line(SourceText.Generated);
        code.Open($"{options.Visibility} enum {choice.Name}");
        foreach (EnumMemberModel member in choice.Members)
        {
            code.Line($"/// <summary><c>{Literals.Xml(member.Value)}</c></summary>");
            code.Line($"{member.Name},");
        }

        code.Close().Line();
        code.Line($"/// <summary>The texts of <see cref=\"{choice.Name}\"/>.</summary>");
        code.Line(SourceText.Generated);
        code.Open($"{options.Visibility} static class {choice.Name}Text");
        EmitToText(code, choice);
        EmitRead(code, choice);
        code.Close();
    }

    private static void EmitToText(CodeWriter code, EnumModel choice)
    {
        code.Line("/// <summary>The text that stands for the value in JSON; null for a number that is not a value.</summary>");
        code.Open($"public static string? ToText(this {choice.Name} value) => value switch");
        foreach (EnumMemberModel member in choice.Members)
        {
            code.Line($"{choice.Name}.{member.Name} => {Literals.String(member.Value)},");
        }

        code.Line("_ => null,");
        code.Close(";").Line();
    }

    private static void EmitRead(CodeWriter code, EnumModel choice)
    {
        string expected = Literals.String(Expectation.OneOf([.. choice.Members.Select(member => member.Value)]));
        code.Open($"internal static {choice.Name} Read(ref SchemaReader reader)");
        code.Block($"if (!reader.TryReadText({expected}, out ReadOnlySpan<byte> text))", () => code.Line("return default;"));
        code.Line();
        foreach (EnumMemberModel member in choice.Members)
        {
            code.Block(
                $"if (text.SequenceEqual({Literals.Utf8(member.Value)}))",
                () => code.Line($"return {choice.Name}.{member.Name};"));
            code.Line();
        }

        code.Line($"reader.Refuse({expected});");
        code.Line("return default;");
        code.Close();
    }
}
