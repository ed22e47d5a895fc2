namespace AotBroker.SchemaGen;

/// <summary>The steps of the pipeline, for tests of what an edit costs.</summary>
internal static class TrackingNames
{
    public const string Options = nameof(Options);
    public const string EmitOptions = nameof(EmitOptions);
    public const string Parsed = nameof(Parsed);
    public const string Model = nameof(Model);
    public const string Diagnostics = nameof(Diagnostics);
    public const string Collisions = nameof(Collisions);
    public const string RefusedFiles = nameof(RefusedFiles);
}
