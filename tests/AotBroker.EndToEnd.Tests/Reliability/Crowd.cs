using System.Diagnostics;
using System.Globalization;

namespace AotBroker.EndToEnd.Tests;

/// <summary>Processes that all begin at the same instant, and what became of them: counted, so that it can be told in a row.</summary>
internal sealed class Crowd
{
    public const int Size = 500;

    /// <summary>For those who are held until all the others are there: on a loaded machine that takes a while.</summary>
    public static string[] PatientGet { get; } = ["get", "--timeout", "900"];

    /// <summary>
    /// How much later than its deadline a process may end, on a machine of two processors where hundreds begin at once:
    /// what is to be found is a wait that has no end.
    /// </summary>
    private static readonly TimeSpan s_margin = TimeSpan.FromSeconds(60);

    private readonly BrokerProcess[] _processes;
    private readonly Task<ProcessResult[]> _results;
    private readonly long _start;
    private TimeSpan _longest;

    private Crowd(BrokerProcess[] processes)
    {
        _start = Stopwatch.GetTimestamp();
        _processes = processes;
        _results = Task.WhenAll(processes.Select(WaitAsync));
    }

    public static string Runs { get; } = string.Create(CultureInfo.InvariantCulture, $"{Size} processes at once");

    /// <summary>The same where one has begun before the others.</summary>
    public static string RunsAfterOne { get; } = string.Create(CultureInfo.InvariantCulture, $"one process, then {Size} at once");

    /// <summary>Lets them begin.</summary>
    public static async Task<Crowd> StartAsync(Sandbox sandbox, params string[] arguments)
    {
        var gate = sandbox.NewGate();
        var processes = Enumerable.Range(0, Size).Select(_ => sandbox.Start(new Launch(arguments) { Gate = gate })).ToArray();
        await gate.OpenWhenAsync(Size);
        return new Crowd(processes);
    }

    /// <summary>Lets them begin, and waits for the end of all.</summary>
    public static async Task<Crowd> RunAsync(Sandbox sandbox, params string[] arguments)
    {
        var crowd = await StartAsync(sandbox, arguments);
        await crowd._results;
        return crowd;
    }

    public Task<ProcessResult[]> Results => _results;

    /// <summary>Waits until each has written this to standard error.</summary>
    public Task SayAsync(string text) => Task.WhenAll(_processes.Select(process => process.WaitForErrorAsync(text)));

    /// <summary>The one credential that all have got.</summary>
    public async Task<string> CredentialAsync()
    {
        var results = await _results;
        return Assert.Single(results.Select(result => result.SucceededWithNotes().Line).Distinct());
    }

    /// <summary>Nobody has a credential; each says why with one error, of these codes.</summary>
    public async Task FailedAsync(params string[] codes)
    {
        foreach (var result in await _results)
        {
            result.Failed(codes.FirstOrDefault(code => result.ErrorText.Contains($"error[{code}]", StringComparison.Ordinal)) ?? codes[0], result.ExitCode);
        }
    }

    /// <summary>Nobody has waited longer than the deadline that they were started with.</summary>
    public async Task WaitedNoLongerThanAsync(int deadline)
    {
        await _results;
        Assert.InRange(_longest, TimeSpan.Zero, TimeSpan.FromSeconds(deadline) + s_margin);
    }

    /// <summary>How many got a credential, how many of them are different, and how many were told of which errors.</summary>
    public async Task<string> ToldAsync()
    {
        var results = await _results;
        var tokens = results.Where(result => result.ExitCode == 0).Select(result => result.Line).ToArray();
        var errors = results
            .Where(result => result.ExitCode != 0)
            .GroupBy(result => result.ErrorLines.First(line => line.StartsWith("aotbroker: error[", StringComparison.Ordinal))["aotbroker: error[".Length..][..6])
            .OrderBy(code => code.Key, StringComparer.Ordinal)
            .Select(code => $"{code.Count()} × {code.Key}");
        string[] parts =
        [
            .. tokens.Length > 0 ? [$"{tokens.Length} successes with {Counted(tokens.Distinct().Count(), "credential")}"] : Array.Empty<string>(),
            .. errors,
        ];
        return string.Join("; ", parts);
    }

    /// <summary>What the endpoint has seen, in words.</summary>
    public static string Told(LocalEndpoint endpoint)
    {
        var events = endpoint.Events;
        var repeated = Aftermath.Repeated(endpoint);
        return $"{Counted(events.Presentations, "presentation")}, {events.GrantedExchanges} granted"
            + (repeated == 0 ? "" : $", {repeated} of a token that had been presented");
    }

    private static string Counted(int count, string what) => $"{count.ToString(CultureInfo.InvariantCulture)} {what}{(count == 1 ? "" : "s")}";

    private async Task<ProcessResult> WaitAsync(BrokerProcess process)
    {
        var result = await process.WaitAsync();
        lock (_processes)
        {
            var elapsed = Stopwatch.GetElapsedTime(_start);
            _longest = elapsed > _longest ? elapsed : _longest;
        }

        return result;
    }
}
