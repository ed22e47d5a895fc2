using System.ComponentModel;
using System.Diagnostics;
using System.Text.RegularExpressions;

namespace AotBroker.EndToEnd.Tests;

/// <summary>A program that asks the broker for credentials, where this machine has one that is new enough.</summary>
/// <param name="Path">Where it is; null where it is not.</param>
/// <param name="Why">Why it is not there.</param>
internal sealed partial record ClientProgram(string? Path, string? Why)
{
    private static readonly Dictionary<string, ClientProgram> s_found = [];

    /// <summary>Where tests/newer-clients.sh puts what the machine lacks.</summary>
    private static string Fetched(string name) => System.IO.Path.Combine(PublishedBinary.RepositoryRoot, $"publish/.cache/clients-trixie/{name}/bin/{name}");

    /// <summary>The first that is at least of this version: what is in PATH, what the client's installer leaves at home, what was fetched.</summary>
    public static ClientProgram Find(string name, string version)
    {
        lock (s_found)
        {
            var key = $"{name} {version}";
            return s_found.TryGetValue(key, out var known) ? known : s_found[key] = Look(name, Version.Parse(version));
        }
    }

    /// <summary>Its path.</summary>
    /// <exception cref="FileNotFoundException">It is not there: the test should have been skipped.</exception>
    public static string PathOf(string name, string version) => Find(name, version) is { Path: { } path } ? path : throw new FileNotFoundException($"there is no {name} {version}");

    private static ClientProgram Look(string name, Version least)
    {
        string[] places =
        [
            .. (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Select(directory => System.IO.Path.Combine(directory, name)),
            System.IO.Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), $".{name}/bin/{name}"),
        ];
        List<string> seen = [];
        foreach (var place in places.Where(File.Exists).Distinct())
        {
            var path = Actual(name, place);
            var version = VersionOf(name, path);
            if (version >= least)
            {
                return new ClientProgram(path, null);
            }

            seen.Add($"{place} is {version?.ToString() ?? "of no known version"}");
        }

        // The script has seen that it runs, and is new enough.
        return File.Exists(Fetched(name)) ? new ClientProgram(Fetched(name), null) : new ClientProgram(null, $"there is no {name} {least} or later{(seen.Count > 0 ? $" ({string.Join(", ", seen)})" : "")}: tests/newer-clients.sh fetches some");
    }

    /// <summary>The stand-ins of rustup and pyenv need their own home: what they stand for does not.</summary>
    private static string Actual(string name, string path)
    {
        var manager = File.ResolveLinkTarget(path, returnFinalTarget: true) is { Name: "rustup" } rustup ? rustup.FullName
            : System.IO.Path.GetFileName(System.IO.Path.GetDirectoryName(path)) == "shims" ? "pyenv"
            : null;
        return manager is not null && Ask(manager, "which", name)?.Trim() is { Length: > 0 } actual && File.Exists(actual) ? actual : path;
    }

    private static Version? VersionOf(string name, string path)
    {
        string[] question = name switch
        {
            "kubectl" => ["version", "--client"],
            "go" => ["version"],
            _ => ["--version"],
        };
        return Ask(path, question) is { } answer && Number().Match(answer) is { Success: true } match ? Version.Parse(match.Value) : null;
    }

    private static string? Ask(string program, params string[] question)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, question) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            var error = process.StandardError.ReadToEndAsync();
            var answer = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            error.Wait();
            return process.ExitCode == 0 ? answer : null;
        }
        catch (Win32Exception)
        {
            return null;
        }
    }

    [GeneratedRegex(@"\d+\.\d+(\.\d+)?")]
    private static partial Regex Number();
}
