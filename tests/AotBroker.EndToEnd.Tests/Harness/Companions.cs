namespace AotBroker.EndToEnd.Tests;

/// <summary>The processes beside commands: no children of anybody here, so that what they are and for whom is in their arguments.</summary>
internal static class Companions
{
    /// <summary>What sits beside the command with this id.</summary>
    public static int Of(int command) => All().Where(one => one.Arguments[3] == $"{command}").Select(one => one.Id).Single();

    /// <summary>
    /// Returns when none works for this sandbox any more. Where standard error is not the harness's own, a command's end says
    /// nothing of that; and what was being renewed then is renewed after it.
    /// </summary>
    public static async Task OverAsync(Sandbox sandbox)
    {
        using CancellationTokenSource patience = new(BrokerProcess.Patience);
        while (All().Any(one => one.Arguments.Length > 4 && one.Arguments[4].StartsWith(sandbox.Root + "/", StringComparison.Ordinal)))
        {
            await Task.Delay(5, patience.Token);
        }
    }

    private static IEnumerable<(int Id, string[] Arguments)> All() => Directory.GetDirectories("/proc")
        .Select(directory => (IsProcess: int.TryParse(Path.GetFileName(directory), out var id), Id: id))
        .Where(one => one.IsProcess)
        .Select(one => (one.Id, Arguments: Arguments(one.Id)))
        .Where(one => one.Arguments is ["aotbroker", "companion", "stay", _, ..]);

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
