using AotBroker.Errors;
using AotBroker.Http;
using AotBroker.Runtime;
using AotBroker.Schemas;
using AotBroker.Settings;

namespace AotBroker.Identity;

/// <summary>
/// Where a workload's identity token comes from: a profile's settings, bound to the environment that they apply in. One file
/// each; <see cref="IdentitySources"/> lists them.
/// </summary>
internal interface IIdentitySource
{
    /// <summary>The settings as a profile has them. Paths are absolute.</summary>
    IdentitySettings Settings { get; }

    /// <summary>The source in words, for messages: "the file /run/token".</summary>
    string Description { get; }

    TokenSupply Supply { get; }

    /// <summary>Reading the token is reading a file: it costs nothing.</summary>
    bool IsFile => false;

    /// <summary>The token is at hand, in a file or a variable: no request is needed to see what it says.</summary>
    bool IsHeld => false;

    /// <summary>
    /// Adds everything that decides whose token this is (invariant 3), the source's own settings among it. It is part of every
    /// hit. A token that is at hand says it all; see <see cref="HeldTokenSource"/>.
    /// </summary>
    /// <param name="key">Begins with the source's name.</param>
    /// <param name="audience">What the exchange wants where the settings do not say; null where the exchange does not either.</param>
    /// <exception cref="BrokerException">The token should be at hand and is not: one of the identity's errors (AB04xx).</exception>
    void AddToKey(KeyText key, string? audience);

    /// <summary>
    /// Adds the names of the job that stay where clients remove variables that look like secrets, and with them the token. Only
    /// what the same job was granted while it had its token is served by them.
    /// </summary>
    /// <returns>False where the platform has no such name, or it is not set.</returns>
    bool TryAddJobToKey(KeyText key) => false;

    /// <summary>Gets the token as it is now.</summary>
    /// <param name="audience">As for <see cref="AddToKey"/>.</param>
    /// <param name="http">The way to a source's service.</param>
    /// <param name="deadline">When to give up.</param>
    /// <exception cref="BrokerException">One of the identity's errors (AB04xx).</exception>
    IdentityToken GetToken(string? audience, PinnedHttp http, Deadline deadline);

    /// <summary>When the platform gives another token than this one, in Unix seconds; null where that is unknown.</summary>
    long? RotatesAt(IdentityToken token) => null;
}
