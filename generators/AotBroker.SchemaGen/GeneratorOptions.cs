using System.Collections.Generic;
using System.Linq;
using AotBroker.SchemaGen.Diagnostics;
using AotBroker.SchemaGen.Emitting;
using AotBroker.SchemaGen.Model;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;

namespace AotBroker.SchemaGen;

/// <summary>What the project file says: the namespace of the emitted types, and who sees them.</summary>
internal sealed record GeneratorOptions(EmitOptions Emit, EquatableArray<DiagnosticInfo> Diagnostics)
{
    public static GeneratorOptions Read(AnalyzerConfigOptions options)
    {
        var diagnostics = new List<DiagnosticInfo>();
        string? given = Property(options, "SchemaGenNamespace");
        string? root = Property(options, "RootNamespace");
        string name = given ?? (root is null ? "Schemas" : root + ".Schemas");
        if (!name.Split('.').All(SyntaxFacts.IsValidIdentifier))
        {
            diagnostics.Add(Wrong("SchemaGenNamespace", "a namespace", name));
            name = "Schemas";
        }

        string visibility = Property(options, "SchemaGenVisibility") ?? "internal";
        if (visibility is not ("internal" or "public"))
        {
            diagnostics.Add(Wrong("SchemaGenVisibility", "internal or public", visibility));
            visibility = "internal";
        }

        return new GeneratorOptions(new EmitOptions(name, visibility), new EquatableArray<DiagnosticInfo>(diagnostics));
    }

    private static string? Property(AnalyzerConfigOptions options, string name) =>
        options.TryGetValue("build_property." + name, out string? value) && value.Length > 0 ? value : null;

    private static DiagnosticInfo Wrong(string property, string expected, string found) =>
        new(Descriptors.WrongOption.Id, LocationInfo.None, new EquatableArray<string>([property, expected, found]));
}
