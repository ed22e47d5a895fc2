using System.Collections.Concurrent;
using System.Diagnostics;
using AotBroker.Brokering;
using AotBroker.Exchange;
using AotBroker.Files;
using AotBroker.Http;
using AotBroker.Interop;
using AotBroker.Publishing;
using AotBroker.Schemas;
using Microsoft.Extensions.Logging.Abstractions;

namespace AotBroker.Tests;

/// <summary>What `keep` and the companion of `exec` do while they live, against a real endpoint: the test moves the clock.</summary>
public sealed class KeeperTests : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private readonly ConcurrentQueue<Credential> _published = [];
    private FederatedMachine _machine = null!;
    private Func<Credential, bool> _accepts = static _ => true;

    public async Task InitializeAsync() => _machine = await FederatedMachine.StartAsync();

    public async Task DisposeAsync() => await _machine.DisposeAsync();

    [Fact]
    public void A_credential_is_renewed_before_SDKs_would_think_of_it()
    {
        _machine.UseGitHub();
        using Kept keeper = Keep();
        Credential first = keeper.First;

        Until(() => !_published.IsEmpty, keeper, advance: 20);

        Credential second = Assert.Single(_published);
        Assert.NotEqual(first.AccessToken, second.AccessToken);
        Assert.InRange(first.RemainingAt(second.IssuedAt), 121, first.Lifetime);
        Assert.Equal(2, _machine.Endpoint.Events.Presentations);
        Assert.Empty(_machine.Machine.Error.Text);
    }

    [Fact]
    public void What_is_not_due_is_left_alone()
    {
        using Kept keeper = Keep();

        for (int look = 0; look < 20; look++)
        {
            keeper.Watch.Wake();
            Thread.Sleep(5);
        }

        Assert.Empty(_published);
        Assert.Equal(1, _machine.Endpoint.Events.Presentations);
    }

    [Fact]
    public void Of_a_row_of_failures_the_first_is_told_and_the_end_and_then_it_recovers()
    {
        using Kept keeper = Keep();
        File.Delete(_machine.TokenPath);

        Until(() => Lines("AB0709") > 0, keeper, advance: 30);
        Until(keeper.HasTried(5), keeper, advance: 60);

        Assert.Equal(1, Lines("warning["));
        Assert.Equal(1, Lines("AB0709"));
        Assert.Empty(_published);
        _machine.RotateToken();
        Until(() => !_published.IsEmpty, keeper, advance: 30);
        Assert.True(_published.First().RemainingAt(_machine.Machine.Clock.Now) > 0);
    }

    [Fact]
    public void What_cannot_be_published_is_told_and_tried_again()
    {
        _machine.UseGitHub();
        using Kept keeper = Keep();
        int refused = 0;
        _accepts = _ => ++refused > 2;

        Until(() => !_published.IsEmpty, keeper, advance: 30);

        Assert.Equal(3, refused);
        Assert.Equal(1, Lines("AB0705"));
    }

    [Fact]
    public void It_ends_when_it_is_told_to()
    {
        using Kept keeper = Keep();

        keeper.Keeper.End();

        Assert.True(keeper.Thread.Join(Patience));
    }

    [Fact]
    public async Task It_ends_with_the_process_that_it_watches()
    {
        using Process process = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", "read -r line"]) { RedirectStandardInput = true })!;
        using Kept keeper = Keep(process.Id);
        Assert.False(keeper.Thread.Join(TimeSpan.FromMilliseconds(20)));

        process.StandardInput.Close();

        Assert.True(keeper.Thread.Join(Patience));
        await process.WaitForExitAsync();
    }

    [Fact]
    public void A_renewal_that_is_under_way_at_the_end_is_let_finish()
    {
        _machine.UseGitHub();
        using Kept keeper = Keep();
        FlightLock slow = FlightLock.Open(_machine.LockPath); // Another process renews.
        Assert.True(slow.TryLead());
        Until(keeper.HasTried(1), keeper, advance: 60);

        keeper.Keeper.End();
        Assert.True(keeper.Thread.Join(Patience));
        slow.Dispose();
        keeper.Keeper.LetFinish();

        Assert.Equal(2, _machine.Endpoint.Events.Presentations);
        Assert.Empty(_published); // What it published is being taken back.
    }

    private Kept Keep(int? process = null) => new(_machine, credential =>
    {
        if (!_accepts(credential))
        {
            throw new IOException("no");
        }
        _published.Enqueue(credential);
    }, process);

    private int Lines(string text) => _machine.Machine.Error.Lines.Count(line => line.Contains(text, StringComparison.Ordinal));

    /// <summary>Moves the clock, but not while a renewal is due, until something has happened.</summary>
    private void Until(Func<bool> condition, Kept keeper, long advance)
    {
        for (Stopwatch clock = Stopwatch.StartNew(); !condition();)
        {
            Assert.True(clock.Elapsed < Patience, "it did not happen; on standard error: " + _machine.Machine.Error.Text);
            if (keeper.IsIdle)
            {
                _machine.Machine.Clock.Advance(advance);
                keeper.Watch.Wake();
            }
            Thread.Sleep(5);
        }
    }

    /// <summary>A keeper that runs, of one credential.</summary>
    private sealed class Kept : IDisposable
    {
        private int _begun;

        private readonly KeptCredential _credential;
        private readonly TestClock _clock;

        public Kept(FederatedMachine machine, Action<Credential> publish, int? process)
        {
            First = machine.Obtain();
            Watch = new ProcessWatch(process);
            Broker broker = new(machine.Machine.Environment, machine.Machine.Reporter, NullLogger.Instance, () =>
            {
                Interlocked.Increment(ref _begun);
                return new PinnedHttp();
            });
            _credential = new KeptCredential(machine.Profile, First, publish);
            _clock = machine.Machine.Clock;
            Keeper = new Keeper([_credential], broker, machine.Machine.Environment, machine.Machine.Reporter, Watch);
            Thread = new Thread(Keeper.Run) { IsBackground = true };
            Thread.Start();
        }

        public Credential First { get; }

        public ProcessWatch Watch { get; }

        public Keeper Keeper { get; }

        public Thread Thread { get; }

        /// <summary>Whether nothing is due, and so nothing under way.</summary>
        public bool IsIdle => _credential.Schedule.Until(_clock.Now) > 0;

        /// <summary>Whether it has begun so many renewals from here on.</summary>
        public Func<bool> HasTried(int times)
        {
            int before = Volatile.Read(ref _begun);
            return () => Volatile.Read(ref _begun) >= before + times;
        }

        public void Dispose()
        {
            Keeper.End();
            Assert.True(Thread.Join(Patience));
            Keeper.LetFinish();
            Watch.Dispose();
        }
    }
}
