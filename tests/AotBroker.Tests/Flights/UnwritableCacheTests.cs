using AotBroker.Exchange;
using AotBroker.Files;
using AotBroker.Identity;
using AotBroker.Schemas;
using AotBroker.Settings;
using LocalTokenEndpoint;

namespace AotBroker.Tests;

/// <summary>Where the cache cannot be used, the caller still gets its credential, and is told.</summary>
public sealed class UnwritableCacheTests
{
    private static string Warning(FederatedMachine machine, string code) =>
        Assert.Single(machine.Machine.Error.Lines, line => line.StartsWith($"aotbroker: warning[{code}]", StringComparison.Ordinal));

    [Fact]
    public async Task Where_there_is_no_place_for_a_cache_it_costs_the_sharing_alone()
    {
        await using FederatedMachine machine = await FederatedMachine.StartAsync();
        machine.Machine.LeaveNoPlaceForACache();

        Credential credential = machine.Obtain();

        Assert.NotNull(machine.Endpoint.Grants.Find(credential.AccessToken!.Reveal()));
        Assert.Contains("there is no place for a cache", Warning(machine, "AB0701"), StringComparison.Ordinal);
        Assert.Contains(machine.Machine.Error.Lines, static line => line.Contains("/dev/null/cache (from AOTBROKER_CACHE_DIR)", StringComparison.Ordinal));
        Assert.Contains(machine.Machine.Error.Lines, line => line.Contains(machine.Machine.CacheDirectory + " (from HOME)", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_chosen_directory_that_cannot_be_made_is_told_and_the_next_place_is_shared()
    {
        // Invariant 1: one exchange, wherever the cache has to be.
        await using FederatedMachine machine = await FederatedMachine.StartAsync();
        machine.Machine.Variables["AOTBROKER_CACHE_DIR"] = "/dev/null/cache";

        Credential credential = machine.Obtain();

        Assert.Equal(credential, machine.Obtain());
        Assert.Equal(1, machine.Endpoint.Events.Presentations);
        Assert.Contains($"/dev/null/cache (from AOTBROKER_CACHE_DIR) cannot be used: Not a directory; {machine.Machine.CacheDirectory} is used instead", Warning(machine, "AB0701"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_chosen_directory_that_others_may_enter_holds_a_private_one()
    {
        // Invariant 7.
        await using FederatedMachine machine = await FederatedMachine.StartAsync();
        string cache = machine.Machine.Home.MakeDirectory("cache", (UnixFileMode)0x1ED);
        machine.Machine.Variables["AOTBROKER_CACHE_DIR"] = cache;

        Credential credential = machine.Obtain();

        Assert.Equal(credential, machine.Obtain());
        Assert.Equal(TemporaryDirectory.PrivateDirectory, File.GetUnixFileMode(Assert.Single(Directory.GetFileSystemEntries(cache))));
        Assert.DoesNotContain(machine.Machine.Error.Lines, static line => line.Contains("AB0701", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_refusal_without_a_cache_is_the_refusal()
    {
        await using FederatedMachine machine = await FederatedMachine.StartAsync();
        machine.Machine.LeaveNoPlaceForACache();
        machine.Endpoint.Faults.Add(Fault.Status(401));

        Expect.Error("AB0501", () => machine.Obtain());
        Assert.Equal(1, machine.Endpoint.Events.Presentations);
    }

    [Fact]
    public async Task An_expired_identity_is_not_presented_without_a_cache_either()
    {
        await using FederatedMachine machine = await FederatedMachine.StartAsync();
        machine.Machine.LeaveNoPlaceForACache();
        machine.Machine.Clock.Advance(331);

        Expect.Error("AB0406", () => machine.Obtain());
        Assert.Equal(0, machine.Endpoint.Events.Presentations);
    }

    [Fact]
    public async Task A_lock_that_is_a_link_is_not_taken()
    {
        await using FederatedMachine machine = await FederatedMachine.StartAsync();
        CacheDirectory.Of(machine.Machine.Environment).Prepare();
        File.CreateSymbolicLink(machine.LockPath, machine.Machine.Home.Write("target", ""));

        machine.Obtain();

        Assert.Contains(machine.LockPath, Warning(machine, "AB0701"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_entry_that_cannot_be_replaced_is_told_and_the_credential_served()
    {
        await using FederatedMachine machine = await FederatedMachine.StartAsync();
        CacheDirectory.Of(machine.Machine.Environment).Prepare();
        string entry = $"{machine.Machine.CacheDirectory}/{machine.Key.FileStem}.json";
        Directory.CreateDirectory(entry);

        machine.Obtain();

        Assert.Contains("it is a directory", Warning(machine, "AB0703"), StringComparison.Ordinal);
        Assert.Contains(entry, Warning(machine, "AB0704"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Records_that_cannot_be_kept_are_told_and_the_credential_served()
    {
        await using FederatedMachine machine = await FederatedMachine.StartAsync();
        CacheDirectory.Of(machine.Machine.Environment).Prepare();
        string digest = IdentityToken.Parse(File.ReadAllText(machine.TokenPath), "a test").Digest;
        string record = $"presented-{digest}-{KeyText.Fingerprint(machine.Profile.Exchange.RecordedEndpoint)}.json";
        machine.Machine.Home.MakeDirectory($".cache/aotbroker/{record}.{Environment.ProcessId}-{Environment.CurrentManagedThreadId}.tmp");

        Credential credential = machine.Obtain();

        Assert.Contains("may have been presented by another process", Warning(machine, "AB0707"), StringComparison.Ordinal);
        Assert.Equal(credential, machine.Obtain());
    }

    [Theory]
    [InlineData("damaged")]
    [InlineData("readable")]
    [InlineData("link")]
    public async Task An_entry_that_is_not_believed_is_told_and_replaced(string what)
    {
        await using FederatedMachine machine = await FederatedMachine.StartAsync();
        Credential old = machine.Obtain();
        string entry = $"{machine.Machine.CacheDirectory}/{machine.Key.FileStem}.json";
        switch (what)
        {
            case "damaged":
                File.WriteAllText(entry, "{");
                break;
            case "readable":
                File.SetUnixFileMode(entry, TemporaryDirectory.ReadableByOthers);
                break;
            default:
                File.Move(entry, entry + ".moved");
                File.CreateSymbolicLink(entry, entry + ".moved");
                break;
        }
        machine.RotateToken();

        Credential credential = machine.Obtain();

        Assert.NotEqual(old.AccessToken, credential.AccessToken);
        Assert.Contains(entry, Warning(machine, "AB0703"), StringComparison.Ordinal);
        Assert.Equal(credential, machine.Obtain());
        Assert.Equal(TemporaryDirectory.Private, File.GetUnixFileMode(entry));
    }
}
