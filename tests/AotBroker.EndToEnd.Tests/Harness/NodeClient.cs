using System.Diagnostics;

namespace AotBroker.EndToEnd.Tests;

/// <summary>The official TypeScript SDK, at the version that clients/typescript pins, installed once.</summary>
internal static class NodeClient
{
    private static readonly Lazy<string> s_directory = new(Install);

    /// <summary>Asks one question with the credentials that the SDK finds, and prints the answer.</summary>
    public static string Script => Path.Combine(s_directory.Value, "ask.mjs");

    /// <summary>Node as it is found in PATH.</summary>
    public static string Node { get; } = Find("node");

    public static string Find(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':')
            .Select(directory => Path.Combine(directory, program))
            .FirstOrDefault(File.Exists)
        ?? throw new FileNotFoundException($"there is no {program} in PATH: run publish/prerequisites.sh test");

    /// <summary>Installs what the lock file names below publish/.cache; a changed lock file is another directory.</summary>
    private static string Install()
    {
        var source = Path.Combine(PublishedBinary.RepositoryRoot, "tests/AotBroker.EndToEnd.Tests/clients/typescript");
        var digest = TokenDigest.Of(File.ReadAllText(Path.Combine(source, "package-lock.json")))[..16];
        var target = Path.Combine(PublishedBinary.RepositoryRoot, "publish/.cache/typescript-client-" + digest);
        if (!Directory.Exists(target))
        {
            // Complete or not there: an install that was cut short must not be taken for one.
            var partial = target + "." + Path.GetRandomFileName();
            Directory.CreateDirectory(partial);
            Copy(source, partial, "package.json", "package-lock.json");
            RunNpm(partial);
            try
            {
                Directory.Move(partial, target);
            }
            catch (IOException) when (Directory.Exists(target))
            {
                Directory.Delete(partial, recursive: true); // Another run was first.
            }
        }

        Copy(source, target, "ask.mjs");
        return target;
    }

    private static void Copy(string source, string target, params string[] names) =>
        Array.ForEach(names, name => File.Copy(Path.Combine(source, name), Path.Combine(target, name), overwrite: true));

    private static void RunNpm(string directory)
    {
        // With this machine's own configuration of npm: where packages come from is not the test's business.
        var start = new ProcessStartInfo(Find("npm"), ["ci", "--ignore-scripts", "--no-audit", "--no-fund"])
        {
            WorkingDirectory = directory,
            RedirectStandardOutput = true,
        };
        using var npm = Process.Start(start)!;
        npm.StandardOutput.ReadToEnd();
        npm.WaitForExit();
        Assert.True(npm.ExitCode == 0, $"npm ci ended with {npm.ExitCode}");
    }
}
