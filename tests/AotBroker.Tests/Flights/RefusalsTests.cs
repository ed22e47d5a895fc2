using AotBroker.Errors;
using AotBroker.Exchange;
using AotBroker.Files;
using AotBroker.Flights;
using AotBroker.Identity;
using AotBroker.Profiles;
using AotBroker.Runtime;

namespace AotBroker.Tests;

/// <summary>Invariant 9: a failure is shared, briefly; it ends when the identity token changes or its time is over.</summary>
public sealed class RefusalsTests : IDisposable
{
    private readonly Machine _machine = new();
    private readonly CacheDirectory _directory;
    private readonly Refusals _refusals;
    private readonly CacheKey _key = Made.Key();
    private readonly Source _source = new();

    public RefusalsTests()
    {
        _directory = CacheDirectory.Of(_machine.Environment);
        _directory.Prepare();
        _refusals = new Refusals(_directory, _machine.Environment);
    }

    public void Dispose() => _machine.Dispose();

    /// <summary>A source of identity tokens in the hands of the test.</summary>
    private sealed class Source : IIdentityTokenProvider
    {
        public IdentityToken Token { get; set; } = Made.IdentityToken();

        public int Calls { get; private set; }

        public string Description => "a test";

        public TokenSupply Supply { get; set; } = TokenSupply.Cached;

        public IdentityToken GetToken(Deadline deadline)
        {
            Calls++;
            return Token;
        }
    }

    private void Remember(Presentation presentation = Presentation.Refused, TimeSpan? retryAfter = null, string message = "refused") => _refusals.Remember(
        _key,
        new ExchangeResult(presentation) { Error = new BrokerException(ErrorCode.ExchangeRefused, message, "mend the rule"), RetryAfter = retryAfter },
        _source.Token);

    private BrokerException? FindActive(Freshness? freshness = null) => _refusals.FindActive(_key, _source, freshness ?? new Freshness(), _machine.Deadline());

    [Fact]
    public void Where_nothing_failed_nothing_stands() => Assert.Null(FindActive());

    [Fact]
    public void What_was_refused_is_told_again_with_its_hints_and_by_whom()
    {
        Remember();
        _machine.Clock.Advance(7);

        BrokerException error = Expect.Error("AB0501", FindActive());

        Assert.Equal("refused", error.Message);
        Assert.Equal("mend the rule", error.Hints[0]);
        Assert.Contains($"process {Environment.ProcessId} got this error 7 s ago", error.Hints[^1], StringComparison.Ordinal);
        Assert.Contains("23 s", error.Hints[^1], StringComparison.Ordinal);
        Assert.EndsWith("`aotbroker get --force-refresh` retries at once", error.Hints[^1], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Refused", 0, 30)]
    [InlineData("Unknown", 0, 5)]
    [InlineData("NotSent", 0, 5)]
    [InlineData("Unknown", 2, 5)]
    [InlineData("Unknown", 90, 90)]
    [InlineData("Refused", 90, 90)]
    [InlineData("Unknown", 100_000, 300)]
    public void It_stands_for_a_short_time_and_for_what_the_endpoint_asks_up_to_five_minutes(string presentation, int retryAfter, int seconds)
    {
        Remember(Enum.Parse<Presentation>(presentation), retryAfter == 0 ? null : TimeSpan.FromSeconds(retryAfter));

        _machine.Clock.Advance(seconds - 1);
        Assert.NotNull(FindActive());
        _machine.Clock.Advance(1);
        Assert.Null(FindActive());
    }

    [Fact]
    public void An_absurd_retry_after_is_bounded_too()
    {
        Remember(Presentation.Unknown, TimeSpan.MaxValue);

        _machine.Clock.Advance(300);
        Assert.Null(FindActive());
    }

    [Fact]
    public void A_refusal_from_the_future_does_not_stand()
    {
        Remember();
        _machine.Clock.Advance(-1);

        Assert.Null(FindActive());
    }

    [Fact]
    public void It_ends_when_the_identity_token_is_another_one()
    {
        Remember();
        _source.Token = Made.IdentityToken();

        Assert.Null(FindActive());
    }

    [Fact]
    public void Where_the_source_mints_another_token_ends_nothing_and_none_is_minted_to_find_out()
    {
        _source.Supply = TokenSupply.Minted;
        Remember();
        _source.Token = Made.IdentityToken();

        Assert.NotNull(FindActive());
        Assert.Equal(0, _source.Calls);
    }

    [Fact]
    public void A_failure_that_says_nothing_of_the_token_does_not_end_with_it()
    {
        Remember(Presentation.Unknown);
        _source.Token = Made.IdentityToken();

        Assert.NotNull(FindActive());
    }

    [Fact]
    public void Force_ignores_what_was_refused_before_it_began_to_wait()
    {
        Remember();
        Freshness before = new Freshness { Force = true }.Since(_machine.Clock.Now, null);
        _machine.Clock.Advance(1);
        Freshness after = new Freshness { Force = true }.Since(_machine.Clock.Now, null);

        Assert.NotNull(FindActive(before));
        Assert.Null(FindActive(after));
    }

    [Fact]
    public void It_is_told_to_its_own_configuration_alone()
    {
        // Invariant 3.
        Remember();

        CacheKey other = Made.Key();
        Assert.Null(_refusals.FindActive(other, _source, new Freshness(), _machine.Deadline()));

        File.Move(_directory.File(_key.FileStem + ".refusal.json"), _directory.File(other.FileStem + ".refusal.json"));
        Assert.Null(_refusals.FindActive(other, _source, new Freshness(), _machine.Deadline()));
    }

    [Fact]
    public void What_is_forgotten_does_not_stand()
    {
        _refusals.Forget(_key);
        Remember();
        _refusals.Forget(_key);

        Assert.Null(FindActive());
        Assert.Empty(Directory.GetFiles(_directory.Path));
    }

    [Fact]
    public void No_secret_is_remembered()
    {
        // Invariant 5.
        Remember();

        string content = File.ReadAllText(_directory.File(_key.FileStem + ".refusal.json"));
        Assert.All(_source.Token.Reveal().Split('.'), part => Assert.DoesNotContain(part, content, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("{}")]
    public void A_damaged_one_does_not_stand(string content)
    {
        PrivateFile.Replace(_directory.File(_key.FileStem + ".refusal.json"), System.Text.Encoding.UTF8.GetBytes(content));

        Assert.Null(FindActive());
    }

    [Theory]
    [InlineData("half of a pair: \ud83d")]
    [InlineData("a line\nand another\u202e")]
    public void Any_message_can_be_remembered(string message)
    {
        Remember(message: message);

        Assert.NotNull(FindActive());
    }
}
