using AotBroker.Tests;

namespace AotBroker.EndToEnd.Tests;

/// <summary>
/// The program under test: what publish/build.sh made, or what AOTBROKER_BINARY names. A copy of it, so that a build that
/// replaces it meanwhile does no harm.
/// </summary>
internal static class PublishedBinary
{
    private static readonly Lazy<string> s_copy = new(Copy);

    public static string Path => s_copy.Value;

    /// <summary>The directory of the solution.</summary>
    public static string RepositoryRoot { get; } = FindRepositoryRoot();

    private static string Copy()
    {
        var published = Environment.GetEnvironmentVariable("AOTBROKER_BINARY") is { Length: > 0 } named
            ? named
            : System.IO.Path.Combine(RepositoryRoot, "publish/out/linux-x64/aotbroker");
        if (!File.Exists(published))
        {
            throw new FileNotFoundException($"there is no {published}: run publish/build.sh first");
        }

        var directory = Directory.CreateTempSubdirectory("aotbroker-e2e-binary-").FullName;
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(directory, recursive: true);
        const UnixFileMode everyoneMayRun = (UnixFileMode)0b111_101_101;
        File.SetUnixFileMode(directory, everyoneMayRun);
        var copy = System.IO.Path.Combine(directory, "aotbroker");
        ExecutableFile.Copy(published, copy);
        File.SetUnixFileMode(copy, everyoneMayRun);
        return copy;
    }

    private static string FindRepositoryRoot()
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(System.IO.Path.Combine(directory.FullName, "AotBroker.sln")))
        {
            directory = directory.Parent ?? throw new DirectoryNotFoundException("AotBroker.sln is in no parent directory");
        }

        return directory.FullName;
    }
}
