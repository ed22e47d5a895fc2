using AotBroker.SchemaGen.Parsing;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AotBroker.SchemaGen.Tests;

public sealed class ReservedNamesTests
{
    /// <summary>A type of a schema with the name of one of these would hide it from the emitted code.</summary>
    [Fact]
    public void Every_type_that_the_emitted_code_uses_is_reserved()
    {
        SchemaText[] schemas = [.. Vectors.Load().Select(file => file.Schema)];
        GeneratorRunResult run = GeneratorRun.Run(schemas, new() { ["SchemaGenNamespace"] = "Emitted" });
        CSharpCompilation compilation = GeneratorRun.Compilation().AddSyntaxTrees(run.GeneratedSources.Select(source => source.SyntaxTree));

        IEnumerable<string> used = compilation.SyntaxTrees.SelectMany(tree => UsedTypes(compilation.GetSemanticModel(tree), tree.GetRoot()));
        IEnumerable<string> shared = run.GeneratedSources
            .Where(source => source.HintName.StartsWith("Support.", StringComparison.Ordinal))
            .SelectMany(source => source.SyntaxTree.GetRoot().ChildNodes().SelectMany(node => node.DescendantNodesAndSelf()))
            .OfType<BaseTypeDeclarationSyntax>()
            .Where(type => type.Parent is BaseNamespaceDeclarationSyntax)
            .Select(type => type.Identifier.Text);

        Assert.Equal("", string.Join(", ", used.Concat(shared).Distinct().Where(name => !ReservedNames.Contains(name)).Order(StringComparer.Ordinal)));
    }

    private static IEnumerable<string> UsedTypes(SemanticModel model, SyntaxNode root) =>
        from name in root.DescendantNodes().OfType<SimpleNameSyntax>()
        let type = model.GetSymbolInfo(name).Symbol as INamedTypeSymbol
        where type is { ContainingType: null, Arity: 0 } && type.ContainingNamespace.ToString() != "Emitted"
        where name.Parent is not QualifiedNameSyntax
        select name.Identifier.Text;
}
