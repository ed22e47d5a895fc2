using System.Linq;
using AotBroker.SchemaGen.Model;

namespace AotBroker.SchemaGen.Emitting;

/// <summary>Emits the abstract record of a union, which reads the variant that the discriminator names.</summary>
internal static class UnionEmitter
{
    public static void Emit(CodeWriter code, UnionModel union, EmitOptions options)
    {
        SourceText.Document(code, union.Documentation, $"The choice {union.Name}.");
        code.Line(SourceText.Generated);
        code.Open($"{options.Visibility} abstract record {union.Name} : ISchemaObject");
        code.Open($"private protected {union.Name}()").Close().Line();
        code.Line("/// <summary>Tells the alternatives apart.</summary>");
        code.Line($"public abstract string {union.PropertyName} {{ get; }}").Line();
        EntryPoints.EmitTryRead(code, union.Name);
        EntryPoints.EmitForValues(code, union.Name);
        code.Line("/// <summary>Writes the object, with the members that the schema does not name where they were.</summary>");
        code.Line("public abstract void Write(Utf8JsonWriter writer);").Line();
        EmitRead(code, union);
        code.Close();
    }

    private static void EmitRead(CodeWriter code, UnionModel union)
    {
        string expected = Literals.String(Expectation.OneOf([.. union.Variants.Select(variant => variant.Value)]));
        code.Line("/// <summary>Finds out which alternative the object is, and leaves the rest to that.</summary>");
        code.Open("internal static class Reader");
        code.Open($"internal static {union.Name}? Read(ref SchemaReader reader)");
        code.Block(
            $"if (!reader.TryFindText({Literals.Utf8(union.Discriminator)}, {expected}, out ReadOnlySpan<byte> alternative))",
            () => code.Line("return null;"));
        code.Line();
        foreach (VariantModel variant in union.Variants)
        {
            code.Block(
                $"if (alternative.SequenceEqual({Literals.Utf8(variant.Value)}))",
                () => code.Line($"return {variant.TypeName}.Reader.Read(ref reader);"));
            code.Line();
        }

        code.Line($"reader.RefuseText({Literals.Utf8(union.Discriminator)}, {expected});");
        code.Line("return null;");
        code.Close().Close();
    }
}
