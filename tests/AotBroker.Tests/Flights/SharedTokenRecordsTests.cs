using AotBroker.Exchange;
using AotBroker.Files;
using AotBroker.Flights;
using AotBroker.Identity;
using AotBroker.Profiles;
using AotBroker.Schemas;

namespace AotBroker.Tests;

/// <summary>Invariant 1, between processes: who presents a token that many have, and for how long that is remembered.</summary>
public sealed class SharedTokenRecordsTests : IDisposable
{
    private const string Endpoint = "https://api.example/v1/oauth/token";

    private static readonly CacheAbility Everything = new(CanWrite: true, HasLocks: true);
    private static readonly CacheAbility WithoutLocks = new(CanWrite: true, HasLocks: false);

    private readonly Machine _machine = new();
    private readonly CacheDirectory _directory;
    private readonly PresentedTokenRecords _records;
    private readonly CacheKey _key = Made.Key();
    private readonly IdentityToken _identity = Made.IdentityToken();

    public SharedTokenRecordsTests()
    {
        _directory = CacheDirectory.Of(_machine.Environment);
        _directory.Prepare();
        _records = new PresentedTokenRecords(_directory, _machine.Environment);
    }

    public void Dispose() => _machine.Dispose();

    private Reservation TryReserve(IdentityToken? identity = null, CacheKey? key = null, string? granted = null, CacheAbility? ability = null) =>
        _records.TryReserve(identity ?? _identity, Endpoint, (key ?? _key).FileStem, "ci", granted, ability ?? Everything);

    /// <summary>What a process is told that ends at once.</summary>
    private Verdict VerdictOf(IdentityToken? identity = null, CacheKey? key = null, string? granted = null, CacheAbility? ability = null)
    {
        using Reservation reservation = TryReserve(identity, key, granted, ability);
        return reservation.Verdict;
    }

    private void Conclude(Reservation reservation, Presentation presentation)
    {
        _records.Conclude(reservation, new ExchangeResult(presentation));
        reservation.Dispose();
    }

    private void Sweep() => _records.Sweep();

    /// <summary>By the test's clock.</summary>
    private void SetWritten(string path) => File.SetLastWriteTimeUtc(path, _machine.Clock.GetUtcNow().UtcDateTime);

    private string RecordPath => Assert.Single(Directory.GetFiles(_directory.Path, "presented-*.json"));

    [Fact]
    public void While_another_process_presents_it_it_is_in_flight_and_after_that_one_died_unknown()
    {
        using (TryReserve(key: Made.Key("other")))
        {
            using Reservation meanwhile = TryReserve();
            Assert.Equal(Verdict.InFlight, meanwhile.Verdict);
            Assert.Equal(Environment.ProcessId, meanwhile.Earlier!.ProcessId);
        }

        Assert.Equal(Verdict.Second, VerdictOf());
        Assert.Equal(Verdict.Spent, VerdictOf());
    }

    [Fact]
    public void Of_many_that_want_to_present_it_at_once_one_does()
    {
        CacheKey[] keys = [.. Enumerable.Range(0, 16).Select(static number => Made.Key($"p{number}"))];

        List<Reservation> reservations = Threads.Start(keys.Length, number => TryReserve(key: keys[number])).Results();

        Assert.Single(reservations, static one => one.Verdict == Verdict.First);
        Assert.Equal(keys.Length - 1, reservations.Count(static one => one.Verdict == Verdict.InFlight));
        reservations.ForEach(static one => one.Dispose());
    }

    [Fact]
    public void Of_many_that_find_a_dead_ones_record_one_presents_it_again()
    {
        VerdictOf();

        List<Reservation> reservations = Threads.Start(16, _ => TryReserve()).Results();
        Assert.Single(reservations, static one => one.Verdict == Verdict.Second);
        reservations.ForEach(static one => one.Dispose());

        Assert.Equal(Verdict.Spent, VerdictOf());
    }

    [Fact]
    public void Without_locks_one_presents_it_and_the_others_wait_for_what_comes_of_it()
    {
        List<Reservation> reservations = Threads.Start(16, _ => TryReserve(ability: WithoutLocks)).Results();
        Reservation first = Assert.Single(reservations, static one => one.Verdict == Verdict.First);
        Assert.Equal(15, reservations.Count(static one => one.Verdict == Verdict.InFlight));

        Conclude(first, Presentation.Refused);

        Assert.Equal(Verdict.Spent, VerdictOf(ability: WithoutLocks));
    }

    [Fact]
    public void Without_locks_a_process_that_says_nothing_for_minutes_counts_as_dead()
    {
        VerdictOf(ability: WithoutLocks);
        Assert.Equal(Verdict.InFlight, VerdictOf(ability: WithoutLocks));

        _machine.Clock.Advance(120);

        Assert.Equal(Verdict.Second, VerdictOf(ability: WithoutLocks));
        Assert.Equal(Verdict.Spent, VerdictOf(ability: WithoutLocks));
    }

    [Fact]
    public void An_empty_record_says_that_the_token_was_presented()
    {
        // What a full disk lets be made.
        Conclude(TryReserve(), Presentation.NotSent);
        using Reservation reservation = TryReserve();
        reservation.Dispose();
        File.WriteAllText(reservation.Path, "");

        Assert.Equal(Verdict.Second, VerdictOf());
        Assert.Equal(Verdict.Spent, VerdictOf());
    }

    [Fact]
    public void An_empty_record_of_a_token_that_gave_the_entry_is_spent()
    {
        using Reservation reservation = TryReserve();
        reservation.Dispose();
        File.WriteAllText(reservation.Path, "");

        Assert.Equal(Verdict.Spent, VerdictOf(granted: _identity.Digest));
    }

    [Theory]
    [InlineData("\"version\":1", "\"version\":2")]
    [InlineData("\"version\":1", "\"version\":17")]
    [InlineData("\"outcome\":\"pending\"", "\"outcome\":\"withdrawn\"")]
    public void What_a_newer_version_wrote_counts_as_spent_and_stays(string written, string newer)
    {
        VerdictOf();
        string content = File.ReadAllText(RecordPath).Replace(written, newer, StringComparison.Ordinal);
        File.WriteAllText(RecordPath, content);

        Assert.Equal(Verdict.Spent, VerdictOf());
        _machine.Clock.Advance(30 * 86400);
        Sweep();

        Assert.Contains(Directory.GetFiles(_directory.Path, "presented-*.json"), path => File.ReadAllText(path) == content);
    }

    [Theory]
    [InlineData("{")]
    [InlineData("{}")]
    [InlineData("\0\0\0")]
    public void A_damaged_record_says_that_the_token_may_have_been_presented(string damage)
    {
        VerdictOf();
        File.WriteAllText(RecordPath, damage);

        Assert.Equal(Verdict.Second, VerdictOf());
        Assert.Equal(Verdict.Spent, VerdictOf());
    }

    [Fact]
    public void A_link_in_the_records_place_is_not_followed_and_counts_as_a_presentation()
    {
        Reservation reservation = TryReserve();
        string path = reservation.Path;
        Conclude(reservation, Presentation.NotSent);
        string target = _machine.Home.Write("target", "mine");
        File.CreateSymbolicLink(path, target);

        using Reservation second = TryReserve();
        Assert.Equal(Verdict.Second, second.Verdict);
        _records.Conclude(second, new ExchangeResult(Presentation.Refused));

        Assert.Equal("mine", File.ReadAllText(target));
        Assert.Equal(Verdict.Spent, VerdictOf());
    }

    [Fact]
    public void Where_nothing_can_be_written_what_is_on_record_is_heeded_and_the_rest_is_told()
    {
        using (Reservation unknown = TryReserve(ability: new CacheAbility(false, false)))
        {
            Assert.Equal(Verdict.First, unknown.Verdict);
            Assert.NotNull(unknown.Unrecorded);
        }
        Conclude(TryReserve(), Presentation.Granted);

        Assert.Equal(Verdict.Spent, VerdictOf(ability: new CacheAbility(false, false)));
    }

    [Fact]
    public void After_the_loss_of_the_records_an_older_token_has_one_attempt_left_and_a_newer_one_all()
    {
        IdentityToken older = IdentityToken.Parse(Made.Jwt($$"""{"iat":{{_machine.Clock.Now - 10}}}"""), "a test");
        IdentityToken newer = IdentityToken.Parse(Made.Jwt($$"""{"iat":{{_machine.Clock.Now + 10}}}"""), "a test");
        _records.MarkIncomplete();

        Assert.Equal(Verdict.Second, VerdictOf(older));
        Assert.Equal(Verdict.Spent, VerdictOf(older));
        Assert.Equal(Verdict.First, VerdictOf(newer));
        _machine.Clock.Advance(7 * 86400);
        Assert.Equal(Verdict.First, VerdictOf(_identity));
    }

    [Fact]
    public void Records_of_many_tokens_at_once_are_all_kept()
    {
        IdentityToken[] tokens = [.. Enumerable.Range(0, 32).Select(static _ => Made.IdentityToken())];

        Threads.Start(tokens.Length, number => VerdictOf(tokens[number])).Results();

        Assert.Equal(tokens.Select(static token => token.Digest).Order(StringComparer.Ordinal), _records.All().Select(static record => record.Digest).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_record_is_kept_for_a_day_past_its_tokens_end()
    {
        Conclude(TryReserve(), Presentation.Granted);
        _machine.Clock.Now = _identity.ExpiresAt!.Value + 86399;
        Sweep();
        Assert.Equal(Verdict.Spent, VerdictOf());

        _machine.Clock.Advance(1);
        Sweep();
        Assert.Empty(_records.All());
    }

    [Theory]
    [InlineData(0b110_100_100)]
    [InlineData(0b110_110_110)]
    [InlineData(0b000_000_000)]
    public void A_record_that_is_not_to_be_trusted_is_kept_as_long_as_one_that_does_not_tell(int mode)
    {
        VerdictOf();
        SetWritten(RecordPath);
        File.SetUnixFileMode(RecordPath, (UnixFileMode)mode);

        Sweep();

        Assert.Equal(Verdict.Second, VerdictOf());
        Assert.Equal(Verdict.Spent, VerdictOf());
    }

    [Fact]
    public void A_link_in_a_records_place_is_kept()
    {
        using Reservation reservation = TryReserve();
        File.Delete(reservation.Path);
        File.CreateSymbolicLink(reservation.Path, _machine.Home["nothing"]);

        Sweep();

        Assert.Equal(Verdict.Second, VerdictOf());
    }

    [Fact]
    public void What_killed_processes_were_writing_goes_when_it_is_minutes_old()
    {
        VerdictOf();
        string[] drafts = [$"{RecordPath}.tmp", $"{RecordPath}.4711-1.tmp", $"{RecordPath}.again.4711-1.tmp"];
        Assert.All(drafts, draft =>
        {
            File.WriteAllText(draft, "{");
            SetWritten(draft);
        });

        Sweep();
        Assert.All(drafts, static draft => Assert.True(File.Exists(draft)));
        _machine.Clock.Advance(120);
        Sweep();

        Assert.All(drafts, static draft => Assert.False(File.Exists(draft)));
        Assert.Equal(Verdict.Second, VerdictOf());
    }

    [Fact]
    public void A_token_without_an_end_is_remembered_for_a_week()
    {
        IdentityToken endless = IdentityToken.Parse(Made.Jwt("{}"), "a test");
        VerdictOf(endless);

        Assert.Equal(_machine.Clock.Now + (7 * 86400), Assert.Single(_records.All()).ExpiresAt);
    }

    [Fact]
    public void What_is_on_record_can_be_looked_at_without_a_change()
    {
        Assert.Null(_records.Find(_identity, Endpoint, out bool isSpent));
        Assert.False(isSpent);
        Conclude(TryReserve(), Presentation.Refused);

        Assert.Equal(PresentedTokenOutcome.Refused, _records.Find(_identity, Endpoint, out _)!.Outcome);
        VerdictOf(Made.IdentityToken());
        Assert.Equal(2, _records.All().Count);
    }
}
