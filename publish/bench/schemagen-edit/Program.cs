using System.Diagnostics;
using System.Globalization;
using AotBroker.Bench;
using AotBroker.SchemaGen;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

// schemagen-edit SCHEMA COUNT: makes a hundred files of a schema, edits one after the other, and prints how long the generator
// takes for an edit: the first and the median, in milliseconds
const int files = 100;
string schema = File.ReadAllText(args[0]);
int count = int.Parse(args[1], CultureInfo.InvariantCulture);

CSharpCompilation compilation = CSharpCompilation.Create("Edited", options: new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary));
AdditionalText[] texts = [.. Enumerable.Range(0, files).Select(i => NumberedSchema.Of(schema, i, edit: -1))];
GeneratorDriver driver = CSharpGeneratorDriver.Create([new SchemaGenerator().AsSourceGenerator()], texts).RunGenerators(compilation);
double[] times = new double[count];
for (int edit = 0; edit < count; edit++)
{
    AdditionalText edited = NumberedSchema.Of(schema, edit % files, edit);
    driver = driver.ReplaceAdditionalText(texts[edit % files], edited);
    texts[edit % files] = edited;
    long start = Stopwatch.GetTimestamp();
    driver = driver.RunGenerators(compilation);
    times[edit] = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
}

GeneratorDriverRunResult result = driver.GetRunResult();
int emitted = result.GeneratedTrees.Count(tree => !Path.GetFileName(tree.FilePath).StartsWith("Support.", StringComparison.Ordinal));
if (!result.Diagnostics.IsEmpty || emitted < files)
{
    Console.Error.WriteLine($"schemagen-edit: {emitted} files of {files} schemas: {string.Join("; ", result.Diagnostics)}");
    return 1;
}

double first = times[0];
Array.Sort(times);
Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{first:0.0} {times[count / 2]:0.0}"));
return 0;
