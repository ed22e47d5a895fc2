using System.Collections.Concurrent;
using System.Text.RegularExpressions;
using Xunit.Abstractions;

namespace AotBroker.EndToEnd.Tests;

/// <summary>
/// Every system call that concerns files fails once, one run for each and for each error: the caller gets its credential
/// where that is possible, and else one clear error (invariant 10); nothing is corrupt afterwards (invariant 4), and the
/// token is presented once, or a second time with a word about it (invariant 1).
/// </summary>
/// <remarks>
/// From the first access to a file of the broker on; for `exec`, from the first to what it publishes, because what comes
/// before is that of `get`. The runtime's own files, before and in between, are in the longer run (AOTBROKER_FAULTS=all),
/// where it may also end without a word of the broker's. Nobody interrupts the reading of a directory: POSIX does not know
/// that, and the runtime would never come to its end.
/// </remarks>
[Collection(Bursts.Name)]
public sealed partial class FailingCallTests(ITestOutputHelper output)
{
    private static readonly string[] s_errors = ["ENOSPC", "EDQUOT", "EACCES", "EROFS", "EIO", "EMFILE", "EINTR", "ENOLCK"];

    private static readonly HashSet<string> s_fileCalls =
    [
        "access", "chmod", "close", "dup", "dup2", "dup3", "faccessat", "faccessat2", "fallocate", "fchmod", "fchmodat", "fchown", "fcntl", "fdatasync", "flock",
        "fstat", "fstatfs", "fsync", "ftruncate", "getcwd", "getdents64", "ioctl", "link", "linkat", "lseek", "lstat", "mkdir", "mkdirat", "newfstatat",
        "open", "openat", "pread64", "preadv", "pwrite64", "pwritev", "read", "readlink", "readlinkat", "readv", "rename", "renameat", "renameat2", "rmdir",
        "stat", "statfs", "statx", "symlink", "symlinkat", "truncate", "umask", "unlink", "unlinkat", "utimensat", "write", "writev",
    ];

    /// <summary>Where POSIX lets a call be interrupted, it is made again and nobody hears of it.</summary>
    private static readonly HashSet<string> s_interruptible =
        ["open", "openat", "read", "pread64", "write", "pwrite64", "fsync", "fdatasync", "flock", "ftruncate", "fchmod", "close"];

    /// <summary>As docs/errors.md has them, but for "an error that should not happen".</summary>
    private static readonly int[] s_exitCodes = [0, 3, 4, 5, 6, 7];

    /// <summary>What makes something: for a quota that is used up.</summary>
    private static readonly HashSet<string> s_making = ["open", "openat", "write", "link", "mkdir", "rename", "fsync"];

    private const string How = "strace makes the call fail; then a second process does the same undisturbed";

    /// <summary>More runs than any machine needs for less than the whole way.</summary>
    private const int FewestOfGet = 400;
    private const int FewestOfExec = 600;

    /// <summary>Whether a call is tried with an error. The longer run tries them all, but for the one that has no end.</summary>
    private static bool MayAnswer(string call, string error) => error switch
    {
        "EINTR" => call != "getdents64",
        "ENOLCK" => Faults.All || call is "flock" or "fcntl",
        "EDQUOT" => Faults.All || s_making.Contains(call),
        _ => true,
    };

    private static string Runs(int fewest) => $"one for each call and each error that it may have of {string.Join(", ", s_errors)}, more than {fewest}";

    [StraceFact]
    public async Task A_cold_get()
    {
        var seen = await FailEverywhereAsync(isExec: false);

        ReliabilityTable.Check(fault: "a file system call of `get` fails", How, Runs(FewestOfGet), seen.Told());
    }

    [StraceFact]
    public async Task A_start_of_exec()
    {
        var seen = await FailEverywhereAsync(isExec: true);

        ReliabilityTable.Check(fault: "a file system call of `exec` or its companion fails", How, Runs(FewestOfExec), seen.Told() + "; nothing that was published is left");
    }

    private sealed record Failure(SystemCall Call, string Error, bool Lasts);

    private async Task<Seen> FailEverywhereAsync(bool isExec)
    {
        var calls = await CallsAsync(isExec);
        Failure[] failures = [.. from call in calls
                                 from error in s_errors
                                 where MayAnswer(call.Name, error)
                                 from lasts in Faults.All && error != "EINTR" ? [false, true] : new[] { false }
                                 select new Failure(call, error, lasts)];
        var seen = new Seen();
        ConcurrentBag<string> wrong = [];
        ConcurrentBag<Failure> notMet = [];
        await Faults.EachAsync(failures, async (failure, endpoint) =>
        {
            try
            {
                if (!await IsFailedAsync(failure, endpoint, isExec, seen))
                {
                    notMet.Add(failure);
                }
            }
            catch (Exception what)
            {
                wrong.Add($"{failure}: {what.Message}");
            }
        });
        output.WriteLine($"{calls.Count} calls, {failures.Length} runs; not met: {string.Join(", ", notMet)}\n{seen}");
        Assert.True(wrong.IsEmpty, $"{wrong.Count} runs went wrong\n{string.Join('\n', wrong.Order())}");
        Assert.True(notMet.Count <= failures.Length / 50, "too many calls were not met");
        Assert.True(failures.Length > (isExec ? FewestOfExec : FewestOfGet), $"only {failures.Length} runs");
        return seen;
    }

    private static async Task<IReadOnlyList<SystemCall>> CallsAsync(bool isExec)
    {
        await using var endpoint = await LocalEndpoint.StartAsync(new LocalEndpointOptions { HttpsPort = null });
        using var first = new FirstProcess(endpoint, Source.ProfileWithFile, isExec);
        var (result, trace) = await SystemCalls.TraceAsync(first.Sandbox, first.Launch);
        result.Succeeded();
        var from = first.Sandbox.Root + (isExec ? "/cache/exec" : "");
        return [.. trace.OfTheProgram(from: Faults.All ? null : from).Where(call => s_fileCalls.Contains(call.Name))];
    }

    private static async Task<bool> IsFailedAsync(Failure failure, LocalEndpoint endpoint, bool isExec, Seen seen)
    {
        using var first = new FirstProcess(endpoint, Source.ProfileWithFile, isExec);
        var (result, trace) = await SystemCalls.FailAsync(first.Sandbox, first.Launch, failure.Call, failure.Error, failure.Lasts);
        var failed = trace.Failed.Select(text => text.Replace(first.Sandbox.Root, "", StringComparison.Ordinal)).FirstOrDefault("");
        try
        {
            if (!RequireClear(result, failed, failure))
            {
                return failed.Length > 0;
            }

            seen.Add(result, failed);
            await CheckAftermathAsync(first, result, mostPresentations: Math.Max(1, trace.ThreadsThatFailed));
            return failed.Length > 0;
        }
        catch (Exception wrong)
        {
            throw new InvalidOperationException($"{failed}\n{result}\n{wrong.Message}", wrong);
        }
    }

    /// <summary>What the caller is told, by what failed. False where the runtime itself could not go on.</summary>
    private static bool RequireClear(ProcessResult result, string failed, Failure failure)
    {
        var (call, error, lasts) = failure;
        var isOwn = OfTheBroker().IsMatch(failed);
        if (failed.Length == 0)
        {
            result.Succeeded();
            return true;
        }

        if (result.ExitCode != 0 && Faults.All && !isOwn)
        {
            return false;
        }

        Assert.DoesNotContain("AB0101", result.ErrorText, StringComparison.Ordinal);
        if (lasts)
        {
            Assert.Contains(result.ExitCode, s_exitCodes);

            // Where nothing at all can be written, the exit code is all that is left to tell it.
            Assert.Equal(result.ExitCode != 0 && call.Name != "write", result.ErrorText.Contains("error[AB", StringComparison.Ordinal));
        }
        else if (error == "EINTR" && s_interruptible.Contains(call.Name))
        {
            result.Succeeded();
        }
        else if (call.Name != "close" && failed.Contains("/config/", StringComparison.Ordinal))
        {
            result.Failed("AB0308", 3);
        }
        else if (call.Name != "close" && failed.Contains("/identity/", StringComparison.Ordinal))
        {
            // What was not at hand for the look into the cache is looked for once more: a file may have been in the making.
            _ = result.ExitCode == 0 ? result.Succeeded() : result.Failed("AB0402", 4);
        }
        else if (failed.StartsWith("write(1<", StringComparison.Ordinal))
        {
            result.Failed("AB0706", 7);
        }
        else
        {
            result.SucceededWithNotes();
        }

        return true;
    }

    /// <summary>What a second process finds.</summary>
    /// <param name="first">The one whose call failed.</param>
    /// <param name="result">How that ended.</param>
    /// <param name="mostPresentations">One; of `exec` and its companion one each where both lost the cache.</param>
    private static async Task CheckAftermathAsync(FirstProcess first, ProcessResult result, int mostPresentations)
    {
        var sandbox = first.Sandbox;
        var presented = first.Endpoint.Events.Presentations;
        Assert.InRange(presented, result.ExitCode == 0 ? 1 : 0, mostPresentations);
        StoredFiles.RequireWhole(sandbox);
        var stored = StoredFiles.Credential(sandbox);

        var (second, token) = await first.SecondAsync();
        var repeated = Aftermath.Repeated(first.Endpoint);
        if (stored is not null)
        {
            second.Succeeded();
            Assert.Equal((stored, presented), (token, first.Endpoint.Events.Presentations));
        }
        else if (presented == 0)
        {
            second.SucceededWithNotes();
            Assert.Equal(1, first.Endpoint.Events.Presentations);
        }
        else
        {
            // What the token gave is lost.
            Assert.InRange(repeated, 0, mostPresentations);
            _ = repeated == 0 ? second.Failed("AB0408", 4) : second.Failed("AB0501", 5);
            Assert.True(
                repeated == 0 || second.ErrorText.Contains("warning[AB0707]", StringComparison.Ordinal) || Foretold().IsMatch(result.ErrorText),
                "a second presentation that nobody was told of");
            sandbox.NewIdentityFile(first.Endpoint);
            (second, token) = await first.SecondAsync();
            second.Succeeded();
        }

        Assert.NotNull(first.Endpoint.Grants.Find(token!));
        Assert.Equal(token, (await sandbox.RunAsync("get", "--timeout", "1")).Succeeded().Line);
        StoredFiles.RequireWhole(sandbox);
        Assert.Empty(StoredFiles.Unfinished(sandbox));
        Assert.Empty(StoredFiles.Published(sandbox));
        Silence.Check(sandbox);
    }

    /// <summary>What the first processes said, as codes.</summary>
    private sealed partial class Seen
    {
        // Each with a call after which it was said.
        private readonly ConcurrentDictionary<string, string> _warnings = [];
        private readonly ConcurrentDictionary<string, string> _errors = [];

        public void Add(ProcessResult result, string failed)
        {
            foreach (Match code in Code().Matches(result.ErrorText))
            {
                (code.Groups["kind"].Value == "error" ? _errors : _warnings).TryAdd(code.Groups["code"].Value, failed);
            }
        }

        public string Told() =>
            $"a credential, with a warning ({Listed(_warnings)}) if something was not stored; or an error ({Listed(_errors)}); no token twice without a warning";

        private static string Listed(ConcurrentDictionary<string, string> codes) => string.Join(", ", codes.Keys.Order(StringComparer.Ordinal));

        public override string ToString() => string.Join("\n", _warnings.Concat(_errors));

        [GeneratedRegex(@"aotbroker: (?<kind>error|warning)\[(?<code>AB\d{4})\]")]
        private static partial Regex Code();
    }

    /// <summary>Its files, below the sandbox's root, which is left out; and its output.</summary>
    [GeneratedRegex(@"[""<]/(cache|config|identity|tmp)\b|^write\(1<")]
    private static partial Regex OfTheBroker();

    [GeneratedRegex(@"warning\[AB0701\]|presentation could not be recorded")]
    private static partial Regex Foretold();
}
