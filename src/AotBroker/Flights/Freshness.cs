using AotBroker.Exchange;
using AotBroker.Schemas;

namespace AotBroker.Flights;

/// <summary>How fresh a credential must be for its caller.</summary>
/// <remarks>
/// Anthropic's SDKs refresh from 120 s before expiry and keep the old token if that fails (advisory); from 30 s on, a
/// failure is an error (mandatory). The broker does the same, unless the caller asks for more.
/// </remarks>
internal sealed record Freshness
{
    /// <summary>Seconds before expiry from which a credential is renewed if it can be.</summary>
    private const long Advisory = 120;

    /// <summary>Seconds before expiry from which it is not served any more.</summary>
    private const long Mandatory = 30;

    /// <summary>The least remaining life that the caller asked for, in seconds; null where it did not ask.</summary>
    public long? MinimumLife { get; init; }

    /// <summary>
    /// How long the client keeps what it is given, in seconds; null where it uses it at once. It gets what lives longer if
    /// that there is: unlike <see cref="MinimumLife"/>, it is a wish.
    /// </summary>
    public long? ClientKeepsFor { get; init; }

    /// <summary>Not the credential that is in the cache now, however fresh: it was refused somewhere.</summary>
    public bool Force { get; init; }

    /// <summary>Rather wait for a process that renews it than take one that is about to expire: there is no second call.</summary>
    public bool Patient { get; init; }

    /// <summary>When the caller began to wait, in Unix seconds.</summary>
    public long StartedAt { get; private init; } = long.MaxValue;

    private Credential? Rejected { get; init; }

    /// <summary>The same wish, as of the instant at which the cache had nothing that met it.</summary>
    public Freshness Since(long now, Credential? cached) => this with { StartedAt = now, Rejected = Force ? cached : null };

    /// <summary>Whether this credential can be handed out as it is, without a try to renew it.</summary>
    public bool Accepts(Credential credential, long now)
    {
        if (Force && (StartedAt == long.MaxValue || (Rejected is not null && credential.IsSameAs(Rejected))))
        {
            return false;
        }
        // What was minted while the caller waited is the freshest there is; to insist would make each who waits exchange.
        return credential.RemainingAt(now) > (credential.IssuedAt >= StartedAt ? 0 : Threshold(credential));
    }

    /// <summary>Whether it may be handed out if it cannot be renewed.</summary>
    public bool Tolerates(Credential credential, long now) =>
        !Force && MinimumLife is null && credential.RemainingAt(now) > Math.Min(Mandatory, credential.Lifetime / 4);

    /// <summary>The caller asked for more than the endpoint grants: it gets what there is, and a warning.</summary>
    public bool AsksTooMuchOf(Credential credential) => MinimumLife >= credential.Lifetime;

    private long Threshold(Credential credential)
    {
        // What never lives as long as is asked would be exchanged again by every process; half its life is the best there is.
        long wanted = MinimumLife ?? ClientKeepsFor ?? Math.Min(Advisory, credential.Lifetime / 2);
        return wanted < credential.Lifetime ? wanted : credential.Lifetime / 2;
    }
}
