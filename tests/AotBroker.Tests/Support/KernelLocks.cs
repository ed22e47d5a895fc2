using System.Diagnostics;

namespace AotBroker.Tests;

/// <summary>Who sleeps in the kernel for a lock of flock(2): observed, so that no test need wait for time.</summary>
internal static class KernelLocks
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>Returns when so many sleep for the file's lock.</summary>
    public static void AwaitWaiters(string path, int count) => Await(() => Waiters(path) == count, () => $"{count} waiters for {path}; there are {Waiters(path)}");

    public static int Waiters(string path)
    {
        if (!File.Exists(path))
        {
            return 0;
        }
        string file = $":{Native.InodeOf(path)} ";
        return File.ReadLines("/proc/locks").Count(line => line.Contains("-> FLOCK", StringComparison.Ordinal) && line.Contains(file, StringComparison.Ordinal));
    }

    /// <summary>Returns when the condition is met; the limit only turns a hanging test into a failing one.</summary>
    public static void Await(Func<bool> condition, Func<string> what)
    {
        Stopwatch time = Stopwatch.StartNew();
        while (!condition())
        {
            Assert.True(time.Elapsed < Patience, "still waiting for " + what());
            Thread.Yield();
        }
    }
}
