using AotBroker.Errors;
using AotBroker.Identity;

namespace AotBroker.Exchange;

/// <summary>How large an identity token a service takes: beyond it, the token is not sent at all, and so not spent.</summary>
/// <param name="Characters">The most that it takes.</param>
/// <param name="Service">The service, as people call it.</param>
internal sealed record LongestAssertion(int Characters, string Service)
{
    /// <summary>Anthropic's token endpoint.</summary>
    public static LongestAssertion OfAnthropic => new(16 * 1024, "Anthropic's token endpoint");

    /// <summary>AWS's reference of AssumeRoleWithWebIdentity, WebIdentityToken.</summary>
    public static LongestAssertion OfAws => new(20_000, "AWS STS");

    /// <summary>What a header carries, and what the cache keeps.</summary>
    public static LongestAssertion OfHeader => new(64 * 1024, "a client's header");

    /// <returns>Null where the token is not too large.</returns>
    public ExchangeResult? Refusal(IdentityToken identity) => identity.Reveal().Length <= Characters ? null : new ExchangeResult(Presentation.NotSent)
    {
        Error = new BrokerException(
            ErrorCode.IdentityTooLarge,
            $"the identity token has {identity.Reveal().Length} characters, and {Service} takes {Characters} at most",
            "ask the platform for fewer claims: long lists, such as those of a user's groups, can often be left out"),
    };
}
