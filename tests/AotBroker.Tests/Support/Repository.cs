namespace AotBroker.Tests;

/// <summary>Where the files of the repository are.</summary>
internal static class Repository
{
    public static string Root { get; } = FindRoot();

    public static string Vectors(string folder) => Path.Combine(Root, "tests", "vectors", folder);

    /// <summary>The build maps the path of this file, so the search goes up from the test's own directory.</summary>
    private static string FindRoot()
    {
        string? directory = AppContext.BaseDirectory;
        while (directory is not null && !File.Exists(Path.Combine(directory, "Directory.Packages.props")))
        {
            directory = Path.GetDirectoryName(directory);
        }
        return directory ?? throw new InvalidOperationException("The tests do not run inside of the repository.");
    }
}
