namespace AotBroker.Tests;

/// <summary>The answer of a GOAUTH command, to the octet.</summary>
public sealed class GoAuthFormatTests : FormatTest
{
    [Fact]
    public void Goauth_is_a_set_for_every_prefix_that_can_be_told()
    {
        Assert.Equal(
            $"https://a.example\nhttps://b.example/go/\n\nAuthorization: Bearer {Jwt}\n\n",
            Written("goauth", Token() with { Hosts = ["a.example", "*.c.example", "https://*.c.example", "http://d.example", "https://b.example/go/"] }));
        Expect.Error("AB0306", () => Written("goauth", Token() with { Hosts = ["*.c.example"] }));
    }
}
