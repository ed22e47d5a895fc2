using AotBroker.SchemaGen.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;

namespace AotBroker.SchemaGen.Diagnostics;

/// <summary>A diagnostic as data, so that the pipeline can compare it; it becomes a Diagnostic when it is reported.</summary>
internal sealed record DiagnosticInfo(string Id, LocationInfo Location, EquatableArray<string> Arguments)
{
    public Diagnostic ToDiagnostic() =>
        Diagnostic.Create(Descriptors.Get(Id), Location.ToLocation(), [.. Arguments]);
}

/// <summary>A place in a schema file. Lines and columns count from zero, as Roslyn's do.</summary>
internal sealed record LocationInfo(string Path, int Start, int Length, int Line, int Column, int EndLine, int EndColumn)
{
    /// <summary>Nowhere: the project file is not a schema.</summary>
    public static readonly LocationInfo None = new("", 0, 0, 0, 0, 0, 0);

    public static LocationInfo Create(string path, SourceText text, TextSpan span)
    {
        LinePositionSpan lines = text.Lines.GetLinePositionSpan(span);
        return new LocationInfo(
            path, span.Start, span.Length, lines.Start.Line, lines.Start.Character, lines.End.Line, lines.End.Character);
    }

    public Location ToLocation() => Path.Length == 0 ? Microsoft.CodeAnalysis.Location.None : Microsoft.CodeAnalysis.Location.Create(
        Path,
        new TextSpan(Start, Length),
        new LinePositionSpan(new LinePosition(Line, Column), new LinePosition(EndLine, EndColumn)));
}
