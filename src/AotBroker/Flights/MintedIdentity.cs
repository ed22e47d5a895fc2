using AotBroker.Errors;
using AotBroker.Exchange;
using AotBroker.Identity;
using AotBroker.Profiles;
using AotBroker.Runtime;
using AotBroker.Schemas;
using AotBroker.Settings;

namespace AotBroker.Flights;

/// <summary>
/// The token that a job's platform would mint, where another one is at hand: the file that an action has left behind may be
/// spent or expired, while the job can ask for as many as it likes.
/// </summary>
internal static class MintedIdentity
{
    /// <summary>
    /// The same profile with the platform's own tokens, for the same audience; null where the profile insists on what it names,
    /// or the platform does not mint.
    /// </summary>
    public static FederatedProfile? InsteadOf(FederatedProfile profile, ProcessEnvironment environment) =>
        profile is { IsIdentityFound: true, Identity.Settings: FileIdentity or LiteralIdentity } && Source(profile, environment) is { } source
            ? profile with { Identity = IdentitySources.Bind(source, environment), IdentityOrigin = "the job's platform" }
            : null;

    /// <summary>The error, with what to change where the profile's insisting is in the way.</summary>
    public static BrokerException HintAt(BrokerException error, FederatedProfile profile, ProcessEnvironment environment)
    {
        bool isInTheWay = error.Code is ErrorCode.IdentityAlreadyPresented or ErrorCode.IdentityExpired
            && profile is { IsIdentityFound: false, Identity.Settings: FileIdentity or LiteralIdentity, File: not null };
        return isInTheWay && Source(profile, environment) is { } source
            ? new BrokerException(
                error.Code,
                error.Message,
                [.. error.Hints, $"this job can get tokens of its own: name the source \"{source.Source}\" in {profile.File}, or leave the identity out of it"])
            : error;
    }

    /// <summary>
    /// Whether the token at hand is what is at fault, or may be: a service that takes a token once does not say so when a program
    /// that knows nothing of the broker was the first to present it.
    /// </summary>
    public static bool MayHelp(BrokerException error, IExchange exchange) => error.Code switch
    {
        ErrorCode.IdentityAlreadyPresented or ErrorCode.IdentityExpired => true,
        ErrorCode.IdentityUnreadable or ErrorCode.IdentityEmpty or ErrorCode.IdentityNotJwt => true,
        ErrorCode.ExchangeRefused => exchange.IsSingleUse,
        _ => false,
    };

    private static IdentitySettings? Source(FederatedProfile profile, ProcessEnvironment environment)
    {
        if (environment.Get(Variables.GitHubRequestUrl) is not null && environment.Get(Variables.GitHubRequestToken) is not null)
        {
            return new GithubActionsIdentity { Audience = Audience(profile, environment) };
        }
        if (BuildkiteSource.IsThere(environment))
        {
            return new BuildkiteIdentity { Audience = Audience(profile, environment) };
        }
        return AzurePipelinesSource.IsThere(environment) ? new AzurePipelinesIdentity() : null;
    }

    /// <summary>The exchange's own; where it has no usual one, what the token at hand was made for.</summary>
    private static string? Audience(FederatedProfile profile, ProcessEnvironment environment)
    {
        if (profile.Exchange.Audience is { } audience)
        {
            return audience;
        }
        try
        {
            return profile.Identity.GetToken(null, null!, Deadline.After(TimeSpan.Zero, environment.Clock)).Audience;
        }
        catch (BrokerException)
        {
            return null;
        }
    }
}
