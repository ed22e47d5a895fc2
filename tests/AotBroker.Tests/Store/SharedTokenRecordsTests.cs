using AotBroker.Exchange;
using AotBroker.Identity;
using AotBroker.Profiles;
using AotBroker.Schemas;
using AotBroker.Store;
using static AotBroker.Store.PresentedTokenRecords;

namespace AotBroker.Tests;

/// <summary>Invariant 1, between processes: who presents a token that many have, and for how long that is remembered.</summary>
public sealed class SharedTokenRecordsTests : IDisposable
{
    private const string Endpoint = "https://api.example/v1/oauth/token";

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

    private Claim TryClaim(IdentityToken? identity = null, CacheKey? key = null) =>
        _records.TryClaim(identity ?? _identity, Endpoint, key ?? _key, "ci", _machine.Deadline());

    private static void AssertVerdict(string expected, Claim claim) => Assert.Equal(expected, claim.Verdict.ToString());

    private void Conclude(Presentation presentation) => _records.Conclude(_identity, Endpoint, _key, "ci", new ExchangeResult(presentation), _machine.Deadline());

    private FlightLock LockOf(CacheKey key) => FlightLock.Open(_directory.File(key.FileStem + ".lock"));

    [Fact]
    public void While_another_profile_presents_it_it_is_in_flight_and_after_that_process_died_unknown()
    {
        CacheKey other = Made.Key("other");
        using (FlightLock flight = LockOf(other))
        {
            Assert.True(flight.TryLead());
            TryClaim(key: other);

            Claim claim = TryClaim();
            AssertVerdict("InFlight", claim);
            Assert.Equal(other.FileStem, claim.Earlier!.Entry);
            Assert.Single(_records.All());
        }

        AssertVerdict("Second", TryClaim());
    }

    [Fact]
    public void Of_many_profiles_that_want_to_present_it_at_once_one_does()
    {
        CacheKey[] keys = [.. Enumerable.Range(0, 16).Select(number => Made.Key($"p{number}"))];
        List<FlightLock> locks = [.. keys.Select(LockOf)];
        Assert.All(locks, static one => Assert.True(one.TryLead()));

        List<Claim> claims = Threads.Start(keys.Length, number => TryClaim(key: keys[number])).Results();

        locks.ForEach(static one => one.Dispose());
        Assert.Single(claims, static claim => claim.Verdict == Verdict.First);
        Assert.Equal(keys.Length - 1, claims.Count(static claim => claim.Verdict == Verdict.InFlight));
    }

    [Fact]
    public void Claims_of_many_tokens_at_once_are_all_recorded()
    {
        IdentityToken[] tokens = [.. Enumerable.Range(0, 32).Select(static _ => Made.IdentityToken())];

        Threads.Start(tokens.Length, number => TryClaim(tokens[number])).Results();

        Assert.Equal(tokens.Select(static token => token.Digest).Order(StringComparer.Ordinal), _records.All().Select(static record => record.Digest).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_record_is_kept_for_a_day_past_its_tokens_end()
    {
        TryClaim();
        Conclude(Presentation.Granted);
        _machine.Clock.Now = _identity.ExpiresAt!.Value + 86399;
        AssertVerdict("First", TryClaim(Made.IdentityToken(_machine.Clock.Now + 300)));
        Assert.Equal(2, _records.All().Count);
        AssertVerdict("Spent", TryClaim());

        _machine.Clock.Advance(1);
        AssertVerdict("First", TryClaim(Made.IdentityToken(_machine.Clock.Now + 300)));
        Assert.DoesNotContain(_records.All(), record => record.Digest == _identity.Digest);
    }

    [Fact]
    public void A_token_without_an_end_is_remembered_for_a_week()
    {
        IdentityToken endless = IdentityToken.Parse(Made.Jwt("{}"), "a test");
        TryClaim(endless);

        Assert.Equal(_machine.Clock.Now + (7 * 86400), Assert.Single(_records.All()).ExpiresAt);
    }

    [Fact]
    public void A_planted_record_does_not_lead_out_of_the_directory()
    {
        PresentedToken planted = new()
        {
            Digest = _identity.Digest,
            Endpoint = Endpoint,
            Entry = "../../elsewhere",
            Profile = "ci",
            PresentedAt = _machine.Clock.Now,
            ExpiresAt = _machine.Clock.Now + 300,
            ProcessId = 1,
            Attempts = 1,
            Outcome = PresentedTokenOutcome.Pending,
        };
        PrivateFile.Replace(_directory.File("presented.json"), new PresentedTokens { Tokens = [planted] }.ToUtf8Json());

        AssertVerdict("Second", TryClaim());
        Assert.False(File.Exists(_machine.Home["elsewhere.lock"]));
    }

    [Fact]
    public void Nobody_waits_longer_than_its_deadline_for_the_records()
    {
        // Invariant 6.
        using FlightLock guard = FlightLock.Open(_directory.File("presented.lock"));
        Assert.True(guard.TryLead());

        Expect.Error("AB0702", () => _records.TryClaim(_identity, Endpoint, _key, "ci", _machine.Deadline(0.05)));
    }
}
