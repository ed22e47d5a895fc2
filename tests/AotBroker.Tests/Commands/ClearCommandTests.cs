using AotBroker.Commands;
using LocalTokenEndpoint;

namespace AotBroker.Tests;

/// <summary>`clear` forgets credentials and failures, and never which tokens were presented.</summary>
public sealed class ClearCommandTests
{
    private static void Clear(FederatedMachine machine, string? profile = null, bool all = false) =>
        ClearCommand.Run(profile, all, new Session(machine.Machine.Environment, machine.Machine.Output.Stream, machine.Machine.Reporter, verbose: false));

    private static string[] Files(FederatedMachine machine) =>
        [.. Directory.GetFiles(machine.Machine.CacheDirectory).Select(Path.GetFileName).Order(StringComparer.Ordinal)!];

    [Fact]
    public async Task The_credential_goes_and_locks_and_records_stay()
    {
        // Invariant 1: a token does not become unspent by forgetting.
        await using FederatedMachine machine = await FederatedMachine.StartAsync();
        machine.Obtain();
        string stem = machine.Key.FileStem;

        Clear(machine);

        Assert.Equal([$"{stem}.lock", "presented.json", "presented.lock"], Files(machine));
        Assert.Equal($"cleared 1 credential of profile environment from {machine.Machine.CacheDirectory}\n", machine.Machine.Output.Text);
        Expect.Error("AB0408", () => machine.Obtain());
    }

    [Fact]
    public async Task A_remembered_failure_goes_too()
    {
        await using FederatedMachine machine = await FederatedMachine.StartAsync();
        machine.UseGitHub();
        machine.Endpoint.Faults.Add(Fault.Status(401));
        Expect.Error("AB0501", () => machine.Obtain());

        Clear(machine);

        machine.Obtain();
        Assert.StartsWith("cleared 0 credentials", machine.Machine.Output.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Other_profiles_are_left_alone_unless_all_are_meant()
    {
        await using FederatedMachine machine = await FederatedMachine.StartAsync();
        machine.UseGitHub();
        machine.Obtain();
        foreach (string name in new[] { "ci", "ci-2" })
        {
            machine.Machine.WriteBrokerProfile(name, """{"exchange":{"type":"anthropic"}}""");
            machine.Machine.Variables["AOTBROKER_PROFILE"] = name;
            machine.Obtain();
        }

        Clear(machine, "ci");
        Assert.Equal(2, Files(machine).Count(static file => file.EndsWith(".json", StringComparison.Ordinal) && file != "presented.json"));
        Assert.Contains(Files(machine), static file => file.StartsWith("ci-2-", StringComparison.Ordinal) && file.EndsWith(".json", StringComparison.Ordinal));

        Clear(machine, all: true);
        Assert.Equal(["presented.json"], Files(machine).Where(static file => file.EndsWith(".json", StringComparison.Ordinal)));
        Assert.Equal($"cleared 2 credentials from {machine.Machine.CacheDirectory}", machine.Machine.Output.Lines[1]);
    }

    [Fact]
    public async Task A_cache_that_was_never_made_is_clear()
    {
        await using FederatedMachine machine = await FederatedMachine.StartAsync();

        Clear(machine);

        Assert.StartsWith("cleared 0 credentials", machine.Machine.Output.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_ended_commands_left_goes_with_all_and_what_running_ones_read_stays()
    {
        await using FederatedMachine machine = await FederatedMachine.StartAsync();
        string running = Publishing.PublishedProfile.Create(machine.Profile, machine.Obtain(), machine.Machine.Environment).Directory;
        string ended = Publishing.PublishedProfile.Create(machine.Profile, machine.Obtain(), machine.Machine.Environment).Directory;
        string renamed = Path.GetDirectoryName(ended) + $"/{int.MaxValue}-ended";
        Directory.Move(ended, renamed);

        Clear(machine);
        Assert.True(Directory.Exists(renamed));

        Clear(machine, all: true);
        Assert.False(Directory.Exists(renamed));
        Assert.True(Directory.Exists(running));
    }

    [Fact]
    public async Task Files_that_are_not_the_brokers_are_left_alone()
    {
        await using FederatedMachine machine = await FederatedMachine.StartAsync();
        machine.Obtain();
        File.WriteAllText(machine.Machine.CacheDirectory + "/notes.json", "");
        File.WriteAllText(machine.Machine.CacheDirectory + "/environment-abc.json", "");

        Clear(machine, all: true);

        Assert.Contains("notes.json", Files(machine));
        Assert.Contains("environment-abc.json", Files(machine));
    }
}
