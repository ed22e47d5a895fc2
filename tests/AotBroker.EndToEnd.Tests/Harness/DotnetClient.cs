using System.Runtime.InteropServices;

namespace AotBroker.EndToEnd.Tests;

/// <summary>tests/ClientPrograms: a program for each of .NET's SDKs, built with the solution.</summary>
internal static class DotnetClient
{
    /// <summary>The runtime's own program: the one that runs these tests.</summary>
    public static string Dotnet { get; } = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "../../../dotnet"));

    public static string Program { get; } = Find();

    public static Launch Run(params string[] arguments) => new([Program, .. arguments]) { Program = Dotnet };

    /// <summary>The same configuration and framework as the tests'.</summary>
    private static string Find()
    {
        var built = Path.GetRelativePath(Path.Combine(PublishedBinary.RepositoryRoot, "tests/AotBroker.EndToEnd.Tests"), AppContext.BaseDirectory);
        return Path.Combine(PublishedBinary.RepositoryRoot, "tests/ClientPrograms", built, "ClientPrograms.dll");
    }
}
