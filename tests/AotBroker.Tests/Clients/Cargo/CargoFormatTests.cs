using AotBroker.Exchange;

namespace AotBroker.Tests;

/// <summary>The answer of a credential provider, to the octet.</summary>
public sealed class CargoFormatTests : FormatTest
{
    [Fact]
    public void Cargo_is_an_answer_to_get()
    {
        Assert.Equal($$$"""{"Ok":{"kind":"get","token":"{{{Jwt}}}","cache":"expires","expiration":{{{Now + 540}}},"operation_independent":true}}""" + "\n", Written("cargo", Token()));
        Assert.Equal($$$"""{"Ok":{"kind":"get","token":"{{{Jwt}}}","cache":"session","operation_independent":true}}""" + "\n", Written("cargo", Token(CredentialFacts.Never)));
    }
}
