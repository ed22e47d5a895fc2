using AotBroker.Exchange;
using AotBroker.Identity;
using AotBroker.Profiles;
using AotBroker.Schemas;
using AotBroker.Store;
using static AotBroker.Store.PresentedTokenRecords;

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

    private Claim TryClaim(IdentityToken? identity = null, string endpoint = Endpoint, CacheKey? key = null) =>
        _records.TryClaim(identity ?? _identity, endpoint, key ?? _key, "ci", _machine.Deadline());

    private static void AssertVerdict(string expected, Claim claim) => Assert.Equal(expected, claim.Verdict.ToString());

    private void Conclude(Presentation presentation, int? status = null, string? requestId = null) =>
        _records.Conclude(_identity, Endpoint, _key, "ci", new ExchangeResult(presentation) { Status = status, RequestId = requestId }, _machine.Deadline());

    [Fact]
    public void A_token_that_nobody_presented_may_be_and_the_intent_is_on_disk_before()
    {
        Claim claim = TryClaim();

        AssertVerdict("First", claim);
        Assert.Null(claim.Earlier);
        PresentedToken record = Assert.Single(new PresentedTokenRecords(_directory, _machine.Environment).All());
        Assert.Equal(_identity.Digest, record.Digest);
        Assert.Equal(PresentedTokenOutcome.Pending, record.Outcome);
        Assert.Equal(_key.FileStem, record.Entry);
        Assert.Equal(Environment.ProcessId, record.ProcessId);
        Assert.Equal(_machine.Clock.Now, record.PresentedAt);
        Assert.Equal(_identity.ExpiresAt, record.ExpiresAt);
        Assert.Equal(1, record.Attempts);
    }

    [Fact]
    public void Never_the_token_itself_is_recorded()
    {
        // Invariant 5.
        TryClaim();
        Conclude(Presentation.Granted);

        string content = File.ReadAllText(_directory.File("presented.json"));
        Assert.All(_identity.Reveal().Split('.'), part => Assert.DoesNotContain(part, content, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void After_an_answer_it_is_spent(bool isGranted)
    {
        TryClaim();
        Conclude(isGranted ? Presentation.Granted : Presentation.Refused, isGranted ? 200 : 401, "req_011A");

        Claim claim = TryClaim();

        AssertVerdict("Spent", claim);
        Assert.Equal(isGranted ? PresentedTokenOutcome.Granted : PresentedTokenOutcome.Refused, claim.Earlier!.Outcome);
        Assert.Equal(isGranted ? 200 : 401, claim.Earlier.Status);
        Assert.Equal("req_011A", claim.Earlier.RequestId);
        Assert.Equal(1, claim.Earlier.Attempts);
    }

    [Fact]
    public void Without_an_answer_it_may_be_presented_once_more_and_no_more()
    {
        TryClaim();
        Conclude(Presentation.Unknown);

        Claim second = TryClaim();
        AssertVerdict("Second", second);
        Assert.Equal(1, second.Earlier!.Attempts);
        Conclude(Presentation.Unknown);

        AssertVerdict("Spent", TryClaim());
        AssertVerdict("Spent", TryClaim());
    }

    [Fact]
    public void After_a_process_died_in_between_it_may_be_presented_once_more_and_no_more()
    {
        TryClaim();
        AssertVerdict("Second", TryClaim());
        AssertVerdict("Spent", TryClaim());
    }

    [Fact]
    public void The_second_answer_counts()
    {
        TryClaim();
        Conclude(Presentation.Unknown);
        TryClaim();
        Conclude(Presentation.Refused, 401);

        Claim claim = TryClaim();

        AssertVerdict("Spent", claim);
        Assert.Equal(PresentedTokenOutcome.Refused, claim.Earlier!.Outcome);
        Assert.Equal(2, claim.Earlier.Attempts);
    }

    [Fact]
    public void A_token_that_was_not_sent_is_as_if_it_had_never_been_tried()
    {
        TryClaim();
        Conclude(Presentation.NotSent);

        Assert.Empty(_records.All());
        AssertVerdict("First", TryClaim());
    }

    [Fact]
    public void A_second_attempt_that_was_not_sent_may_be_made_again()
    {
        TryClaim();
        Conclude(Presentation.Unknown);
        TryClaim();
        Conclude(Presentation.NotSent);

        AssertVerdict("Second", TryClaim());
        AssertVerdict("Spent", TryClaim());
    }

    [Fact]
    public void For_another_endpoint_it_is_another_matter()
    {
        const string Other = "https://other.example/v1/oauth/token";
        TryClaim();
        Conclude(Presentation.Granted);

        AssertVerdict("First", TryClaim(endpoint: Other));
        AssertVerdict("Spent", TryClaim());
    }

    [Fact]
    public void Another_token_is_another_matter()
    {
        TryClaim();
        Conclude(Presentation.Refused);

        AssertVerdict("First", TryClaim(Made.IdentityToken()));
    }

    [Fact]
    public void Two_profiles_that_share_a_token_do_not_both_present_it()
    {
        TryClaim();
        Conclude(Presentation.Granted);

        AssertVerdict("Spent", TryClaim(key: Made.Key("other")));
    }
}
