using AotBroker.Errors;
using AotBroker.Exchange;
using AotBroker.Identity;
using AotBroker.Interop;
using AotBroker.Profiles;
using AotBroker.Store;
using Microsoft.Extensions.Logging;

namespace AotBroker;

/// <summary>
/// The main job: any number of processes, one exchange. <see cref="Obtain"/> is what every hit runs;
/// <see cref="Renew"/> decides who exchanges and who waits; <see cref="Flight"/> is the exchange itself.
/// </summary>
internal sealed class Broker(ProcessEnvironment environment, Reporter reporter, ILogger log, Func<PinnedHttp> network)
{
    /// <summary>A credential for the profile: from the cache, or by the one exchange that all callers share.</summary>
    /// <param name="profile">What to obtain, and for what.</param>
    /// <param name="freshness">How fresh it must be.</param>
    /// <param name="timeout">How long an exchange may take, and the wait for somebody else's.</param>
    /// <param name="wait">How long to wait, besides, for another identity token where the only one is spent or has expired.</param>
    /// <exception cref="BrokerException">There is none to be had; it says why, and what to do.</exception>
    public Credential Obtain(ResolvedProfile profile, Freshness freshness, TimeSpan timeout, TimeSpan wait = default)
    {
        CacheDirectory directory = CacheDirectory.Of(environment);
        CacheKey? key = profile is FederatedProfile federated ? CacheKey.Of(federated, environment) : null;
        // A login's credentials file is its cache.
        Credential? cached = key is null
            ? new LoginFile(((LoginProfile)profile).CredentialsFile, environment).Read().Credential
            : new CacheEntries(directory, environment).Read(key);
        if (cached is not null && freshness.Accepts(cached, environment.Now))
        {
            return cached; // The hot path ends here: no lock, no socket, no thread, nothing written (invariant 2).
        }
        Deadline deadline = Deadline.After(timeout, environment.Clock);
        Libc.HoldStandardStreams();
        using PinnedHttp http = network();
        IFlight flight = key is null ? FlightOf((LoginProfile)profile, directory, http) : FlightOf((FederatedProfile)profile, key, directory, http);
        freshness = freshness.Since(environment.Now, cached);
        try
        {
            return Renew(flight, freshness, cached, deadline);
        }
        catch (BrokerException error) when (wait > TimeSpan.Zero && profile is FederatedProfile)
        {
            return RenewLater((FederatedProfile)profile, key!, directory, freshness, cached, timeout, Deadline.After(wait, environment.Clock), error);
        }
    }

    private Credential RenewLater(
        FederatedProfile profile,
        CacheKey key,
        CacheDirectory directory,
        Freshness freshness,
        Credential? cached,
        TimeSpan timeout,
        Deadline deadline,
        BrokerException error)
    {
        using PinnedHttp http = network();
        CacheEntries entries = new(directory, environment);
        LateRenewal late = new(
            IdentitySources.Provider(profile.Identity, profile.Exchange.Audience, environment, http),
            () => entries.Read(key) is { } credential && freshness.Accepts(credential, environment.Now) ? credential : null,
            () => Renew(FlightOf(profile, key, directory, http), freshness, cached, Deadline.After(timeout, environment.Clock)),
            environment,
            reporter);
        return late.Obtain(deadline, error);
    }

    /// <summary>
    /// Drops the cached credential if it is the one that a server refused: not a newer one, which somebody may have brought
    /// meanwhile. A person's login is not the broker's to drop.
    /// </summary>
    /// <returns>Whether it was dropped.</returns>
    public bool Drop(ResolvedProfile profile, Func<Credential, bool> isRefused, TimeSpan timeout)
    {
        CacheDirectory directory = CacheDirectory.Of(environment);
        if (profile is not FederatedProfile federated)
        {
            return false;
        }
        CacheKey key = CacheKey.Of(federated, environment);
        CacheEntries entries = new(directory, environment);
        if (entries.Read(key) is not { } seen || !isRefused(seen))
        {
            return false;
        }
        try
        {
            using FlightLock gate = FlightLock.Open(directory.File(key.FileStem + ".lock"));
            gate.Lead(Deadline.After(timeout, environment.Clock));
            bool isThere = entries.Read(key) is { } found && isRefused(found);
            if (isThere)
            {
                entries.Remove(key);
            }
            return isThere;
        }
        catch (Exception error) when (FlightCache.IsFileSystem(error))
        {
            return false; // What cannot be written was not written here.
        }
    }

    private Flight FlightOf(FederatedProfile profile, CacheKey key, CacheDirectory directory, PinnedHttp http)
    {
        profile.Exchange.RequireValid();
        IIdentityTokenProvider provider = IdentitySources.Provider(profile.Identity, profile.Exchange.Audience, environment, http);
        if (profile.Exchange.Audience is null)
        {
            provider = new AskedAudience(provider, deadline => profile.Exchange.AudienceFrom(http, deadline), audience => IdentitySources.Provider(profile.Identity, audience, environment, http));
        }
        return new Flight(profile.Name, key, directory, provider, profile.Exchange, http, environment, reporter, log);
    }

    private LoginFlight FlightOf(LoginProfile profile, CacheDirectory directory, PinnedHttp http)
    {
        AnthropicRefreshExchange exchange = new(profile, http, environment);
        exchange.RequireValidAddress();
        return new LoginFlight(profile, directory, exchange, environment, reporter, log);
    }

    private Credential Renew(IFlight flight, Freshness freshness, Credential? cached, Deadline deadline, bool cacheIsNew = false)
    {
        if (freshness.Force)
        {
            flight.OverruleRefusal();
        }

        using FlightLock? gate = flight.OpenLock(out bool leads);
        bool follows = gate is not null && !leads;
        if (follows && !freshness.Patient && cached is not null && freshness.Tolerates(cached, environment.Now))
        {
            return cached; // Somebody renews it at this moment, and it is good enough meanwhile.
        }
        try
        {
            if (follows)
            {
                log.WaitsForLeader(flight.Key.FileStem);
                gate!.WaitForLeader(deadline); // All who wait wake together...
                if (flight.Landed(freshness, leads) is { } shared)
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
                flight.DoubtRecords(deadline);
            }
            return flight.Landed(freshness, leads) ?? flight.Exchange(freshness, deadline);
        }
        catch (BrokerException error) when (cached is not null && freshness.Tolerates(cached, environment.Now))
        {
            reporter.Warning(
                ErrorCode.ServedOld,
                $"the credential could not be renewed, and is good for another {Times.Duration(cached.RemainingAt(environment.Now))}: {error.Message}",
                error.Hints);
            return cached;
        }
    }
}
