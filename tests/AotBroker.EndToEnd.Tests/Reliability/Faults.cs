namespace AotBroker.EndToEnd.Tests;

/// <summary>How much is to be tried: AOTBROKER_FAULTS=all tries also what only takes longer.</summary>
internal static class Faults
{
    public static bool All { get; } = Environment.GetEnvironmentVariable("AOTBROKER_FAULTS") == "all";

    /// <summary>
    /// Runs that have nothing in common, several at once because each waits most of its time, each with an endpoint of its own.
    /// </summary>
    public static async Task EachAsync<T>(IReadOnlyCollection<T> runs, Func<T, LocalEndpoint, Task> run)
    {
        var left = new System.Collections.Concurrent.ConcurrentQueue<T>(runs);
        await Task.WhenAll(Enumerable.Range(0, 2 * Environment.ProcessorCount).Select(async _ =>
        {
            await using var endpoint = await LocalEndpoint.StartAsync(new LocalEndpointOptions { HttpsPort = null });
            while (left.TryDequeue(out var one))
            {
                endpoint.Events.Clear();
                await run(one, endpoint);
            }
        }));
    }
}
