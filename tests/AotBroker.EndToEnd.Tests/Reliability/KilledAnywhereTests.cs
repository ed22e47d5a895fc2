using System.Collections.Concurrent;
using Xunit.Abstractions;

namespace AotBroker.EndToEnd.Tests;

/// <summary>
/// The broker is killed before every system call that it makes, one run for each; then a second process does its work
/// (invariants 1 and 4). What the second has to find and to do follows, in each run, from what the endpoint saw of the
/// first and from what the first had stored.
/// </summary>
/// <remarks>
/// A call is named by its name and its number within its thread, and is killed in every process that comes to it: `exec`,
/// and the two that it starts. sched_yield alone is left out: the runtime's threads spin with it, as often as chance has it.
/// </remarks>
[Collection(Bursts.Name)]
public sealed class KilledAnywhereTests(ITestOutputHelper output)
{
    private const string How = "strace kills it (SIGKILL) before the call; then a second process does the same undisturbed";

    /// <summary>How often a call is tried that is not met: which thread of the runtime's pool does what is left to chance.</summary>
    private const int Tries = 20;

    /// <summary>More calls than any machine needs for less than the whole way.</summary>
    private const int FewestOfGet = 200;
    private const int FewestOfExec = 400;

    /// <summary>
    /// Calls of the runtime whose number is not the same in each run: its threads, how long they wait, and what its heap does.
    /// </summary>
    private static readonly HashSet<string> s_chance =
    [
        "brk", "clone3", "epoll_wait", "futex", "madvise", "membarrier", "mmap", "mprotect", "munmap", "poll", "recvfrom",
        "rt_sigprocmask", "sched_getaffinity", "sched_yield",
    ];

    [StraceFact]
    public async Task A_cold_get_whose_source_mints()
    {
        var seen = await KillEverywhereAsync(Source.Mints, isExec: false);

        Assert.Equal(0, seen.Repeated);
        ReliabilityTable.Check(fault: "`get` on a cold cache, killed; the source mints", How, Runs(FewestOfGet), seen.Told());
    }

    [StraceFact]
    public async Task A_cold_get_with_one_single_use_token()
    {
        var seen = await KillEverywhereAsync(Source.File, isExec: false);

        Assert.True(seen.Repeated > 0);
        ReliabilityTable.Check(fault: "`get` on a cold cache, killed; one single-use token in a file", How, Runs(FewestOfGet), seen.Told());
    }

    [StraceFact]
    public async Task A_start_of_exec()
    {
        var seen = await KillEverywhereAsync(Source.Mints, isExec: true);

        Assert.Equal(0, seen.Repeated);
        ReliabilityTable.Check(fault: "`exec` or its companion, killed; the source mints", How, Runs(FewestOfExec), seen.Told() + "; nothing that was published is left");

        // With a token that is there once, `exec` does what `get` does: only the longer run does it again.
        if (Faults.All)
        {
            Assert.True((await KillEverywhereAsync(Source.File, isExec: true)).Repeated > 0);
        }
    }

    [Fact]
    public void Strace_may_trace_here()
    {
        // Where it may not, tests that need it are skipped, and nobody would notice that these never ran.
        Assert.True(StraceFactAttribute.WhyNot is null, $"nothing shows here what a kill or a failing call leaves behind: {StraceFactAttribute.WhyNot}");
    }

    private static string Runs(int fewest) => $"one for each system call, more than {fewest}";

    private async Task<Seen> KillEverywhereAsync(Source source, bool isExec)
    {
        var calls = await CallsOfAsync(source, isExec);
        var seen = new Seen();
        await Faults.EachAsync(calls, async (call, endpoint) =>
        {
            try
            {
                var tries = s_chance.Contains(call.Name) ? 2 : Tries;
                while (!await IsKilledAsync(call, endpoint, source, isExec, seen))
                {
                    endpoint.Events.Clear();
                    if (--tries == 0)
                    {
                        seen.NotMet.Add(call);
                        break;
                    }
                }
            }
            catch (Exception failure)
            {
                throw new InvalidOperationException($"killed before {call}: {failure.Message}", failure);
            }
        });
        output.WriteLine($"{source}, {(isExec ? "exec" : "get")}: {calls.Count} calls; {seen}");

        // Whatever is not met in its run is one of those that come by chance.
        Assert.All(seen.NotMet, call => Assert.Contains(call.Name, s_chance));
        Assert.True(seen.Killed > (isExec ? FewestOfExec : FewestOfGet), $"only {seen.Killed} calls were met");
        return seen;
    }

    private static async Task<IReadOnlyList<SystemCall>> CallsOfAsync(Source source, bool isExec)
    {
        await using var endpoint = await LocalEndpoint.StartAsync(new LocalEndpointOptions { HttpsPort = null });
        using var first = new FirstProcess(endpoint, source, isExec);
        var (result, trace) = await SystemCalls.TraceAsync(first.Sandbox, first.Launch);
        result.Succeeded();
        return [.. trace.OfTheProgram().Where(call => Faults.All || call.Name != "sched_yield")];
    }

    private static async Task<bool> IsKilledAsync(SystemCall call, LocalEndpoint endpoint, Source source, bool isExec, Seen seen)
    {
        using var first = new FirstProcess(endpoint, source, isExec);
        var (result, trace) = await SystemCalls.KillAsync(first.Sandbox, first.Launch, call);
        if (!trace.IsKilledAt(call))
        {
            return false;
        }

        // Either the broker itself, or a process that it had started: then the command runs all the same.
        Assert.Equal(trace.HasBecomeTheCommand && !trace.IsCommandKilled ? 0 : 128 + Posix.SignalKill, result.ExitCode);
        Interlocked.Increment(ref seen.Killed);
        StoredFiles.RequireWhole(first.Sandbox);
        await Connections.OverAsync(endpoint);
        seen.Outcomes.TryAdd(await new Aftermath(first).CheckAsync(), call);
        Interlocked.Add(ref seen.Repeated, Aftermath.Repeated(endpoint));
        return true;
    }

    private sealed class Seen
    {
        public int Killed;

        public int Repeated;

        /// <summary>What came of it, with a call where it did.</summary>
        public ConcurrentDictionary<string, SystemCall> Outcomes { get; } = [];

        public ConcurrentBag<SystemCall> NotMet { get; } = [];

        public string Told() => Aftermath.Told(Outcomes.Keys) + (Repeated == 0 ? "; no identity token twice" : "");

        public override string ToString() =>
            $"killed {Killed}; second presentations {Repeated}; not met: {string.Join(", ", NotMet)}; {string.Join("; ", Outcomes)}";
    }
}
