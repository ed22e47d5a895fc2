using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using System.Threading;
using AotBroker.SchemaGen.Diagnostics;
using AotBroker.SchemaGen.Emitting;
using AotBroker.SchemaGen.Model;
using AotBroker.SchemaGen.Parsing;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace AotBroker.SchemaGen;

/// <summary>
/// The pipeline: schema files are parsed one by one, models and diagnostics go separate ways, and each model is emitted by
/// itself. So an edit costs what it changes.
/// </summary>
[Generator(LanguageNames.CSharp)]
public sealed class SchemaGenerator : IIncrementalGenerator
{
    public void Initialize(IncrementalGeneratorInitializationContext context)
    {
        IncrementalValueProvider<GeneratorOptions> options = context.AnalyzerConfigOptionsProvider
            .Select(static (provider, _) => GeneratorOptions.Read(provider.GlobalOptions))
            .WithTrackingName(TrackingNames.Options);
        IncrementalValueProvider<EmitOptions> emitOptions = options
            .Select(static (read, _) => read.Emit)
            .WithTrackingName(TrackingNames.EmitOptions);
        IncrementalValuesProvider<ParsedSchema> parsed = context.AdditionalTextsProvider
            .Where(static file => file.Path.EndsWith(".schema.json", StringComparison.OrdinalIgnoreCase))
            .Select(static (file, cancellation) => Parse(file, cancellation))
            .WithTrackingName(TrackingNames.Parsed);
        IncrementalValueProvider<FileCollisions> collisions = parsed
            .Select(static (schema, _) => new FileNames(schema.Path, schema.Names))
            .Collect()
            .Select(static (files, _) => FileCollisions.Find(files))
            .WithTrackingName(TrackingNames.Collisions);
        IncrementalValueProvider<EquatableArray<string>> refused = collisions
            .Select(static (found, _) => found.RefusedPaths)
            .WithTrackingName(TrackingNames.RefusedFiles);
        IncrementalValuesProvider<SchemaModel?> models = parsed
            .Combine(refused)
            .Select(static (pair, _) => pair.Right.Contains(pair.Left.Path) ? null : pair.Left.Model)
            .WithTrackingName(TrackingNames.Model);
        IncrementalValuesProvider<EquatableArray<DiagnosticInfo>> diagnostics = parsed
            .Select(static (schema, _) => schema.Diagnostics)
            .WithTrackingName(TrackingNames.Diagnostics);

        context.RegisterSourceOutput(emitOptions, static (output, emit) => Add(output, SupportFiles.Emit(emit)));
        context.RegisterSourceOutput(models.Combine(emitOptions), static (output, pair) => Emit(output, pair.Left, pair.Right));
        context.RegisterSourceOutput(diagnostics, static (output, found) => Report(output, found));
        context.RegisterSourceOutput(collisions, static (output, found) => Report(output, found.Diagnostics));
        context.RegisterSourceOutput(options, static (output, read) => Report(output, read.Diagnostics));
    }

    private static ParsedSchema Parse(AdditionalText file, CancellationToken cancellation) =>
        SchemaParser.Parse(file.Path, file.GetText(cancellation) ?? Microsoft.CodeAnalysis.Text.SourceText.From("", Encoding.UTF8));

    private static void Emit(SourceProductionContext output, SchemaModel? schema, EmitOptions options)
    {
        if (schema is not null)
        {
            Add(output, SchemaEmitter.Emit(schema, options));
        }
    }

    private static void Add(SourceProductionContext output, IEnumerable<SourceFile> files)
    {
        foreach (SourceFile file in files)
        {
            output.CancellationToken.ThrowIfCancellationRequested();
            output.AddSource(file.HintName, Microsoft.CodeAnalysis.Text.SourceText.From(file.Text, Encoding.UTF8));
        }
    }

    private static void Report(SourceProductionContext output, EquatableArray<DiagnosticInfo> diagnostics)
    {
        foreach (DiagnosticInfo diagnostic in diagnostics)
        {
            output.ReportDiagnostic(diagnostic.ToDiagnostic());
        }
    }
}
