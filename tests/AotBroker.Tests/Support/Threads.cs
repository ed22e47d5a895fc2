using System.Collections.Concurrent;

namespace AotBroker.Tests;

/// <summary>Many at once, each on a thread of its own, as each would be a process of its own.</summary>
internal static class Threads
{
    /// <summary>Starts them together; each gives its result or its exception.</summary>
    public static Running<T> Start<T>(int count, Func<int, T> work) => new(count, work);

    internal sealed class Running<T>
    {
        private readonly List<Thread> _threads = [];
        private readonly ConcurrentBag<T> _results = [];
        private readonly ConcurrentBag<Exception> _failures = [];

        public Running(int count, Func<int, T> work)
        {
            CountdownEvent begun = new(count);
            for (int i = 0; i < count; i++)
            {
                int number = i;
                Thread thread = new(() => Run(number, work, begun)) { IsBackground = true };
                _threads.Add(thread);
                thread.Start();
            }
        }

        private void Run(int number, Func<int, T> work, CountdownEvent begun)
        {
            begun.Signal();
            begun.Wait();
            try
            {
                _results.Add(work(number));
            }
            catch (Exception error)
            {
                _failures.Add(error);
            }
        }

        /// <summary>Waits for all of them.</summary>
        public (List<T> Results, List<Exception> Failures) Join()
        {
            _threads.ForEach(static thread => thread.Join());
            return ([.. _results], [.. _failures]);
        }

        /// <summary>Waits for all of them; that one failed fails the test.</summary>
        public List<T> Results()
        {
            (List<T> results, List<Exception> failures) = Join();
            Assert.True(failures.Count == 0, string.Join('\n', failures.Select(static failure => failure.ToString())));
            return results;
        }
    }
}
