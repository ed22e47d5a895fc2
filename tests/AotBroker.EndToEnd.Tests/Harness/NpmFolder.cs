using System.Diagnostics;

namespace AotBroker.EndToEnd.Tests;

/// <summary>Packages of npm at the versions that a lock file below Clients pins, installed once.</summary>
internal static class NpmFolder
{
    /// <summary>Installs what the lock file names below publish/.cache; a changed lock file is another directory.</summary>
    /// <param name="folder">A folder below Clients.</param>
    /// <param name="scripts">What is copied there each time.</param>
    public static string Install(string folder, params string[] scripts)
    {
        var source = Path.Combine(PublishedBinary.RepositoryRoot, "tests/AotBroker.EndToEnd.Tests/Clients", folder);
        var digest = TokenDigest.Of(File.ReadAllText(Path.Combine(source, "package-lock.json")))[..16];
        var target = Path.Combine(PublishedBinary.RepositoryRoot, $"publish/.cache/{Path.GetFileName(folder)}-client-{digest}");
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

        Copy(source, target, scripts);
        return target;
    }

    private static void Copy(string source, string target, params string[] names) =>
        Array.ForEach(names, name => File.Copy(Path.Combine(source, name), Path.Combine(target, name), overwrite: true));

    private static void RunNpm(string directory)
    {
        // With this machine's own configuration of npm: where packages come from is not the test's business.
        var start = new ProcessStartInfo(NodeClient.Find("npm"), ["ci", "--ignore-scripts", "--no-audit", "--no-fund"])
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
