using AotBroker.Brokering;
using AotBroker.Commands;
using AotBroker.Errors;
using AotBroker.Files;
using AotBroker.Reporting;
using AotBroker.Settings;
using LocalTokenEndpoint;

namespace AotBroker.Tests;

/// <summary>`clear` forgets credentials and failures, and never which tokens were presented.</summary>
public sealed class ClearCommandTests
{
    private static void Clear(FederatedMachine machine, string? profile = null, bool all = false, bool revoke = false) =>
        ClearCommand.Run(profile, all, revoke, json: false, new Session(machine.Machine.Environment, machine.Machine.Output.Stream, machine.Machine.Reporter, verbose: false));

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

        Assert.Collection(Files(machine), file => Assert.Equal($"{stem}.lock", file), static file => Assert.StartsWith("presented-", file, StringComparison.Ordinal), static file => Assert.Equal("swept", file));
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
            machine.Machine.WriteBrokerProfile(name, $$$"""{"exchange":{"type":"anthropic"},"identity":{"source":"github-actions","audience":"https://{{{name}}}.example"}}""");
            machine.Machine.Variables["AOTBROKER_PROFILE"] = name;
            machine.Endpoint.Rules.Change(rule => rule with { Audience = $"https://{name}.example" });
            machine.Obtain();
        }
        string other = machine.Key.FileStem + ".json";
        machine.Machine.Variables["AOTBROKER_PROFILE"] = null;

        Clear(machine, "ci");
        Assert.Contains(other, Files(machine));
        Assert.Equal(2, Files(machine).Count(static file => file.EndsWith(".json", StringComparison.Ordinal)));

        Clear(machine, all: true);
        Assert.DoesNotContain(Files(machine), static file => file.EndsWith(".json", StringComparison.Ordinal));
        Assert.Equal($"cleared 2 credentials from {machine.Machine.CacheDirectory}", machine.Machine.Output.Lines[1]);
    }

    [Fact]
    public async Task What_a_profile_of_another_name_shares_goes_with_it()
    {
        await using FederatedMachine machine = await FederatedMachine.StartAsync();
        machine.Obtain();
        machine.Machine.WriteBrokerProfile("ci", """{"exchange":{"type":"anthropic"}}""");

        Clear(machine, "ci");

        Assert.StartsWith("cleared 1 credential of profile ci", machine.Machine.Output.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_the_identity_the_profiles_credential_is_found_all_the_same()
    {
        await using FederatedMachine machine = await FederatedMachine.StartAsync();
        machine.Obtain();
        File.Delete(machine.TokenPath);

        Clear(machine);

        Assert.StartsWith("cleared 1 credential of profile environment", machine.Machine.Output.Text, StringComparison.Ordinal);
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
        string running = Handed.Over(machine.Profile, machine.Obtain(), machine.Machine.Environment).Directory;
        string ended = Handed.Over(machine.Profile, machine.Obtain(), machine.Machine.Environment).Directory;
        string renamed = Path.GetDirectoryName(ended) + $"/{int.MaxValue}-{Path.GetFileName(ended).Split('-')[1]}-ended";
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

    private static byte[] NoContent => "HTTP/1.1 204 No Content\r\n\r\n"u8.ToArray();

    private static byte[] VaultLogin => RawServer.Answer(200, $$$"""{"auth":{"client_token":"hvs.{{{Made.Name(40)}}}","lease_duration":1200}}""");

    private static string VaultProfile(RawServer vault) => $$"""
        { "identity": { "source": "github-actions", "audience": "vault" }, "exchange": { "type": "vault", "address": "{{vault.Url}}", "role": "deploy" } }
        """;

    [Fact]
    public async Task A_credential_is_taken_back_before_it_is_forgotten()
    {
        await using FederatedMachine machine = await FederatedMachine.StartAsync();
        machine.UseGitHub();
        bool isUp = false;
        using RawServer vault = new(request => request.Contains("/login ", StringComparison.Ordinal) ? VaultLogin : isUp ? NoContent : RawServer.Answer(503, """{"errors":["Vault is sealed"]}"""));
        machine.Machine.WriteBrokerProfile("vault", VaultProfile(vault));
        machine.Machine.Variables["AOTBROKER_PROFILE"] = "vault";
        string token = machine.Obtain().AccessToken!.Reveal();

        // As long as nobody knows whether it is still good, it can be tried again.
        Assert.Contains("Vault is sealed", Expect.Error("AB0604", () => Clear(machine, revoke: true)).Message, StringComparison.Ordinal);
        Assert.Equal(token, machine.Obtain().AccessToken!.Reveal());
        isUp = true;
        Clear(machine, revoke: true);

        Assert.StartsWith("POST /v1/auth/token/revoke-self ", vault.Requests[^1], StringComparison.Ordinal);
        Assert.Contains("\r\nX-Vault-Token: " + token + "\r\n", vault.Requests[^1], StringComparison.Ordinal);
        Assert.Equal($"cleared 1 credential (1 revoked) of profile vault from {machine.Machine.CacheDirectory}\n", machine.Machine.Output.Text);
        Assert.NotEqual(token, machine.Obtain().AccessToken!.Reveal());
    }

    [Fact]
    public async Task All_are_taken_back_that_can_be_and_the_others_are_told()
    {
        await using FederatedMachine machine = await FederatedMachine.StartAsync();
        machine.UseGitHub();
        using RawServer vault = new(request => request.Contains("/login ", StringComparison.Ordinal) ? VaultLogin : NoContent);
        machine.Obtain();
        foreach (string name in new[] { "changed", "vault" })
        {
            machine.Machine.WriteBrokerProfile(name, VaultProfile(vault).Replace("deploy", name, StringComparison.Ordinal));
            machine.Machine.Variables["AOTBROKER_PROFILE"] = name;
            machine.Obtain();
        }
        machine.Machine.WriteBrokerProfile("changed", VaultProfile(vault).Replace("deploy", "other", StringComparison.Ordinal));
        machine.Machine.Variables["AOTBROKER_PROFILE"] = null;

        Assert.Equal("AB0510", ErrorCodes.NameOf(Assert.Throws<BrokerException>(() => Clear(machine, all: true, revoke: true)).Code));

        Assert.Single(vault.Requests, static request => request.Contains("revoke-self", StringComparison.Ordinal));
        Assert.Contains("warning[AB0510]", machine.Machine.Error.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(Files(machine), static file => file.EndsWith(".json", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Without_being_told_to_nothing_is_sent()
    {
        await using FederatedMachine machine = await FederatedMachine.StartAsync();
        machine.UseGitHub();
        using RawServer vault = new(VaultLogin);
        machine.Machine.WriteBrokerProfile("vault", VaultProfile(vault));
        machine.Machine.Variables["AOTBROKER_PROFILE"] = "vault";
        machine.Obtain();

        Clear(machine, all: true);

        Assert.Single(vault.Requests);
    }
}
