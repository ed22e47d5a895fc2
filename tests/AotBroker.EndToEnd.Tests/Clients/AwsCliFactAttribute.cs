using System.ComponentModel;
using System.Diagnostics;

namespace AotBroker.EndToEnd.Tests;

/// <summary>A test with the AWS CLI, of either version; skipped where there is none.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class AwsCliFactAttribute : FactAttribute
{
    private static readonly Lazy<string?> s_program = new(Find);

    public AwsCliFactAttribute() => Skip = s_program.Value is null ? "there is no aws in PATH (Debian's awscli)" : null;

    /// <summary>The CLI itself, which runs with any home.</summary>
    public static string Program => s_program.Value!;

    private static string? Find() => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':')
        .Select(directory => Path.Combine(directory, "aws"))
        .Where(File.Exists)
        .Select(static path => IsShim(path) ? Ask("pyenv", "which", "aws")?.Trim() : path)
        .FirstOrDefault(static path => path is not null && Ask(path, "--version")?.StartsWith("aws-cli/", StringComparison.Ordinal) == true);

    /// <summary>pyenv's stand-in asks for pyenv's configuration at each start; what it stands for does not.</summary>
    private static bool IsShim(string path) => Path.GetFileName(Path.GetDirectoryName(path)) == "shims";

    private static string? Ask(string program, params string[] question)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, question) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            var error = process.StandardError.ReadToEndAsync();
            var answer = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            _ = error.Result;
            return process.ExitCode == 0 ? answer : null;
        }
        catch (Win32Exception)
        {
            return null;
        }
    }
}
