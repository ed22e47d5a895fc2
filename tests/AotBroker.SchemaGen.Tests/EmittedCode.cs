using System.Reflection;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace AotBroker.SchemaGen.Tests;

/// <summary>The code that is emitted for some schemas, compiled in memory without a warning, and ready to run.</summary>
internal sealed class EmittedCode
{
    private readonly Assembly _assembly;

    private EmittedCode(Assembly assembly) => _assembly = assembly;

    /// <param name="code">C# that is compiled with it; the emitted types are in the namespace Emitted.</param>
    public static EmittedCode Compile(IReadOnlyCollection<SchemaText> schemas, string code = "", string visibility = "internal")
    {
        GeneratorRunResult run = GeneratorRun.Run(schemas, new() { ["SchemaGenNamespace"] = "Emitted", ["SchemaGenVisibility"] = visibility });
        Assert.Empty(run.Diagnostics);

        CSharpCompilation compilation = GeneratorRun.Compilation([.. schemas.Select(Adapter), code])
            .AddSyntaxTrees(run.GeneratedSources.Select(source => source.SyntaxTree));
        Assert.Empty(compilation.GetDiagnostics().Where(diagnostic => diagnostic.Severity >= DiagnosticSeverity.Warning));

        using MemoryStream image = new();
        Assert.True(compilation.Emit(image).Success);
        return new EmittedCode(Assembly.Load(image.ToArray()));
    }

    public static string TypeName(string path) => Parsing.Naming.Root(Path.GetFileName(path));

    /// <summary>The root of a schema file.</summary>
    public IDocument Document(string path) => (IDocument)Activator.CreateInstance(_assembly.GetType($"Adapters.{TypeName(path)}Adapter")!)!;

    public T Function<T>(string type, string method)
        where T : Delegate =>
        _assembly.GetType(type)!.GetMethod(method, BindingFlags.Static | BindingFlags.Public)!.CreateDelegate<T>();

    /// <summary>A span cannot be passed by reflection, so each root gets a class that passes it.</summary>
    private static string Adapter(SchemaText schema) => $$"""
        #nullable enable
        #pragma warning disable CS1591
        using System.Collections.Generic;
        using System.Linq;
        using AotBroker.SchemaGen.Tests;
        using Emitted;

        namespace Adapters
        {
            public sealed class {{TypeName(schema.Path)}}Adapter : IDocument
            {
                public Reading Read(byte[] utf8)
                {
                    bool isRead = Emitted.{{TypeName(schema.Path)}}.TryRead(utf8, out var value, out SchemaProblems problems);
                    return new Reading(isRead ? value : null, List(problems));
                }

                public IReadOnlyList<Problem> Validate(object value) => List(((Emitted.{{TypeName(schema.Path)}})value).Validate());

                public string Write(object value, bool indented) =>
                    System.Text.Encoding.UTF8.GetString(((Emitted.{{TypeName(schema.Path)}})value).ToUtf8Json(indented));

                private static List<Problem> List(SchemaProblems problems) => problems
                    .Select(p => new Problem(p.Kind.ToString(), p.IsError, p.Line, p.Column, p.Pointer, p.Expected, p.Found, p.Suggestion, p.ToString()))
                    .ToList();
            }
        }
        """;
}
