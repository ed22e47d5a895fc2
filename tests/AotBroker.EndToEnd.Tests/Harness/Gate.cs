namespace AotBroker.EndToEnd.Tests;

/// <summary>
/// Where processes wait until all are there, so that they begin at the same instant: each tells through one FIFO that it has
/// come, and reads a line from the other.
/// </summary>
internal sealed class Gate : IDisposable
{
    private readonly FileStream _arrivals;
    private readonly FileStream _departures;
    private readonly string _arrivalsPath;
    private readonly string _departuresPath;

    public Gate(string directory)
    {
        _arrivalsPath = Path.Combine(directory, "arrivals-" + Path.GetRandomFileName());
        _departuresPath = Path.Combine(directory, "departures-" + Path.GetRandomFileName());
        _arrivals = Open(_arrivalsPath);
        _departures = Open(_departuresPath);
    }

    /// <summary>The shell's part. Lines of one octet: each reader takes one and leaves the others theirs.</summary>
    public string ShellCommand => $"echo >'{_arrivalsPath}'; read -r _ <'{_departuresPath}'; ";

    /// <summary>Waits until so many have come, and lets all of them go with one write.</summary>
    public async Task OpenWhenAsync(int count)
    {
        using var patience = new CancellationTokenSource(BrokerProcess.Patience);
        await _arrivals.ReadExactlyAsync(new byte[count], patience.Token);
        var lines = new byte[count];
        Array.Fill(lines, (byte)'\n');
        await _departures.WriteAsync(lines, patience.Token);
    }

    public void Dispose()
    {
        _arrivals.Dispose();
        _departures.Dispose();
    }

    /// <summary>For reading and writing, so that neither side ever waits for the other to open.</summary>
    private static FileStream Open(string path)
    {
        Posix.MakeFifo(path);
        return new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite, bufferSize: 0);
    }
}
