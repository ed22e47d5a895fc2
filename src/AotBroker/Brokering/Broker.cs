using AotBroker.Errors;
using AotBroker.Exchange;
using AotBroker.Files;
using AotBroker.Flights;
using AotBroker.Http;
using AotBroker.Identity;
using AotBroker.Interop;
using AotBroker.Logins;
using AotBroker.Profiles;
using AotBroker.Reporting;
using AotBroker.Runtime;
using Microsoft.Extensions.Logging;

namespace AotBroker.Brokering;

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
    /// <param name="wait">How long to wait, besides, for another identity token where the only one is missing, spent or expired.</param>
    /// <exception cref="BrokerException">There is none to be had; it says why, and what to do.</exception>
    public Credential Obtain(ResolvedProfile profile, Freshness freshness, TimeSpan timeout, TimeSpan wait = default)
    {
        CacheView cached = Look(profile);
        if (cached.Credential is { } fresh && freshness.Accepts(fresh, environment.Now))
        {
            return fresh; // The hot path ends here: no lock, no socket, no thread, nothing written (invariant 2).
        }
        FederatedProfile? minting = profile is FederatedProfile held ? MintedIdentity.InsteadOf(held, environment) : null;
        CacheView minted = minting is null ? default : Look(minting);
        if (minted.Credential is { } other && freshness.Accepts(other, environment.Now))
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
        catch (BrokerException error) when (profile is FederatedProfile)
        {
            BrokerException told = MintedIdentity.HintAt(error, (FederatedProfile)profile, environment);
            return wait > TimeSpan.Zero
                ? RenewAfterRotation((FederatedProfile)profile, cached, freshness, timeout, Deadline.After(wait, environment.Clock), told)
                : throw told;
        }
    }

    /// <summary>What is in the cache for a profile.</summary>
    /// <param name="Directory">The cache.</param>
    /// <param name="Key">Null where the identity cannot be seen, and for a login.</param>
    /// <param name="Credential">Fresh or not; null where there is none.</param>
    /// <param name="Missing">Why the identity cannot be seen.</param>
    private readonly record struct CacheView(CacheDirectory Directory, CacheKey? Key, Credential? Credential, BrokerException? Missing = null);

    private CacheView Look(ResolvedProfile profile)
    {
        CacheDirectory directory = CacheDirectory.Of(environment);
        if (profile is not FederatedProfile federated)
        {
            // A login's credentials file is its cache.
            return new CacheView(directory, null, new LoginFile(((LoginProfile)profile).CredentialsFile, environment).Read().Credential);
        }
        CacheEntries entries = new(directory, environment);
        try
        {
            CacheKey key = CacheKey.Of(federated);
            return new CacheView(directory, key, entries.Read(key));
        }
        catch (BrokerException error) when (CacheKey.IsGone(error))
        {
            // What this very job was granted while it had its identity.
            return new CacheView(directory, null, CacheKey.OfJob(federated) is { } job ? entries.Read(job) : null, error);
        }
        catch (BrokerException error) when (error.Code is ErrorCode.IdentityNotJwt or ErrorCode.IdentityTooLarge)
        {
            return new CacheView(directory, null, null, error);
        }
    }

    private Credential Renew(ResolvedProfile profile, CacheView cached, Freshness freshness, TimeSpan timeout)
    {
        Deadline deadline = Deadline.After(timeout, environment.Clock);
        freshness = freshness.Since(environment.Now, cached.Credential);
        using PinnedHttp http = network();
        if (profile is LoginProfile login)
        {
            return Renew(FlightOf(login, cached.Directory, http), freshness, cached.Credential, deadline);
        }
        // Where the identity was not at hand a moment ago, it may be now: a file is being replaced.
        CacheKey key = cached.Key ?? CacheKey.Of((FederatedProfile)profile);
        return Renew(FlightOf((FederatedProfile)profile, key, cached.Directory, http), freshness, cached.Credential, deadline);
    }

    private Credential RenewAfterRotation(FederatedProfile profile, CacheView cached, Freshness freshness, TimeSpan timeout, Deadline deadline, BrokerException error)
    {
        using PinnedHttp http = network();
        LateRenewal late = new(
            TokensOf(profile, http),
            () => Look(profile).Credential is { } credential && freshness.Since(environment.Now, cached.Credential).Accepts(credential, environment.Now) ? credential : null,
            () => Renew(profile, Look(profile) with { Credential = cached.Credential }, freshness, timeout),
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
        bool isDropped = false;
        if (profile is FederatedProfile federated)
        {
            foreach (CacheKey? key in (ReadOnlySpan<CacheKey?>)[Look(federated).Key, CacheKey.OfJob(federated)])
            {
                isDropped |= key is not null && Drop(key, isRefused, timeout);
            }
        }
        return isDropped;
    }

    private bool Drop(CacheKey key, Func<Credential, bool> isRefused, TimeSpan timeout)
    {
        CacheDirectory directory = CacheDirectory.Of(environment);
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
        return new Flight(profile, key, directory, TokensOf(profile, http), http, environment, reporter, log);
    }

    private static SourceTokens TokensOf(FederatedProfile profile, PinnedHttp http) =>
        new(profile.Identity, profile.Exchange.Audience, http, deadline => profile.Exchange.AudienceFrom(http, deadline));

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
                flight.MarkRecordsIncomplete();
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
