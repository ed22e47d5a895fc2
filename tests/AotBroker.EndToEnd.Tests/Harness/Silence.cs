using System.Text;
using System.Text.RegularExpressions;

namespace AotBroker.EndToEnd.Tests;

/// <summary>
/// Invariant 5, after every test: no secret in what the processes wrote to standard error, in what failed ones wrote to
/// standard output, in a file's name, or in any file but the cache's entries and the published credentials.
/// </summary>
internal static partial class Silence
{
    /// <summary>By SIGKILL, and that may be after it has printed what it was asked for.</summary>
    private const int KilledAfterItsWork = 128 + Posix.SignalKill;

    public static void Check(Sandbox sandbox)
    {
        var secrets = SecretForms.Of(sandbox.Secrets);
        foreach (var process in sandbox.Processes)
        {
            var result = process.Result ?? throw new InvalidOperationException($"nobody waited for process {process.Id}");
            Check($"standard error of process {process.Id}", result.Error, secrets);
            if (result.ExitCode is not (0 or KilledAfterItsWork))
            {
                Check($"standard output of process {process.Id}, which failed", result.Output, secrets);
            }
        }

        foreach (var path in Directory.EnumerateFileSystemEntries(sandbox.Root, "*", EverythingBelow))
        {
            Check("the name of a file", Encoding.UTF8.GetBytes(path), secrets);
            var info = new FileInfo(path);
            var isReadable = info.Exists && info.LinkTarget is null && info.UnixFileMode.HasFlag(UnixFileMode.UserRead) && IsRegular(path);
            if (isReadable && !sandbox.SecretFiles.Contains(path))
            {
                CheckFile(path, secrets);
            }
        }
    }

    private static EnumerationOptions EverythingBelow { get; } = new()
    {
        RecurseSubdirectories = true,
        AttributesToSkip = FileAttributes.None,
        IgnoreInaccessible = false,
    };

    private static void CheckFile(string path, string[] secrets)
    {
        var content = File.ReadAllBytes(path);
        if (IsCredential(path))
        {
            // Access tokens belong here, identity tokens do not.
            Assert.False(JsonWebToken().IsMatch(Encoding.Latin1.GetString(content)), $"{path} holds an identity token");
            Check(path, content, [.. secrets.Where(secret => !secret.StartsWith("sk-ant-", StringComparison.Ordinal))], accessTokens: true);
            return;
        }

        Check(path, content, secrets);
    }

    private static bool IsCredential(string path) =>
        Sandbox.IsEntry(Path.GetFileName(path)) || Path.GetFileName(Path.GetDirectoryName(path)) == "credentials";

    private static void Check(string place, byte[] octets, string[] secrets, bool accessTokens = false)
    {
        var text = Encoding.Latin1.GetString(octets);
        foreach (var secret in secrets)
        {
            Assert.False(text.Contains(secret, StringComparison.Ordinal), $"{place} holds a secret");
        }

        Assert.False(JsonWebToken().IsMatch(text), $"{place} holds a JWT");
        Assert.False(!accessTokens && AccessToken().IsMatch(text), $"{place} holds an access token");
    }

    private static bool IsRegular(string path) => (File.GetAttributes(path) & (FileAttributes.Directory | FileAttributes.Device)) == 0
        && new FileInfo(path).Length > 0;

    // Also tokens that a test never saw, such as those GitHub's service minted for a process.
    [GeneratedRegex(@"eyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}")]
    private static partial Regex JsonWebToken();

    [GeneratedRegex("sk-ant-o[ar]t01-[A-Za-z0-9_-]{8,}")]
    private static partial Regex AccessToken();
}
