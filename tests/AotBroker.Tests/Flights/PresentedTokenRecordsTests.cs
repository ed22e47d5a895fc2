using AotBroker.Exchange;
using AotBroker.Files;
using AotBroker.Flights;
using AotBroker.Identity;
using AotBroker.Profiles;
using AotBroker.Schemas;

namespace AotBroker.Tests;

/// <summary>Invariant 1: what the records say of a token that is about to be presented.</summary>
public sealed class PresentedTokenRecordsTests : IDisposable
{
    private const string Endpoint = "https://api.example/v1/oauth/token";

    private readonly Machine _machine = new();
    private readonly CacheDirectory _directory;
    private readonly PresentedTokenRecords _records;
    private readonly CacheKey _key = Made.Key();
    private readonly IdentityToken _identity = Made.IdentityToken();

    public PresentedTokenRecordsTests()
    {
        _directory = CacheDirectory.Of(_machine.Environment);
        _directory.Prepare();
        _records = new PresentedTokenRecords(_directory, _machine.Environment);
    }

    public void Dispose() => _machine.Dispose();

    /// <summary>What another process is told; one that presents the token ends here.</summary>
    private Reservation TryReserve(IdentityToken? identity = null, string endpoint = Endpoint, CacheKey? key = null)
    {
        Reservation reservation = _records.TryReserve(identity ?? _identity, endpoint, (key ?? _key).FileStem, "ci", null, new CacheAbility(true, true));
        reservation.Dispose();
        return reservation;
    }

    private static void AssertVerdict(string expected, Reservation reservation) => Assert.Equal(expected, reservation.Verdict.ToString());

    private void Conclude(Reservation reservation, Presentation presentation, int? status = null, string? requestId = null) =>
        _records.Conclude(reservation, new ExchangeResult(presentation) { Status = status, RequestId = requestId });

    [Fact]
    public void A_token_that_nobody_presented_may_be_and_the_intent_is_on_disk_before()
    {
        Reservation reservation = TryReserve();

        AssertVerdict("First", reservation);
        Assert.Null(reservation.Earlier);
        PresentedToken record = Assert.Single(new PresentedTokenRecords(_directory, _machine.Environment).All());
        Assert.Equal(_identity.Digest, record.Digest);
        Assert.Equal(PresentedTokenOutcome.Pending, record.Outcome);
        Assert.Equal(_key.FileStem, record.Entry);
        Assert.Equal(Environment.ProcessId, record.ProcessId);
        Assert.Equal(_machine.Clock.Now, record.PresentedAt);
        Assert.Equal(_identity.ExpiresAt, record.ExpiresAt);
    }

    [Fact]
    public void Never_the_token_itself_is_recorded()
    {
        // Invariant 5.
        Conclude(TryReserve(), Presentation.Granted);

        string content = File.ReadAllText(Assert.Single(Directory.GetFiles(_directory.Path, "presented-*.json")));
        Assert.All(_identity.Reveal().Split('.'), part => Assert.DoesNotContain(part, content, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void After_an_answer_it_is_spent(bool isGranted)
    {
        Conclude(TryReserve(), isGranted ? Presentation.Granted : Presentation.Refused, isGranted ? 200 : 401, "req_011A");

        Reservation reservation = TryReserve();

        AssertVerdict("Spent", reservation);
        Assert.Equal(isGranted ? PresentedTokenOutcome.Granted : PresentedTokenOutcome.Refused, reservation.Earlier!.Outcome);
        Assert.Equal(isGranted ? 200 : 401, reservation.Earlier.Status);
        Assert.Equal("req_011A", reservation.Earlier.RequestId);
    }

    [Fact]
    public void Without_an_answer_it_may_be_presented_once_more_and_no_more()
    {
        Conclude(TryReserve(), Presentation.Unknown);

        Reservation second = TryReserve();
        AssertVerdict("Second", second);
        Assert.Equal(PresentedTokenOutcome.Unknown, second.Earlier!.Outcome);
        Conclude(second, Presentation.Unknown);

        AssertVerdict("Spent", TryReserve());
        AssertVerdict("Spent", TryReserve());
    }

    [Fact]
    public void After_a_process_died_in_between_it_may_be_presented_once_more_and_no_more()
    {
        TryReserve();
        AssertVerdict("Second", TryReserve());
        AssertVerdict("Spent", TryReserve());
    }

    [Fact]
    public void The_second_answer_counts()
    {
        Conclude(TryReserve(), Presentation.Unknown);
        Conclude(TryReserve(), Presentation.Refused, 401);

        Reservation reservation = TryReserve();

        AssertVerdict("Spent", reservation);
        Assert.Equal(PresentedTokenOutcome.Refused, reservation.Earlier!.Outcome);
    }

    [Fact]
    public void A_token_that_was_not_sent_is_as_if_it_had_never_been_tried()
    {
        Conclude(TryReserve(), Presentation.NotSent);

        Assert.Empty(_records.All());
        AssertVerdict("First", TryReserve());
    }

    [Fact]
    public void A_second_attempt_that_was_not_sent_may_be_made_again()
    {
        Conclude(TryReserve(), Presentation.Unknown);
        Conclude(TryReserve(), Presentation.NotSent);

        AssertVerdict("Second", TryReserve());
        AssertVerdict("Spent", TryReserve());
    }

    [Fact]
    public void For_another_endpoint_it_is_another_matter()
    {
        const string Other = "https://other.example/v1/oauth/token";
        Conclude(TryReserve(), Presentation.Granted);

        AssertVerdict("First", TryReserve(endpoint: Other));
        AssertVerdict("Spent", TryReserve());
    }

    [Fact]
    public void Another_token_is_another_matter()
    {
        Conclude(TryReserve(), Presentation.Refused);

        AssertVerdict("First", TryReserve(Made.IdentityToken()));
    }

    [Fact]
    public void Two_profiles_that_share_a_token_do_not_both_present_it()
    {
        Conclude(TryReserve(), Presentation.Granted);

        AssertVerdict("Spent", TryReserve(key: Made.Key("other")));
    }
}
