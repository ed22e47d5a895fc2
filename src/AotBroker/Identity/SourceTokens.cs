using AotBroker.Errors;
using AotBroker.Http;
using AotBroker.Runtime;

namespace AotBroker.Identity;

/// <summary>The tokens of a source for the audience of one exchange.</summary>
/// <param name="source">The source.</param>
/// <param name="audience">What the exchange wants where the source does not say; null where the exchange does not either.</param>
/// <param name="http">The way to the source's service.</param>
/// <param name="ask">
/// Asks the exchange's service for the audience where nothing else names it; null where it cannot be asked. It is asked once, by
/// the one process that exchanges, and not where the source needs no audience.
/// </param>
internal sealed class SourceTokens(IIdentitySource source, string? audience, PinnedHttp http, Func<Deadline, string?>? ask = null) : IIdentityTokenProvider
{
    private string? _audience = audience;

    public string Description => source.Description;

    public TokenSupply Supply => source.Supply;

    public bool Mints => Supply == TokenSupply.Minted;

    public bool IsFile => source.IsFile;

    public long? RotatesAt(IdentityToken token) => source.RotatesAt(token);

    public IdentityToken GetToken(Deadline deadline)
    {
        try
        {
            return source.GetToken(_audience, http, deadline);
        }
        catch (BrokerException error) when (error.Code == ErrorCode.AudienceMissing && _audience is null && ask is not null)
        {
            _audience = ask(deadline);
            if (_audience is null)
            {
                throw;
            }
        }
        return source.GetToken(_audience, http, deadline);
    }
}
