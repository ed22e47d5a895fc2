using AotBroker.Errors;
using AotBroker.Exchange;
using AotBroker.Files;
using AotBroker.Flights;
using AotBroker.Profiles;
using AotBroker.Settings;

namespace AotBroker.Tests;

/// <summary>What thousands of jobs leave in a runner's home is removed, and nothing that is of use.</summary>
public sealed class CacheSweepTests : IDisposable
{
    private readonly Machine _machine = new();
    private readonly CacheDirectory _directory;
    private readonly CacheEntries _entries;

    public CacheSweepTests()
    {
        _directory = CacheDirectory.Of(_machine.Environment);
        _directory.Prepare();
        _entries = new CacheEntries(_directory, _machine.Environment);
    }

    public void Dispose() => _machine.Dispose();

    private void Sweep() => new CacheSweep(_directory, _machine.Environment).RunIfDue();

    private CacheKey Entry(long lifetime = 3600)
    {
        CacheKey key = Made.Key();
        using FlightLock gate = FlightLock.Open(LockOf(key));
        _entries.Write(key, Made.Credential(_machine.Clock.Now, lifetime));
        return key;
    }

    private string LockOf(CacheKey key) => _directory.File(key.FileStem + ".lock");

    private bool IsThere(CacheKey key) => File.Exists(_entries.PathOf(key));

    [Fact]
    public void What_ended_a_day_ago_goes_with_its_lock_and_what_is_good_stays()
    {
        CacheKey old = Entry();
        CacheKey endless = Entry(CredentialFacts.LongestLifetime);
        _machine.Clock.Advance(86400 + 3601);
        CacheKey fresh = Entry();

        Sweep();

        Assert.Equal((false, true, true), (IsThere(old), IsThere(endless), IsThere(fresh)));
        Assert.Equal((false, true), (File.Exists(LockOf(old)), File.Exists(LockOf(fresh))));
    }

    [Fact]
    public void Where_the_sweep_cannot_be_marked_it_is_done_all_the_same()
    {
        CacheKey old = Entry();
        _machine.Clock.Advance(86400 + 3601);
        Directory.CreateDirectory(_directory.File("swept")); // As on a full disk: the mark cannot be written.

        Sweep();

        Assert.False(IsThere(old));
    }

    [Fact]
    public void A_lock_of_today_stays()
    {
        CacheKey old = Entry();
        _machine.Clock.Advance(86400 + 3601);
        File.SetLastWriteTimeUtc(LockOf(old), DateTimeOffset.FromUnixTimeSeconds(_machine.Clock.Now - 60).UtcDateTime);

        Sweep();

        Assert.Equal((false, true), (IsThere(old), File.Exists(LockOf(old))));
    }

    [Fact]
    public void What_somebody_works_on_stays()
    {
        CacheKey held = Entry();
        _machine.Clock.Advance(86400 + 3601);
        using FlightLock gate = FlightLock.Open(LockOf(held));
        Assert.True(gate.TryLead());

        Sweep();

        Assert.True(IsThere(held));
    }

    [Theory]
    [InlineData("{\"version\":2}")]
    [InlineData("{")]
    public void What_is_not_understood_stays(string content)
    {
        CacheKey key = Entry();
        PrivateFile.Replace(_entries.PathOf(key), System.Text.Encoding.UTF8.GetBytes(content));
        _machine.Clock.Advance(30 * 86400);

        Sweep();

        Assert.Equal(content, File.ReadAllText(_entries.PathOf(key)));
    }

    [Fact]
    public void A_failure_that_is_still_remembered_stays()
    {
        CacheKey key = Made.Key();
        FlightLock.Open(LockOf(key)).Dispose();
        Refusals refusals = new(_directory, _machine.Environment);
        refusals.Remember(key, new BrokerException(ErrorCode.IdentityServiceFailed, "it failed"), seconds: 300);

        Sweep();
        Assert.NotNull(refusals.Read(key));
        _machine.Clock.Advance(86400 + 301);
        Sweep();

        Assert.Empty(Directory.GetFiles(_directory.Path, "*.refusal.json"));
    }

    [Fact]
    public void It_is_done_once_an_hour()
    {
        Sweep();
        CacheKey old = Entry(lifetime: -86400);
        _machine.Clock.Advance(3599);
        Sweep();
        Assert.True(IsThere(old));

        _machine.Clock.Advance(2);
        Sweep();

        Assert.False(IsThere(old));
    }

    [Fact]
    public async Task Every_exchange_sees_to_it()
    {
        await using FederatedMachine machine = await FederatedMachine.StartAsync();
        machine.UseGitHub();
        machine.Obtain();
        string first = $"{machine.Machine.CacheDirectory}/{machine.Key.FileStem}.json";
        machine.Machine.Clock.Advance(2 * 86400);
        machine.Machine.Variables["GITHUB_RUN_ID"] = "2";
        machine.Obtain();

        Assert.False(File.Exists(first));
        Assert.Single(Directory.GetFiles(machine.Machine.CacheDirectory, "*.lock"));
    }
}
