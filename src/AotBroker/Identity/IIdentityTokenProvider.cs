using AotBroker.Errors;

namespace AotBroker.Identity;

/// <summary>Where a workload's identity token comes from. One file each; adding one is a schema variant, a file, a test.</summary>
internal interface IIdentityTokenProvider
{
    /// <summary>The source in words, for messages: "the file /run/token".</summary>
    string Description { get; }

    /// <summary>Every call gives a token that nobody has seen before.</summary>
    bool Mints { get; }

    /// <summary>Gets the token as it is now.</summary>
    /// <exception cref="BrokerException">One of the identity's errors (AB04xx).</exception>
    IdentityToken GetToken(Deadline deadline);
}
