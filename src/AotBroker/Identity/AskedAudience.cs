using AotBroker.Errors;
using AotBroker.Runtime;

namespace AotBroker.Identity;

/// <summary>
/// A source that makes tokens for an audience which neither the profile nor the exchange names, but maybe the exchange's
/// service: it is asked by the one process that exchanges, once, and not where the source needs no audience.
/// </summary>
/// <param name="plain">The source, without an audience.</param>
/// <param name="ask">Asks the service; null where it does not tell.</param>
/// <param name="with">The source, with an audience.</param>
internal sealed class AskedAudience(IIdentityTokenProvider plain, Func<Deadline, string?> ask, Func<string, IIdentityTokenProvider> with) : IIdentityTokenProvider
{
    private IIdentityTokenProvider? _asked;

    public string Description => plain.Description;

    public TokenSupply Supply => plain.Supply;

    public bool IsFile => plain.IsFile;

    public long? RotatesAt(IdentityToken token) => plain.RotatesAt(token);

    public IdentityToken GetToken(Deadline deadline)
    {
        if (_asked is null)
        {
            try
            {
                return plain.GetToken(deadline);
            }
            catch (BrokerException error) when (error.Code == ErrorCode.AudienceMissing)
            {
                if (ask(deadline) is not { } audience)
                {
                    throw;
                }
                _asked = with(audience);
            }
        }
        return _asked.GetToken(deadline);
    }
}
