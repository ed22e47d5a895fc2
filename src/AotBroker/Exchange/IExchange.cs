using AotBroker.Errors;
using AotBroker.Http;
using AotBroker.Identity;
using AotBroker.Runtime;
using AotBroker.Schemas;
using AotBroker.Settings;

namespace AotBroker.Exchange;

/// <summary>What a workload's identity token is exchanged for, and where. One file each; <see cref="Exchanges"/> lists them.</summary>
internal interface IExchange
{
    /// <summary>The settings, with their gaps filled, as a profile has them.</summary>
    ExchangeSettings Settings { get; }

    /// <summary>The service's address, for people: as it was set, and where.</summary>
    Setting Address { get; }

    /// <summary>Where the identity token is sent.</summary>
    string Endpoint { get; }

    /// <summary>The same in one spelling, whatever the configuration's: a token is spent at a server, not at a text.</summary>
    string RecordedEndpoint => PinnedHttp.Canonical(Endpoint);

    /// <summary>Whether the identity token leaves this process, and so counts as presented.</summary>
    bool Presents => true;

    /// <summary>
    /// Whether the service refuses a token that it has taken before (invariant 1): as its documentation says, unless the profile
    /// knows better. For <see cref="Presents"/> = false, whether a token is handed out once.
    /// </summary>
    bool IsSingleUse { get; }

    /// <summary>What comes out of it.</summary>
    CredentialKind Kind => CredentialKind.Token;

    /// <summary>The audience that the service expects in an identity token that is made for it; null where it has no usual one.</summary>
    string? Audience => null;

    /// <summary>The same from the service itself, where it has to be asked; only before an exchange.</summary>
    /// <exception cref="BrokerException"><see cref="ErrorCode.AudienceMissing"/>.</exception>
    string? AudienceFrom(PinnedHttp http, Deadline deadline) => Audience;

    /// <summary>Hosts and URL prefixes that the credential is for, where the service tells; a profile may name others.</summary>
    IReadOnlyList<string> Hosts => [];

    /// <summary>The user name that the service expects beside the token in basic authentication; null where it has no usual one.</summary>
    string? UserName => null;

    /// <summary>
    /// Null for most: their clients take what comes of the exchange. Where a client's library insists on making the exchange
    /// itself, what it is handed instead.
    /// </summary>
    IExchange? ForClientsThatExchange => null;

    /// <summary>Everything that decides what is minted, but the identity (invariant 3).</summary>
    void AddToKey(KeyText key);

    /// <summary>Checks that nothing is missing. What it costs is paid by every hit, so it does no more than that.</summary>
    /// <param name="profile">The profile's name.</param>
    /// <param name="file">Its file; null where there is none.</param>
    /// <param name="warnings">What the file holds that the broker does not know: the likely reason why something is missing.</param>
    /// <exception cref="BrokerException"><see cref="ErrorCode.ProfileIncomplete"/>.</exception>
    void RequireComplete(string profile, string? file, SchemaProblems warnings)
    {
    }

    /// <summary>
    /// Checks all that can be checked before an identity token is asked for, and parses the addresses. A hit does without: nothing
    /// was ever obtained, and so cached, for what would not pass.
    /// </summary>
    /// <exception cref="BrokerException"><see cref="ErrorCode.EndpointRefused"/>, <see cref="ErrorCode.SettingInvalid"/>.</exception>
    ICheckedExchange Check();
}
