using AotBroker.Errors;
using AotBroker.Exchange;
using AotBroker.Identity;
using AotBroker.Reporting;
using AotBroker.Runtime;
using AotBroker.Schemas;

namespace AotBroker.Flights;

/// <summary>
/// A renewal where the only identity token is spent, or has expired: it waits for another one, and tries again as long as it is
/// the token that is at fault.
/// </summary>
/// <param name="provider">Asked for the token as it is.</param>
/// <param name="landed">What is in the cache, if it is fresh enough; null where nothing is.</param>
/// <param name="renew">One try.</param>
/// <param name="environment">For the time of day.</param>
/// <param name="reporter">Told once what is waited for.</param>
internal sealed class LateRenewal(IIdentityTokenProvider provider, Func<Credential?> landed, Func<Credential> renew, ProcessEnvironment environment, Reporter reporter)
{
    /// <param name="deadline">When the caller stops waiting.</param>
    /// <param name="error">Why the first try failed.</param>
    /// <exception cref="BrokerException">That error, where waiting is of no use or was in vain; another one, where something else fails.</exception>
    public Credential Obtain(Deadline deadline, BrokerException error)
    {
        if (!Rotation.MayHelp(error, provider))
        {
            throw error;
        }
        RotationWait wait = new(provider, landed, deadline, environment);
        for (bool isTold = false; !wait.IsOver; isTold = true)
        {
            // The token is looked at before the try: one that comes between the two is tried, and not waited for.
            IdentityToken? spent = wait.TryGetToken();
            try
            {
                return renew();
            }
            catch (BrokerException again) when (Rotation.MayHelp(again, provider))
            {
                // Nothing new yet, or it was taken for another profile.
            }
            if (!isTold)
            {
                reporter.Note(wait.Describe(spent));
            }
            if (wait.ForOtherThan(spent) is { } shared)
            {
                return shared;
            }
        }
        throw error;
    }
}
