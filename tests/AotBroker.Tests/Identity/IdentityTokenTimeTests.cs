using AotBroker.Identity;

namespace AotBroker.Tests;

/// <summary>A token whose time is over, or has not come, is not presented; the endpoint allows 30 s of skew.</summary>
public sealed class IdentityTokenTimeTests
{
    private const long Now = TestClock.StartSeconds;

    private static Action Checking(string claims, long? serverTime = null) => () =>
        IdentityToken.Parse(Made.Jwt(claims), "a test", serverTime).RequireValidAt(Now, Sources.File("/run/token"));

    [Theory]
    [InlineData(0)]
    [InlineData(-29)]
    [InlineData(300)]
    public void A_token_is_good_until_30_seconds_after_its_end(int offset) => Checking($$"""{"exp":{{Now + offset}}}""")();

    [Theory]
    [InlineData(-30)]
    [InlineData(-31)]
    [InlineData(-86400)]
    public void From_then_on_it_has_expired(int offset)
    {
        var error = Expect.Error("AB0406", Checking($$"""{"exp":{{Now + offset}}}"""));

        Assert.Contains("file /run/token", error.Message, StringComparison.Ordinal);
        Assert.Contains("2030-01-01T00:00:00Z", error.All(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(30)]
    [InlineData(-300)]
    public void A_token_is_good_from_30_seconds_before_its_beginning(int offset) => Checking($$"""{"nbf":{{Now + offset}}}""")();

    [Theory]
    [InlineData(31)]
    [InlineData(3600)]
    public void Before_then_it_is_not_yet_valid(int offset) => Expect.Error("AB0407", Checking($$"""{"nbf":{{Now + offset}}}"""));

    [Fact]
    public void A_token_without_times_is_the_endpoints_to_judge() => Checking("{}")();

    [Theory]
    [InlineData("""{"exp":-999999999999999}""", "AB0406")]
    [InlineData("""{"nbf":999999999999999}""", "AB0407")]
    [InlineData("""{"exp":0}""", "AB0406")]
    public void Times_beyond_any_calendar_are_told_all_the_same(string claims, string code) => Expect.Error(code, Checking(claims));

    [Theory]
    [InlineData("exp", -60, -3600, "this machine's clock is 1 h ahead: it says 2030-01-01T00:00:00Z, and the service that gave the token says 2029-12-31T23:00:00Z")]
    [InlineData("nbf", 60, 120, "this machine's clock is 2 min behind: it says 2030-01-01T00:00:00Z, and the service that gave the token says 2030-01-01T00:02:00Z")]
    public void A_clock_that_differs_from_the_services_is_the_reason(string claim, int offset, int there, string hint)
    {
        var error = Expect.Error(claim == "exp" ? "AB0406" : "AB0407", Checking($$"""{"{{claim}}":{{Now + offset}}}""", Now + there));

        Assert.Equal(hint, Assert.Single(error.Hints));
    }

    [Fact]
    public void A_clock_that_agrees_with_the_services_is_not()
    {
        var error = Expect.Error("AB0406", Checking($$"""{"exp":{{Now - 60}}}""", Now));

        Assert.Contains("the platform must write a new token", error.Hints[0], StringComparison.Ordinal);
        Assert.Contains("agrees", error.Hints[^1], StringComparison.Ordinal);
    }
}
