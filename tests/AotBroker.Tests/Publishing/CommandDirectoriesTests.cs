using AotBroker.Errors;
using AotBroker.Files;
using AotBroker.Publishing;

namespace AotBroker.Tests;

/// <summary>What commands left behind is removed once it serves nobody, also where nobody can tell whether they still run.</summary>
public sealed class CommandDirectoriesTests : IDisposable
{
    private const long Hour = 3600;
    private const long Day = 24 * Hour;
    private const string EndedElsewhere = "2147483647-00000000-x";

    private readonly Machine _machine = new();
    private readonly long _now = DateTimeOffset.UtcNow.ToUnixTimeSeconds();

    public void Dispose() => _machine.Dispose();

    private bool IsSwept(string name, long? expiry, long changed, params string[] parts)
    {
        CacheDirectory.Of(_machine.Environment).Prepare();
        string directory = _machine.Home.MakeDirectory($".cache/aotbroker/exec/{name}");
        Array.ForEach(parts, part => _machine.Home.MakeDirectory($".cache/aotbroker/exec/{name}/{part}"));
        if (expiry is { } seconds)
        {
            _machine.Home.Write(
                $".cache/aotbroker/exec/{name}/credentials/ci.json",
                $$"""{"version":"1.0","type":"oauth_token","access_token":"{{Made.AccessToken()}}","expires_at":{{seconds}}}""");
        }
        Directory.SetLastWriteTimeUtc(directory, DateTimeOffset.FromUnixTimeSeconds(changed).UtcDateTime);

        CommandDirectories.Sweep(CacheDirectory.Of(_machine.Environment), _now);

        return !Directory.Exists(directory);
    }

    [Theory]
    [InlineData(-Hour - 60, true)]
    [InlineData(-Hour + 60, false)]
    public void With_Anthropics_credential_alone_it_goes_an_hour_after_that_expired(long expiry, bool isSwept) =>
        Assert.Equal(isSwept, IsSwept(EndedElsewhere, _now + expiry, _now - Day, "aotbroker", "configs"));

    [Theory]
    [InlineData(-7 * Day - Hour - 60, true)]
    [InlineData(-7 * Day - Hour + 60, false)]
    public void With_anything_else_it_goes_when_it_is_a_week_old(long changed, bool isSwept)
    {
        Assert.Equal(isSwept, IsSwept(EndedElsewhere, null, _now + changed, "aotbroker", "secrets"));
        Assert.Equal(isSwept, IsSwept(EndedElsewhere, _now - (2 * Day), _now + changed, "aotbroker", "configs", "aws"));
    }

    [Theory]
    [InlineData(-Hour - 60, true)]
    [InlineData(-Hour + 60, false)]
    public void What_was_never_finished_goes_after_an_hour(long changed, bool isSwept) =>
        Assert.Equal(isSwept, IsSwept(EndedElsewhere, null, _now + changed, "secrets"));

    [Fact]
    public void What_belongs_to_a_process_that_lives_or_is_kept_stays_however_old_it_is()
    {
        Assert.False(IsSwept($"{Environment.ProcessId}-00000000-x", _now - (30 * Day), _now - (30 * Day), "aotbroker", "configs"));

        using FlightLock? place = CommandDirectories.TryKeep(_machine.Home.MakeDirectory($".cache/aotbroker/exec/{EndedElsewhere}"));
        Assert.NotNull(place);
        Assert.False(IsSwept(EndedElsewhere, _now - (30 * Day), _now - (30 * Day), "aotbroker", "configs"));
    }

    [Fact]
    public void Of_a_process_elsewhere_clear_leaves_what_no_lock_tells_of()
    {
        CacheDirectory cache = CacheDirectory.Of(_machine.Environment);
        string own = CommandDirectories.Make(cache);
        string[] parts = Path.GetFileName(own).Split('-', 3);
        string ended = _machine.Home.MakeDirectory($".cache/aotbroker/exec/2147483647-{parts[1]}-x");
        string elsewhere = _machine.Home.MakeDirectory($".cache/aotbroker/exec/{EndedElsewhere}");
        string killedElsewhere = _machine.Home.MakeDirectory($".cache/aotbroker/exec/{EndedElsewhere}y");
        CommandDirectories.Keep(killedElsewhere).Dispose();

        CommandDirectories.RemoveAbandoned(cache);

        Assert.Equal([true, false, true, false], new[] { own, ended, elsewhere, killedElsewhere }.Select(Directory.Exists));
    }

    [Fact]
    public async Task A_directory_that_is_just_being_kept_is_neither_swept_nor_let_go()
    {
        const int Rounds = 300;
        CacheDirectory cache = CacheDirectory.Of(_machine.Environment);
        cache.Prepare();
        _machine.Home.MakeDirectory(".cache/aotbroker/exec");
        using CancellationTokenSource over = new();
        Task[] sweeps = [.. Enumerable.Range(0, 2).Select(_ => Task.Factory.StartNew(
            () =>
            {
                while (!over.IsCancellationRequested)
                {
                    CommandDirectories.RemoveAbandoned(cache); // As `clear --all` does: whatever nobody keeps.
                }
            },
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default))];
        try
        {
            for (int round = 0; round < Rounds; round++)
            {
                string directory = _machine.Home.MakeDirectory($".cache/aotbroker/exec/{Environment.ProcessId}-00000000-{round}");

                using FlightLock place = CommandDirectories.Keep(directory);

                using FlightLock another = FlightLock.Open(CommandDirectories.LockOf(directory));
                Assert.True(another.IsLed());
            }
        }
        finally
        {
            await over.CancelAsync();
            await Task.WhenAll(sweeps);
        }
    }

    [Fact]
    public void A_place_that_is_just_being_taken_back_has_one_keeper_afterwards()
    {
        string directory = _machine.Home.MakeDirectory("place");
        int keepers = 0;

        List<int> most = Threads.Start(4, _ =>
        {
            int seen = 0;
            for (int round = 0; round < 500; round++)
            {
                try
                {
                    using FlightLock? place = CommandDirectories.TryKeep(directory);
                    if (place is not null)
                    {
                        seen = Math.Max(seen, Interlocked.Increment(ref keepers));
                        Interlocked.Decrement(ref keepers);
                        File.Delete(CommandDirectories.LockOf(directory)); // As `keep` does in the end.
                    }
                }
                catch (BrokerException)
                {
                    // The lock went between being made and being opened, which is told.
                }
            }
            return seen;
        }).Results();

        Assert.Equal(1, most.Max());
    }
}
