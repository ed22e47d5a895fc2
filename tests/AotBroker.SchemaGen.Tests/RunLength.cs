using System.Globalization;

namespace AotBroker.SchemaGen.Tests;

/// <summary>Environment variables make the tests on generated inputs longer, or different.</summary>
internal static class RunLength
{
    public static int Number(string variable, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), CultureInfo.InvariantCulture, out int number) ? number : otherwise;
}
