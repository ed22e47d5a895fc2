using AotBroker.Files;
using AotBroker.Interop;
using AotBroker.Runtime;

namespace AotBroker.Tests;

/// <summary>One leads, the others sleep in the kernel and wake when it lets go, however it ends.</summary>
public sealed class FlightLockTests : IDisposable
{
    private readonly Machine _machine = new();
    private readonly string _path;

    public FlightLockTests() => _path = _machine.Home["key.lock"];

    public void Dispose() => _machine.Dispose();

    [Fact]
    public void The_lock_file_is_made_private_and_stays()
    {
        FlightLock.Open(_path).Dispose();

        Assert.Equal(TemporaryDirectory.Private, File.GetUnixFileMode(_path));
        Assert.Equal(0, new FileInfo(_path).Length);
    }

    [Fact]
    public void A_file_that_counts_by_being_there_is_not_made_by_who_looks_at_its_lock()
    {
        Assert.Throws<IOException>(() => FlightLock.OpenExisting(_path));
        Assert.False(File.Exists(_path));

        using FlightLock first = FlightLock.Open(_path);
        using FlightLock other = FlightLock.OpenExisting(_path);
        Assert.True(first.TryLead());
        Assert.True(other.IsLed());
    }

    [Fact]
    public void One_leads_and_nobody_else()
    {
        using FlightLock one = FlightLock.Open(_path);
        using FlightLock two = FlightLock.Open(_path);
        Assert.False(one.IsLed());

        Assert.True(one.TryLead());
        Assert.False(two.TryLead());
        Assert.True(two.IsLed());

        one.Dispose();
        Assert.False(two.IsLed());
        Assert.True(two.TryLead());
    }

    [Fact]
    public void Letting_go_twice_does_not_let_go_of_the_lock_that_has_the_number_by_then()
    {
        FlightLock first = FlightLock.Open(_path);
        first.Dispose();
        using FlightLock leader = FlightLock.Open(_path);
        Assert.True(leader.TryLead());

        first.Dispose();

        using FlightLock other = FlightLock.Open(_path);
        Assert.False(other.TryLead());
    }

    [Fact]
    public void Many_that_try_at_once_have_one_leader()
    {
        for (int round = 0; round < 20; round++)
        {
            FlightLock[] locks = [.. Enumerable.Range(0, 16).Select(_ => FlightLock.Open(_path))];
            List<bool> leads = Threads.Start(locks.Length, number => locks[number].TryLead()).Results();
            Array.ForEach(locks, static one => one.Dispose());

            Assert.Single(leads, static lead => lead);
        }
    }

    [Fact]
    public void Many_that_make_the_file_at_once_have_one_file()
    {
        for (int round = 0; round < 20; round++)
        {
            string path = _machine.Home[$"round{round}.lock"];
            List<FlightLock> locks = Threads.Start(16, _ => FlightLock.Open(path)).Results();
            Assert.True(locks[0].TryLead());
            Assert.All(locks.Skip(1), static one => Assert.False(one.TryLead()));
            locks.ForEach(static one => one.Dispose());
        }
    }

    [Fact]
    public void Those_who_wait_all_wake_when_the_leader_lets_go()
    {
        const int Followers = 12;
        FlightLock leader = FlightLock.Open(_path);
        Assert.True(leader.TryLead());
        Threads.Running<bool> followers = Threads.Start(Followers, _ =>
        {
            using FlightLock follower = FlightLock.Open(_path);
            follower.WaitForLeader(_machine.Deadline());
            return true;
        });
        KernelLocks.AwaitWaiters(_path, Followers);

        leader.Dispose();

        Assert.Equal(Followers, followers.Results().Count);
    }

    [Fact]
    public void Those_who_wait_do_not_wait_for_each_other()
    {
        // One that has woken, and has not let go yet.
        FlightLock.Open(_path).Dispose();
        int awake = Libc.OpenToLock(_path);
        Assert.Equal(0, Libc.Lock(awake, Libc.LockOperation.Shared));
        using FlightLock follower = FlightLock.Open(_path);

        follower.WaitForLeader(_machine.Deadline(10));

        Assert.False(follower.TryLead());
        // To close alone would keep it where a program that another test is just starting has the open file too.
        Assert.Equal(0, Libc.Lock(awake, Libc.LockOperation.Unlock));
        Libc.Close(awake);
        Assert.True(follower.TryLead());
    }

    [Fact]
    public void Those_who_wait_hold_nothing_afterwards()
    {
        using FlightLock follower = FlightLock.Open(_path);
        follower.WaitForLeader(_machine.Deadline());
        using FlightLock next = FlightLock.Open(_path);

        Assert.True(next.TryLead());
    }

    [Fact]
    public void Those_who_want_to_lead_do_so_one_after_the_other()
    {
        const int Count = 12;
        int leaders = 0;
        int most = 0;
        FlightLock first = FlightLock.Open(_path);
        Assert.True(first.TryLead());
        Threads.Running<bool> others = Threads.Start(Count, _ =>
        {
            using FlightLock other = FlightLock.Open(_path);
            other.Lead(_machine.Deadline());
            most = Math.Max(most, Interlocked.Increment(ref leaders));
            Thread.Yield();
            Interlocked.Decrement(ref leaders);
            return true;
        });
        KernelLocks.AwaitWaiters(_path, Count);

        first.Dispose();

        Assert.Equal(Count, others.Results().Count);
        Assert.Equal(1, most);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Nobody_waits_longer_than_its_deadline(bool leads)
    {
        // Invariant 6.
        using FlightLock leader = FlightLock.Open(_path);
        Assert.True(leader.TryLead());
        using FlightLock follower = FlightLock.Open(_path);

        var error = Expect.Error("AB0702", () =>
        {
            if (leads)
            {
                follower.Lead(_machine.Deadline(0.05));
            }
            else
            {
                follower.WaitForLeader(_machine.Deadline(0.05));
            }
        });

        Assert.Contains(_path, error.Message, StringComparison.Ordinal);
        Assert.Contains("`--timeout SECONDS` (of `get`, `exec` and `keep`)", error.All(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_wait_that_timed_out_is_given_nothing_later(bool leads)
    {
        // Invariant 6: a thread that went on sleeping for the lock was given it when nobody was there any more to let it go.
        FlightLock leader = FlightLock.Open(_path);
        Assert.True(leader.TryLead());
        using FlightLock follower = FlightLock.Open(_path);
        Threads.Start(1, _ => Expect.Error("AB0702", () =>
        {
            if (leads)
            {
                follower.Lead(_machine.Deadline(0.05));
            }
            else
            {
                follower.WaitForLeader(_machine.Deadline(0.05));
            }
        })).Results();

        Assert.Equal(0, KernelLocks.Waiters(_path));
        leader.Dispose();

        using FlightLock next = FlightLock.Open(_path);
        Assert.True(next.TryLead());
    }

    [Fact]
    public void Many_waits_that_time_out_at_once_end_and_hold_nothing()
    {
        using FlightLock leader = FlightLock.Open(_path);
        Assert.True(leader.TryLead());

        List<bool> ended = Threads.Start(24, number =>
        {
            using FlightLock follower = FlightLock.Open(_path);
            Expect.Error("AB0702", () => follower.Lead(_machine.Deadline(number % 4 * 0.01)));
            return true;
        }).Results();

        Assert.Equal(24, ended.Count);
        Assert.Equal(0, KernelLocks.Waiters(_path));
    }

    [Fact]
    public void A_lock_that_comes_after_its_deadline_is_given_back()
    {
        FlightLock.Open(_path).Dispose();
        int late = Libc.OpenToLock(_path);

        Assert.Equal(Libc.ErrorTimedOut, Libc.LockWithin(late, Libc.LockOperation.Exclusive, TimeSpan.Zero));

        using FlightLock next = FlightLock.Open(_path);
        Assert.True(next.TryLead());
        Libc.Close(late);
    }

    [Fact]
    public void A_lock_that_is_held_keeps_others_out_and_stays_held()
    {
        using FlightLock leader = FlightLock.Open(_path);
        Assert.True(leader.TryLead());

        Assert.True(leader.LocksExclude());

        using FlightLock other = FlightLock.Open(_path);
        Assert.False(other.TryLead());
    }

    [Fact]
    public void A_lock_that_keeps_nobody_out_is_known_and_nothing_is_left_held()
    {
        // As where flock(2) answers success and does nothing: the leader believes to hold what it does not.
        using FlightLock leader = FlightLock.Open(_path);

        Assert.False(leader.LocksExclude());

        using FlightLock other = FlightLock.Open(_path);
        Assert.True(other.TryLead());
    }

    [Fact]
    public void A_directory_that_is_held_keeps_others_out()
    {
        using FlightLock place = FlightLock.OfDirectory(_machine.Home.MakeDirectory("private", TemporaryDirectory.PrivateDirectory));
        Assert.True(place.TryLead());

        Assert.True(place.LocksExclude());
    }

    [Fact]
    public void A_link_is_not_locked()
    {
        // Invariant 7: somebody else's file could be locked through it.
        _machine.Home.Write("target", "");
        File.CreateSymbolicLink(_path, _machine.Home["target"]);

        Assert.Throws<IOException>(() => FlightLock.Open(_path));
    }

    [Fact]
    public void A_link_to_nothing_makes_no_file_elsewhere()
    {
        File.CreateSymbolicLink(_path, _machine.Home["elsewhere"]);

        Assert.ThrowsAny<IOException>(() => FlightLock.Open(_path));
        Assert.False(File.Exists(_machine.Home["elsewhere"]));
    }

    [Theory]
    [InlineData(0x184)]
    [InlineData(0x190)]
    public void A_file_that_others_could_lock_is_refused(int mode)
    {
        _machine.Home.Write("key.lock", "", (UnixFileMode)mode);

        Assert.Throws<IOException>(() => FlightLock.Open(_path));
    }

    [FactForRoot]
    public void A_file_of_another_user_is_refused()
    {
        Native.GiveTo(Native.Nobody, _machine.Home.Write("key.lock", ""));

        Assert.Throws<IOException>(() => FlightLock.Open(_path));
    }

    [Fact]
    public void A_directory_or_a_fifo_is_refused()
    {
        _machine.Home.MakeDirectory("key.lock");
        Assert.Throws<IOException>(() => FlightLock.Open(_path));

        Native.MakeFifo(_machine.Home["fifo.lock"]);
        Assert.Throws<IOException>(() => FlightLock.Open(_machine.Home["fifo.lock"]));
    }

    [Fact]
    public void A_directory_that_is_missing_is_an_io_error() =>
        Assert.ThrowsAny<IOException>(() => FlightLock.Open(_machine.Home["missing/key.lock"]));
}
