using AotBroker.Errors;
using AotBroker.Exchange;
using AotBroker.Files;
using AotBroker.Flights;
using AotBroker.Identity;
using AotBroker.Profiles;
using AotBroker.Runtime;
using AotBroker.Schemas;

namespace AotBroker.Evidence;

/// <summary>
/// What `get` would end with, as far as that can be known without contacting any service: from the cache, the identity if it is at
/// hand, and the records of what was presented.
/// </summary>
internal sealed class Forecast(CacheDirectory cache, ProcessEnvironment environment)
{
    /// <param name="profile">The profile that applies.</param>
    /// <param name="key">Its key; null if the identity cannot be seen.</param>
    /// <param name="cached">What is in the cache; null if nothing is.</param>
    /// <param name="missing">Why the identity cannot be seen.</param>
    /// <returns>The error; null if a credential would be served, or an exchange tried.</returns>
    public BrokerException? Of(FederatedProfile profile, CacheKey? key, Credential? cached, BrokerException? missing)
    {
        if (cached is not null && new Freshness().Accepts(cached, environment.Now))
        {
            return null;
        }
        BrokerException? error = missing ?? (profile.Identity is MachineSource machine ? machine.Remembered() : WhyNotExchanged(profile, key!));
        if (error is not null && MintedIdentity.InsteadOf(profile, environment) is not null && MintedIdentity.MayHelp(error, profile.Exchange))
        {
            return null; // The platform mints another.
        }
        // A credential that cannot be renewed is served as long as it is valid.
        return cached is not null && new Freshness().Tolerates(cached, environment.Now) ? null : error;
    }

    private BrokerException? WhyNotExchanged(FederatedProfile profile, CacheKey key)
    {
        SourceTokens? provider = profile.Identity.IsHeld ? new SourceTokens(profile.Identity, null, null!) : null;
        IdentityToken? token = null;
        BrokerException? problem = provider is null ? null : Attempt(() =>
        {
            token = provider.GetToken(Deadline.After(TimeSpan.FromSeconds(1), environment.Clock));
            token.RequireValidAt(environment.Now, provider);
        });
        problem ??= new Refusals(cache, environment).FindActive(key, () => token?.Digest, new Freshness());
        if (problem is null && token is not null && profile.Exchange.IsSingleUse)
        {
            var earlier = new PresentedTokenRecords(cache, environment).Find(token, profile.Exchange.RecordedEndpoint, out bool isSpent);
            problem = isSpent ? new FlightMessages(profile, provider!, environment).AlreadyPresented(token, earlier) : null;
        }
        return problem is null ? null : MintedIdentity.HintAt(problem, profile, environment);
    }

    private static BrokerException? Attempt(Action check)
    {
        try
        {
            check();
            return null;
        }
        catch (BrokerException error)
        {
            return error;
        }
    }
}
