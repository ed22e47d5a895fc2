using AotBroker.Errors;
using AotBroker.Exchange;
using AotBroker.Files;
using AotBroker.Profiles;
using AotBroker.Runtime;
using AotBroker.Schemas;

namespace AotBroker.Flights;

/// <summary>What one process does for all who ask at the same time.</summary>
internal interface IFlight
{
    CacheKey Key { get; }

    /// <summary>The flight's lock, taken if no process leads; null, with a warning, if the cache cannot be used.</summary>
    /// <param name="leads">Whether this process leads now.</param>
    FlightLock? OpenLock(out bool leads);

    /// <summary>Asks again, whatever is remembered now. Failures of others from here on count.</summary>
    void IgnoreRememberedFailure();

    /// <summary>The cache was removed, and with it the records: what the source holds now may have been presented.</summary>
    void MarkRecordsIncomplete();

    /// <summary>What another process has brought meanwhile, if it is fresh enough.</summary>
    /// <param name="freshness">What the caller asks for.</param>
    /// <param name="leads">Whether the caller holds the lock.</param>
    Credential? TryReadShared(Freshness freshness, bool leads);

    /// <summary>Asks the endpoint, and stores the outcome for those who wait. The caller holds the lock, where there is one.</summary>
    /// <exception cref="BrokerException">Why there is no credential.</exception>
    Credential Exchange(Freshness freshness, Deadline deadline);
}
