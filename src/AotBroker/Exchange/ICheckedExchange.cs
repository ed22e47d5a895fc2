using AotBroker.Errors;
using AotBroker.Http;
using AotBroker.Identity;
using AotBroker.Runtime;
using AotBroker.Schemas;

namespace AotBroker.Exchange;

/// <summary>
/// An exchange whose settings were checked and whose addresses were parsed: <see cref="IExchange.Check"/> gives one, and there
/// is no other way to present a token.
/// </summary>
internal interface ICheckedExchange
{
    /// <summary>Presents the identity token, once.</summary>
    ExchangeResult Present(IdentityToken identity, PinnedHttp http, Deadline deadline);

    /// <summary>Asks the service to take a credential back. One that is not good any more counts as taken back.</summary>
    /// <returns>Null if it is; else why it is still good.</returns>
    BrokerException? Revoke(Credential credential, PinnedHttp http, Deadline deadline) => new(
        ErrorCode.NotRevoked, "the service cannot revoke a credential of this kind: it is good until it expires", "clear it without --revoke");
}
