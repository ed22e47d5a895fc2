using System.Text;
using AotBroker.Exchange;
using AotBroker.Runtime;
using AotBroker.Schemas;

namespace AotBroker.Tests;

/// <summary>The answer of a credential helper, to the octet.</summary>
public sealed class BazelFormatTests : FormatTest
{
    [Fact]
    public void Bazel_is_a_header()
    {
        Assert.Equal($$$"""{"headers":{"Authorization":["Bearer {{{Jwt}}}"]},"expires":"{{{Times.Utc(Now + 540)}}}"}""" + "\n", Written("bazel", Token()));
        Assert.Equal(
            $$$"""{"headers":{"Authorization":["Basic {{{Convert.ToBase64String(Encoding.UTF8.GetBytes("me:" + Jwt))}}}"]}}""" + "\n",
            Written("bazel", Token(CredentialFacts.Never) with { Scheme = ServedPlacesScheme.Basic, UserName = "me" }));
    }
}
