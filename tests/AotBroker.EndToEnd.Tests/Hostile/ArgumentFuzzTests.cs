using System.Diagnostics;
using System.Globalization;

namespace AotBroker.EndToEnd.Tests;

/// <summary>
/// The binary with generated arguments, where nothing is configured: it always ends by itself, with one of its exit codes,
/// and says why in its own lines. AOTBROKER_FUZZ_SEED chooses others, AOTBROKER_FUZZ_ROUNDS how many.
/// </summary>
public sealed class ArgumentFuzzTests
{
    private const int Runs = 200;
    private const int Seed = 20260715;

    private static readonly string[] s_words =
    [
        "get", "exec", "keep", "status", "clear", "version", "schema", "completion", "companion", "detach", "stay", "help", "--help", "-h", "-?", "/?", "--version",
        "--profile", "--format", "--min-ttl", "--timeout", "--force-refresh", "--verbose", "--json", "--all", "--publish", "--watch-pid", "--ready-fd", "--no-refresh", "--keep-static-keys",
        "--", "-", "", "=", "--=", "--profile=", "--timeout=1", "ci", "1", "0", "-1", "99999999999999999999", "json", "bash", "profile", "@/etc/passwd", "[suggest]", "[suggest:3]", "[diagram]", "[parse]",
        "a\nb", "aotbroker: error[AB0101]: x", "\e[2J\e[31m", "../../etc", "/dev/null", "/proc/self", "%s%n", "ä", "\ud83d\ude00", "\u202e", new string('x', 5000),
    ];

    [Fact]
    public async Task Whatever_the_arguments_are_it_ends_in_good_order()
    {
        var seed = Number("AOTBROKER_FUZZ_SEED", Seed);
        var runs = Number("AOTBROKER_FUZZ_ROUNDS", Runs);
        using var sandbox = new Sandbox();
        var random = new Random(seed);
        HashSet<int> codes = [];
        var ended = 0;
        for (var run = 0; run < runs; run++)
        {
            // Mostly a command first, else nothing but its name is looked at.
            var arguments = Enumerable.Range(0, random.Next(7)).Select(i => s_words[random.Next(i == 0 && random.Next(8) > 0 ? 8 : s_words.Length)]).ToArray();

            var (code, error) = await RunAsync(sandbox, arguments);

            var what = $"AOTBROKER_FUZZ_SEED={seed}, run {run}: {string.Join('|', arguments)}: {code}: {error}";
            Assert.True(code is >= 0 and <= 7 and not 1, what);
            Assert.True(error.Length == 0 || error.EndsWith('\n'), what);
            Assert.All(error.Split('\n')[..^1], line => Assert.True(line.StartsWith("aotbroker: ", StringComparison.Ordinal) && !line.Any(char.IsControl), what));
            Assert.Equal(code != 0, error.Contains("aotbroker: error[AB", StringComparison.Ordinal));
            codes.Add(code);
            ended++;
        }

        Assert.Superset(new HashSet<int> { 0, 2, 3 }, codes);
        Assert.Empty(Directory.GetFileSystemEntries(sandbox.Home));
        if ((seed, runs) == (Seed, Runs))
        {
            ReliabilityTable.Check(
                fault: "the arguments make no sense",
                "generated from the words of the command line, names of files, control characters and long texts, with nothing configured",
                $"{runs}, from a fixed seed",
                $"{ended} ended by themselves, with the exit codes {string.Join(", ", codes.Order())}, and the reason on lines of their own; no file was created");
        }
    }

    /// <summary>Not through a shell: arguments go as they are.</summary>
    private static async Task<(int Code, string Error)> RunAsync(Sandbox sandbox, string[] arguments)
    {
        var start = new ProcessStartInfo(PublishedBinary.Path, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment.Clear();
        foreach (var (name, value) in sandbox.Environment)
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        using var patience = new CancellationTokenSource(BrokerProcess.Patience);
        try
        {
            await process.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            Assert.Fail($"it did not end: {string.Join('|', arguments)}");
        }

        await output;
        return (process.ExitCode, await error);
    }

    private static int Number(string variable, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), CultureInfo.InvariantCulture, out var number) ? number : otherwise;
}
