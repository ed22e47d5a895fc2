using System.Text.RegularExpressions;

namespace AotBroker.EndToEnd.Tests;

/// <summary>A fresh hit takes no lock, opens no socket, starts no thread, writes nothing (invariant 2): its system calls tell.</summary>
public sealed partial class FreshHitTests : BrokerTest
{
    private static readonly HashSet<string> s_never =
    [
        "flock", "fcntl", "socket", "connect", "bind", "sendto", "sendmsg", "epoll_create1", "eventfd2", "pipe2", "rename", "renameat",
        "renameat2", "unlink", "unlinkat", "mkdir", "mkdirat", "link", "symlink", "chmod", "fchmod", "truncate", "ftruncate", "fsync",
        "fdatasync", "utimensat", "fork", "vfork", "execveat", "nanosleep", "clock_nanosleep",
    ];

    [StraceFact]
    public async Task With_the_federation_variables()
    {
        UseFederationVariables();

        await IsFreeAsync(new Launch("get"), firstOwnAccess: "/identity/token");
    }

    [StraceFact]
    public async Task With_GitHubs_service()
    {
        UseGitHubVariables();

        await IsFreeAsync(new Launch("get", "--min-ttl", "60"), firstOwnAccess: "/cache/anthropic-");
    }

    [StraceFact]
    public async Task With_a_profile_in_every_format()
    {
        Sandbox.WriteProfile("default", NewProfile());
        foreach (var format in new[] { "token", "json", "header", "env", "anthropic" })
        {
            await IsFreeAsync(new Launch("get", "--profile", "default", "--format", format), firstOwnAccess: "default.json");
        }
    }

    [StraceFact]
    public async Task What_is_looked_for_here_is_found_in_a_miss()
    {
        UseFederationVariables();

        var calls = await TraceAsync(new Launch("get"));

        Assert.All(["flock", "socket", "connect", "rename", "mkdir", "fsync"], name => Assert.Contains(calls, call => call.Name == name));
        Assert.Contains(calls, call => call.Name == "openat" && OpensToWrite(call.Text));
        Assert.Contains(calls, call => call.Name is "clone" or "clone3");
    }

    private async Task IsFreeAsync(Launch hit, string firstOwnAccess)
    {
        (await Sandbox.RunAsync(hit)).Succeeded();
        var before = Snapshot();

        var calls = await TraceAsync(hit);

        Assert.DoesNotContain(calls, call => s_never.Contains(call.Name));
        Assert.DoesNotContain(calls, call => call.Name is "open" or "openat" && OpensToWrite(call.Text));
        Assert.StartsWith("write(1, ", Assert.Single(calls, call => call.Name is "write" or "writev" or "pwrite64").Text, StringComparison.Ordinal);

        // The runtime starts one thread of its own, for finalizers, before the program begins; the program starts none.
        var begin = calls.FindIndex(call => call.Text.Contains(firstOwnAccess, StringComparison.Ordinal));
        Assert.True(begin >= 0, "the program's own first access was not traced");
        Assert.DoesNotContain(calls[begin..], call => call.Name is "clone" or "clone3");
        Assert.InRange(calls.Count(call => call.Name is "clone" or "clone3"), 0, 1);
        Assert.Equal(before, Snapshot());
        Assert.Equal(1, Endpoint.Events.Presentations);
    }

    private async Task<List<(string Name, string Text)>> TraceAsync(Launch launch)
    {
        var log = Path.Combine(Sandbox.Root, "strace-" + Path.GetRandomFileName());
        (await Sandbox.RunAsync(launch with { Program = "strace", Arguments = ["-f", "-s", "300", "-o", log, PublishedBinary.Path, .. launch.Arguments] })).Succeeded();
        List<(string Name, string Text)> calls = [];
        foreach (var line in await File.ReadAllLinesAsync(log))
        {
            if (Call().Match(line) is { Success: true } call)
            {
                calls.Add((call.Groups["name"].Value, call.Groups["text"].Value));
            }
        }

        // It holds what the program wrote, the credential among it.
        File.Delete(log);
        Assert.Contains(calls, call => call.Name == "execve");
        return calls;
    }

    private static bool OpensToWrite(string call) =>
        call.Contains("O_WRONLY", StringComparison.Ordinal) || call.Contains("O_RDWR", StringComparison.Ordinal) || call.Contains("O_CREAT", StringComparison.Ordinal);

    /// <summary>Every file of the cache with its content's digest and the time of its last change.</summary>
    private List<string> Snapshot() => [.. Directory.GetFileSystemEntries(Sandbox.Cache, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
        .Select(path => $"{path} {File.GetLastWriteTimeUtc(path):O} {(File.Exists(path) ? TokenDigest.Of(File.ReadAllText(path)) : "")}")];

    [GeneratedRegex(@"^\d+ +(?<text>(?<name>[a-z][a-z0-9_]*)[( ].*)$")]
    private static partial Regex Call();
}
