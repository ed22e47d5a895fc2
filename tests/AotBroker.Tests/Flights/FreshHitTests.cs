using AotBroker.Brokering;
using AotBroker.Exchange;
using AotBroker.Files;
using AotBroker.Flights;
using AotBroker.Reporting;
using AotBroker.Schemas;
using Microsoft.Extensions.Logging.Abstractions;

namespace AotBroker.Tests;

/// <summary>Invariant 2: a fresh hit takes no lock, opens no socket, writes nothing.</summary>
public sealed class FreshHitTests
{
    private static Credential Hit(FederatedMachine machine) =>
        new Broker(machine.Machine.Environment, machine.Machine.Reporter, NullLogger.Instance, static () => throw new InvalidOperationException("a hit asked for the network"))
            .Obtain(machine.Profile, new Freshness(), TimeSpan.FromSeconds(30));

    private static List<(string, DateTime, long, ulong)> Listing(string directory) =>
    [
        .. new DirectoryInfo(directory).GetFileSystemInfos("*", SearchOption.AllDirectories).Append(new DirectoryInfo(directory))
            .Select(static one => (one.FullName, one.LastWriteTimeUtc, (one as FileInfo)?.Length ?? 0, Native.InodeOf(one.FullName)))
            .OrderBy(static one => one.FullName, StringComparer.Ordinal),
    ];

    [Fact]
    public async Task It_writes_nothing_and_asks_nobody()
    {
        await using FederatedMachine machine = await FederatedMachine.StartAsync();
        Credential credential = machine.Obtain();
        List<(string, DateTime, long, ulong)> before = Listing(machine.Machine.Home.Path);

        Assert.Equal(credential, Hit(machine));

        Assert.Equal(before, Listing(machine.Machine.Home.Path));
        Assert.Equal(1, machine.Endpoint.Events.Presentations);
    }

    [Fact]
    public async Task It_takes_no_lock()
    {
        await using FederatedMachine machine = await FederatedMachine.StartAsync();
        Credential credential = machine.Obtain();
        using FlightLock entry = FlightLock.Open(machine.LockPath);
        using FlightLock records = FlightLock.Open(Assert.Single(Directory.GetFiles(machine.Machine.CacheDirectory, "presented-*.json")));
        Assert.True(entry.TryLead());
        Assert.True(records.TryLead());

        Assert.Equal(credential, Hit(machine));
    }

    [Fact]
    public async Task It_looks_at_the_identity_and_asks_nobody_for_it()
    {
        // Invariant 3: without the identity nobody knows whose credential it is.
        await using FederatedMachine machine = await FederatedMachine.StartAsync();
        Credential credential = machine.Obtain();
        machine.RotateToken();
        Assert.Equal(credential, Hit(machine));
        File.Delete(machine.TokenPath);

        Expect.Error("AB0402", () => machine.Obtain());
        machine.UseGitHub();
        credential = machine.Obtain();
        int asked = machine.Endpoint.Events.Snapshot().Count;
        Assert.Equal(credential, Hit(machine));
        Assert.Equal(asked, machine.Endpoint.Events.Snapshot().Count);
    }

    [Fact]
    public async Task It_works_where_nothing_can_be_written()
    {
        await using FederatedMachine machine = await FederatedMachine.StartAsync();
        Credential credential = machine.Obtain();
        string directory = machine.Machine.CacheDirectory;
        File.SetUnixFileMode(directory, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        try
        {
            Assert.Equal(credential, Hit(machine));
        }
        finally
        {
            File.SetUnixFileMode(directory, TemporaryDirectory.PrivateDirectory);
        }
    }

    [Fact]
    public async Task What_is_no_longer_fresh_is_no_hit()
    {
        await using FederatedMachine machine = await FederatedMachine.StartAsync();
        machine.Machine.Clock.Now = machine.Obtain().ExpiresAt - 120;

        Assert.Throws<InvalidOperationException>(() => Hit(machine));
    }
}
