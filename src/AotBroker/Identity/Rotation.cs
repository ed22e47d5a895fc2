using AotBroker.Errors;
using AotBroker.Runtime;

namespace AotBroker.Identity;

/// <summary>What can be said of a source's next token, and what is worth waiting for.</summary>
internal static class Rotation
{
    /// <summary>What to do where the token at hand is of no use any more, or was presented.</summary>
    /// <param name="source">Where it came from.</param>
    /// <param name="token">The token.</param>
    /// <param name="now">Unix seconds.</param>
    public static IReadOnlyList<string> Hints(IIdentityTokenProvider source, IdentityToken token, long now)
    {
        if (source.Supply == TokenSupply.Fixed)
        {
            return ["this job has only one token; use a source that mints one for each exchange, or make the credential live as long as the job"];
        }
        if (source.Mints)
        {
            return ["the source should have given a new token; run the job again"];
        }
        string when = source.RotatesAt(token) switch
        {
            { } at when at > now => $"the platform should write a new token {Times.Ago(at, now)} (at {Times.Utc(at)})",
            { } at => $"the platform should have written a new token {Times.Ago(at, now)} (at {Times.Utc(at)})",
            null when token.ExpiresAt > now => $"the platform must write a new token; this one lasts until {Times.Utc(token.ExpiresAt.Value)}",
            null => "the platform must write a new token",
        };
        return [when, "`--wait SECONDS` (of `get`, `exec` and `keep`) waits for it; a source that mints a token for each exchange needs no waiting"];
    }

    /// <summary>Whether another token would help, and one may come while the caller waits.</summary>
    public static bool MayHelp(BrokerException error, IIdentityTokenProvider source) => error.Code switch
    {
        ErrorCode.IdentityAlreadyPresented or ErrorCode.IdentityExpired => source.Supply == TokenSupply.Cached,
        // Not written yet, or about to be replaced.
        ErrorCode.IdentityUnreadable or ErrorCode.IdentityEmpty or ErrorCode.IdentityNotJwt => source.IsFile,
        _ => false,
    };
}
