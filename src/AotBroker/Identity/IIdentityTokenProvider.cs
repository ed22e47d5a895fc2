using AotBroker.Errors;
using AotBroker.Runtime;

namespace AotBroker.Identity;

/// <summary>What is known of the tokens that a source gives.</summary>
internal enum TokenSupply
{
    /// <summary>Every request gives a new token.</summary>
    Minted,

    /// <summary>The platform gives the same token until it nears its end.</summary>
    Cached,

    /// <summary>One token for the whole job.</summary>
    Fixed,
}

/// <summary>The identity tokens that an exchange presents. Outside of tests they are a source's; see <see cref="SourceTokens"/>.</summary>
internal interface IIdentityTokenProvider
{
    /// <summary>The source in words, for messages: "the file /run/token".</summary>
    string Description { get; }

    TokenSupply Supply { get; }

    /// <summary>Every call gives a new token.</summary>
    bool Mints => Supply == TokenSupply.Minted;

    /// <summary>Gets the token as it is now.</summary>
    /// <exception cref="BrokerException">One of the identity's errors (AB04xx).</exception>
    IdentityToken GetToken(Deadline deadline);

    /// <summary>Reading the token is reading a file: it costs nothing.</summary>
    bool IsFile => false;

    /// <summary>When the platform gives another token than this one, in Unix seconds; null where that cannot be told.</summary>
    long? RotatesAt(IdentityToken token) => null;
}
