using AotBroker.Errors;
using AotBroker.Exchange;
using AotBroker.Files;
using AotBroker.Flights;
using AotBroker.Http;
using AotBroker.Interop;
using AotBroker.Logins;
using AotBroker.Profiles;
using AotBroker.Reporting;
using AotBroker.Runtime;
using AotBroker.Schemas;
using Microsoft.Extensions.Logging;

namespace AotBroker.Brokering;

/// <summary>
/// The main job: any number of processes, one exchange. <see cref="Obtain"/> is what every hit runs; <see cref="Renew(IFlight,
/// Freshness, CacheView, Deadline, bool)"/> decides who exchanges and who waits; <see cref="Flight"/> is the exchange itself.
/// </summary>
internal sealed class Broker(ProcessEnvironment environment, Reporter reporter, ILogger log, Func<PinnedHttp> network)
{
    /// <summary>A credential for the profile: from the cache, or by the one exchange that all callers share.</summary>
    /// <param name="profile">What to obtain, and with what settings.</param>
    /// <param name="freshness">How fresh it must be.</param>
    /// <param name="timeout">How long an exchange may take, and the wait for another process's.</param>
    /// <param name="wait">How long to wait, in addition, for another identity token if the only one is missing, used up or expired.</param>
    /// <exception cref="BrokerException">There is none; it says why, and what to do.</exception>
    public Credential Obtain(ResolvedProfile profile, Freshness freshness, TimeSpan timeout, TimeSpan wait = default)
    {
        CacheView cached = CacheView.Of(profile, environment);
        if (cached.Fresh(freshness, environment.Now) is { } fresh)
        {
            return fresh; // The hot path ends here: no lock, no socket, no thread, nothing written (invariant 2).
        }
        FederatedProfile? minting = profile is FederatedProfile federated ? MintedIdentity.InsteadOf(federated, environment) : null;
        CacheView minted = minting is null ? default : CacheView.Of(minting, environment);
        if (minted.Fresh(freshness, environment.Now) is { } other)
        {
            return other;
        }
        Libc.HoldStandardStreams();
        try
        {
            return Renew(profile, cached, freshness, timeout);
        }
        catch (BrokerException error) when (minting is not null && MintedIdentity.MayHelp(error, minting.Exchange))
        {
            log.MintsInstead(error.Message);
            return Renew(minting, minted, freshness, timeout);
        }
        catch (BrokerException error) when (profile is FederatedProfile waiting)
        {
            BrokerException reason = MintedIdentity.HintAt(error, waiting, environment);
            return wait > TimeSpan.Zero ? RenewAfterRotation(waiting, cached, freshness, timeout, Deadline.After(wait, environment.Clock), reason) : throw reason;
        }
    }

    private Credential Renew(ResolvedProfile profile, CacheView cached, Freshness freshness, TimeSpan timeout)
    {
        Deadline deadline = Deadline.After(timeout, environment.Clock);
        using PinnedHttp http = network();
        FlightContext context = new(cached.Directory, http, environment, reporter, log);
        IFlight flight = profile switch
        {
            LoginProfile login => new LoginFlight(login, context),
            // If the identity was not at hand a moment ago, it may be now: a file is being replaced.
            FederatedProfile federated => new Flight(federated, cached.Key ?? CacheKey.Of(federated), context),
            _ => throw new ArgumentOutOfRangeException(nameof(profile)),
        };
        return Renew(flight, freshness.Since(environment.Now, cached.Credential), cached, deadline);
    }

    private Credential Renew(IFlight flight, Freshness freshness, CacheView cached, Deadline deadline, bool cacheIsNew = false)
    {
        if (freshness.Force)
        {
            flight.IgnoreRememberedFailure();
        }
        using FlightLock? gate = flight.OpenLock(out bool leads);
        bool follows = gate is not null && !leads;
        if (follows && !freshness.Patient && cached.Tolerable(freshness, environment.Now) is { } tolerable)
        {
            return tolerable; // Another process is renewing it, and it is good enough meanwhile.
        }
        try
        {
            if (follows)
            {
                log.WaitsForLeader(flight.Key.FileStem);
                gate!.WaitForLeader(deadline); // All who wait wake together...
                if (flight.TryReadShared(freshness, leads) is { } shared)
                {
                    return shared;
                }
                gate.Lead(deadline); // ...and one after the other only if the leader brought nothing.
                leads = true;
            }
            if (gate?.IsGone == true && !cacheIsNew)
            {
                return Renew(flight, freshness, cached, deadline, cacheIsNew: true); // With all others.
            }
            if (cacheIsNew)
            {
                flight.MarkRecordsIncomplete();
            }
            return flight.TryReadShared(freshness, leads) ?? flight.Exchange(freshness, deadline);
        }
        catch (BrokerException error) when (cached.Tolerable(freshness, environment.Now) is { } old)
        {
            reporter.Warning(
                ErrorCode.ServedOld,
                $"the credential could not be renewed; it is good for another {Times.Duration(old.RemainingAt(environment.Now))}: {error.Message}",
                error.Hints);
            return old;
        }
    }

    private Credential RenewAfterRotation(FederatedProfile profile, CacheView cached, Freshness freshness, TimeSpan timeout, Deadline deadline, BrokerException error)
    {
        using PinnedHttp http = network();
        LateRenewal late = new(
            profile.TokensBy(http),
            () => CacheView.Of(profile, environment).Fresh(freshness.Since(environment.Now, cached.Credential), environment.Now),
            () => Renew(profile, CacheView.Of(profile, environment) with { Credential = cached.Credential }, freshness, timeout),
            environment,
            reporter);
        return late.Obtain(deadline, error);
    }
}
