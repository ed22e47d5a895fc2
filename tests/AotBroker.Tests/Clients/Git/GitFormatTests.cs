namespace AotBroker.Tests;

/// <summary>The answer of a credential helper, to the octet.</summary>
public sealed class GitFormatTests : FormatTest
{
    [Fact]
    public void Git_is_lines() => Assert.Equal($"username=token\npassword={Jwt}\npassword_expiry_utc={Now + 540}\n", Written("git", Token()));

    [Theory]
    [InlineData("a\nhost=evil.example")]
    [InlineData("a\r")]
    [InlineData("a\0")]
    public void Git_gets_no_second_line(string password) =>
        Assert.DoesNotContain(password, Expect.Error("AB0305", () => Written("git", Fields(("username", "a"), ("password", password)))).All(), StringComparison.Ordinal);
}
