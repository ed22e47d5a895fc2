using System.Globalization;

namespace AotBroker.EndToEnd.Tests;

/// <summary>
/// The endpoint's side of its connections, as the kernel lists them: a request that a killed process had sent is seen by
/// the endpoint after that process's end, or never, and only then is it known what became of the token.
/// </summary>
internal static class Connections
{
    private const string Listening = "0A";
    private const string Over = "06"; // TIME_WAIT

    /// <summary>Returns when the endpoint has done with every connection, also with those that it has not accepted yet.</summary>
    public static async Task OverAsync(LocalEndpoint endpoint)
    {
        var port = new Uri(endpoint.HttpUrl).Port.ToString("X4", CultureInfo.InvariantCulture);
        using var patience = new CancellationTokenSource(BrokerProcess.Patience);
        while (File.ReadLines("/proc/net/tcp").Any(IsOpen))
        {
            await Task.Delay(1, patience.Token);
        }

        bool IsOpen(string line)
        {
            // "  12: 0100007F:D431 0100007F:9C40 01 …": the number, this side, the other side, the state.
            var columns = line.Split(' ', 5, StringSplitOptions.RemoveEmptyEntries);
            return columns[1].EndsWith(":" + port, StringComparison.Ordinal) && columns[3] is not (Listening or Over);
        }
    }
}
