namespace AotBroker.EndToEnd.Tests;

/// <summary>The processes that `keep --detach` left behind. They are no children of the test.</summary>
internal static class Keepers
{
    /// <summary>Those that publish below this directory.</summary>
    public static int[] Of(string root) =>
    [
        .. Directory.GetDirectories("/proc")
            .Select(directory => int.TryParse(Path.GetFileName(directory), out var id) ? id : 0)
            .Where(id => id > 0 && Arguments(id) is ["aotbroker", "keep", ..] words && words.Any(word => word.Contains(root + "/", StringComparison.Ordinal))),
    ];

    /// <summary>Returns when there is none any more.</summary>
    public static async Task OverAsync(string root)
    {
        using CancellationTokenSource patience = new(BrokerProcess.Patience);
        while (Of(root).Length > 0)
        {
            await Task.Delay(5, patience.Token);
        }
    }

    private static string[] Arguments(int process)
    {
        try
        {
            return File.ReadAllText($"/proc/{process}/cmdline").Split('\0');
        }
        catch (IOException)
        {
            return []; // It has ended meanwhile.
        }
    }
}
