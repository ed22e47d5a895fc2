using System.Collections;
using System.Reflection;
using AotBroker.SchemaGen.Model;
using AotBroker.SchemaGen.Parsing;
using Microsoft.CodeAnalysis;

namespace AotBroker.SchemaGen.Tests;

/// <summary>What the pipeline keeps between two runs holds nothing of a compilation: that would keep all of it in memory.</summary>
public sealed class ModelGraphTests
{
    [Fact]
    public void Nothing_in_the_pipeline_leads_to_an_object_of_Roslyn()
    {
        SchemaText[] schemas =
        [
            .. Vectors.Load().Select(file => file.Schema),
            new("/src/bad.schema.json", """{ "type": "object", "minLength": 1 }"""),
        ];
        foreach (SchemaText schema in schemas)
        {
            Assert.Empty(ForbiddenIn(SchemaParser.Parse(schema.Path, schema.GetText())));
        }
    }

    [Fact]
    public void No_model_holds_a_path_or_a_position()
    {
        SchemaText schema = Vectors.Load().First().Schema;
        SchemaModel? model = SchemaParser.Parse("/some/where/" + schema.Path, schema.GetText()).Model;
        Assert.NotNull(model);
        Assert.DoesNotContain(Reachable(model), item => item is string text && text.Contains("/some/where", StringComparison.Ordinal));
        Assert.DoesNotContain(Reachable(model), item => item is Diagnostics.LocationInfo);
    }

    /// <summary>The walk can fail: it finds what it looks for, also behind a field, in a list and in a closure.</summary>
    [Fact]
    public void The_walk_finds_what_it_looks_for()
    {
        Compilation compilation = GeneratorRun.Compilation("class C;");
        ISymbol symbol = compilation.GetTypeByMetadataName("C")!;
        SyntaxNode node = compilation.SyntaxTrees.Single().GetRoot();
        Func<string> closure = () => symbol.Name;

        Assert.NotEmpty(ForbiddenIn(compilation));
        Assert.NotEmpty(ForbiddenIn(new List<object> { "a", Tuple.Create(1, symbol) }));
        Assert.NotEmpty(ForbiddenIn(new Dictionary<string, object> { ["a"] = node }));
        Assert.NotEmpty(ForbiddenIn(closure));
        Assert.NotEmpty(ForbiddenIn(new { Location = node.GetLocation() }));
        Assert.NotEmpty(ForbiddenIn(new SchemaText("a", "{}")));
    }

    private static IEnumerable<object> ForbiddenIn(object root) => Reachable(root).Where(item =>
        item is Compilation or ISymbol or SyntaxNode or SyntaxTree or SemanticModel or AdditionalText or Diagnostic or Location
        || item.GetType().Assembly.GetName().Name!.StartsWith("Microsoft.CodeAnalysis", StringComparison.Ordinal));

    /// <summary>Every object that fields lead to, whatever their visibility.</summary>
    private static HashSet<object> Reachable(object root)
    {
        HashSet<object> seen = new(ReferenceEqualityComparer.Instance);
        Stack<object> open = new([root]);
        while (open.TryPop(out object? item))
        {
            if (item is Pointer or Type or Assembly || (!item.GetType().IsValueType && !seen.Add(item)) || item is string)
            {
                continue;
            }

            seen.Add(item);
            if (item is Array array)
            {
                Push(open, array);
                continue;
            }

            for (Type? type = item.GetType(); type is not null && !type.IsPrimitive; type = type.BaseType)
            {
                Push(open, type.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly).Select(field => field.GetValue(item)));
            }
        }

        return seen;
    }

    private static void Push(Stack<object> open, IEnumerable items)
    {
        foreach (object? item in items)
        {
            if (item is not null)
            {
                open.Push(item);
            }
        }
    }
}
