using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace AotBroker.SchemaGen.Tests;

/// <summary>What an edit costs, told by the reasons that the compiler gives for each step.</summary>
public sealed class IncrementalTests
{
    private const string One = """{ "type": "object", "properties": { "a": { "type": "string" } } }""";
    private const string Two = """{ "type": "object", "properties": { "b": { "type": "integer" } } }""";
    private const string Bad = """{ "type": "object", "properties": { "b": { "type": "integer", "minLength": 1 } } }""";

    private readonly SchemaText _one = new("/src/one.schema.json", One);
    private readonly SchemaText _two = new("/src/two.schema.json", Two);

    [Fact]
    public void White_space_leaves_the_model_unchanged_and_the_output_cached()
    {
        GeneratorRunResult run = RunTwice((driver, _) => driver.ReplaceAdditionalText(_one, new SchemaText(_one.Path, "\n\n  " + One.Replace(",", " ,\n", StringComparison.Ordinal))));
        Assert.Equal([IncrementalStepRunReason.Unchanged, IncrementalStepRunReason.Cached], Reasons(run, TrackingNames.Model));
        AssertNothingEmitted(run);
    }

    [Fact]
    public void A_comment_in_the_schema_emits_nothing()
    {
        GeneratorRunResult run = RunTwice((driver, _) => driver.ReplaceAdditionalText(_one, new SchemaText(_one.Path, One.Replace("{ \"type\": \"object\"", "{ \"$comment\": \"x\", \"type\": \"object\"", StringComparison.Ordinal))));
        AssertNothingEmitted(run);
    }

    [Fact]
    public void Unrelated_CSharp_leaves_everything_cached()
    {
        GeneratorRunResult run = RunTwice((driver, _) => driver, "class Added;");
        foreach (string step in new[] { TrackingNames.Parsed, TrackingNames.Model, TrackingNames.Diagnostics, TrackingNames.Collisions, TrackingNames.RefusedFiles })
        {
            Assert.All(Reasons(run, step), reason => Assert.Equal(IncrementalStepRunReason.Cached, reason));
        }

        AssertNothingEmitted(run);
    }

    [Fact]
    public void An_edited_schema_leaves_the_others_cached()
    {
        GeneratorRunResult run = RunTwice((driver, _) => driver.ReplaceAdditionalText(_one, new SchemaText(_one.Path, One.Replace("string", "boolean", StringComparison.Ordinal))));
        Assert.Equal([IncrementalStepRunReason.Modified, IncrementalStepRunReason.Cached], Reasons(run, TrackingNames.Parsed));
        Assert.Equal([IncrementalStepRunReason.Modified, IncrementalStepRunReason.Cached], Reasons(run, TrackingNames.Model));
        Assert.Single(OutputReasons(run), reason => reason == IncrementalStepRunReason.Modified);
    }

    [Fact]
    public void One_of_a_hundred_schemas_is_parsed_and_emitted_alone()
    {
        SchemaText[] many = [.. Enumerable.Range(0, 100).Select(i => new SchemaText($"/src/file{i}.schema.json", One))];
        GeneratorDriver driver = GeneratorRun.Driver(many).RunGenerators(GeneratorRun.Compilation());
        driver = driver.ReplaceAdditionalText(many[41], new SchemaText(many[41].Path, Two)).RunGenerators(GeneratorRun.Compilation());
        GeneratorRunResult run = driver.GetRunResult().Results.Single();

        Assert.Single(Reasons(run, TrackingNames.Parsed), reason => reason != IncrementalStepRunReason.Cached);
        Assert.Single(Reasons(run, TrackingNames.Model), reason => reason != IncrementalStepRunReason.Cached);
        Assert.Single(OutputReasons(run), reason => reason != IncrementalStepRunReason.Cached);
    }

    [Fact]
    public void A_diagnostic_that_only_moved_emits_no_source()
    {
        SchemaText bad = new("/src/bad.schema.json", Bad);
        GeneratorDriver driver = GeneratorRun.Driver([_one, bad]).RunGenerators(GeneratorRun.Compilation());
        Assert.Equal(1, Line(driver));

        driver = driver.ReplaceAdditionalText(bad, new SchemaText(bad.Path, "\n\n" + Bad)).RunGenerators(GeneratorRun.Compilation());
        Assert.Equal(3, Line(driver));

        GeneratorRunResult run = driver.GetRunResult().Results.Single();
        Assert.Contains(IncrementalStepRunReason.Modified, Reasons(run, TrackingNames.Diagnostics));
        Assert.DoesNotContain(IncrementalStepRunReason.Modified, Reasons(run, TrackingNames.Model));
        Assert.Single(OutputReasons(run), reason => reason == IncrementalStepRunReason.Modified);
        Assert.Equal(["One.g.cs"], run.GeneratedSources.Select(source => source.HintName).Where(name => !name.StartsWith("Support.", StringComparison.Ordinal)));
    }

    [Fact]
    public void A_collision_that_only_moved_emits_no_source()
    {
        SchemaText second = new("/src/zzz/one.schema.json", One);
        GeneratorDriver driver = GeneratorRun.Driver([_one, second]).RunGenerators(GeneratorRun.Compilation());
        driver = driver.ReplaceAdditionalText(second, new SchemaText(second.Path, "\n" + One)).RunGenerators(GeneratorRun.Compilation());
        GeneratorRunResult run = driver.GetRunResult().Results.Single();

        Assert.DoesNotContain(IncrementalStepRunReason.Modified, Reasons(run, TrackingNames.RefusedFiles));
        Assert.DoesNotContain(IncrementalStepRunReason.Modified, Reasons(run, TrackingNames.Model));
        Assert.Single(OutputReasons(run), reason => reason == IncrementalStepRunReason.Modified);
    }

    [Fact]
    public void The_output_does_not_depend_on_where_the_project_is()
    {
        string[] here = [.. Sources("/home/someone/src")];
        string[] there = [.. Sources("/build")];
        Assert.Equal(here, there);

        static IEnumerable<string> Sources(string directory) =>
            GeneratorRun.Run(new SchemaText(directory + "/one.schema.json", One)).GeneratedSources.Select(source => source.SourceText.ToString());
    }

    private GeneratorRunResult RunTwice(Func<GeneratorDriver, CSharpCompilation, GeneratorDriver> change, string added = "")
    {
        CSharpCompilation compilation = GeneratorRun.Compilation("class Program;");
        GeneratorDriver driver = GeneratorRun.Driver([_one, _two]).RunGenerators(compilation);
        driver = change(driver, compilation).RunGenerators(compilation.AddSyntaxTrees(CSharpSyntaxTree.ParseText(added, GeneratorRun.ParseOptions)));
        return driver.GetRunResult().Results.Single();
    }

    private static int Line(GeneratorDriver driver) => driver.GetRunResult().Diagnostics.Single().Location.GetLineSpan().StartLinePosition.Line + 1;

    private static void AssertNothingEmitted(GeneratorRunResult run) =>
        Assert.All(OutputReasons(run), reason => Assert.Equal(IncrementalStepRunReason.Cached, reason));

    private static IEnumerable<IncrementalStepRunReason> OutputReasons(GeneratorRunResult run) =>
        Reasons(run.TrackedOutputSteps.SelectMany(step => step.Value));

    private static IEnumerable<IncrementalStepRunReason> Reasons(GeneratorRunResult run, string step) =>
        Reasons(run.TrackedSteps[step]).Order();

    private static IEnumerable<IncrementalStepRunReason> Reasons(IEnumerable<IncrementalGeneratorRunStep> steps) =>
        steps.SelectMany(step => step.Outputs).Select(output => output.Reason);
}
