using AotBroker.Errors;
using AotBroker.Http;
using AotBroker.Identity;
using AotBroker.Runtime;
using AotBroker.Schemas;
using AotBroker.Settings;

namespace AotBroker.Exchange;

/// <summary>
/// No exchange: the identity token itself is the credential, for services that take a JWT as it is (Kubernetes' OIDC,
/// Google's executable source). The client presents it; the broker does not.
/// </summary>
internal sealed class IdentityAsCredential(NoExchange settings, ProcessEnvironment environment) : IExchange
{
    public ExchangeSettings Settings => settings;

    public bool IsSingleUse => settings.SingleUse ?? false;

    public Setting Address => new(null, "");

    public string Endpoint => "";

    public string RecordedEndpoint => "";

    public bool Presents => false;

    /// <summary>The audience of the client that gets it, if known.</summary>
    public string? Audience { get; init; }

    public void AddToKey(KeyText key)
    {
    }

    public ICheckedExchange Check() => new Presenter(IsSingleUse, environment);

    private sealed class Presenter(bool isSingleUse, ProcessEnvironment environment) : ICheckedExchange
    {
        public ExchangeResult Present(IdentityToken identity, PinnedHttp http, Deadline deadline)
        {
            if (LongestAssertion.OfHeader.Refusal(identity) is { } tooLong)
            {
                return tooLong;
            }
            if (identity.ExpiresAt is not { } expiresAt)
            {
                return new ExchangeResult(Presentation.NotSent)
                {
                    Error = new BrokerException(ErrorCode.IdentityNotJwt, "the identity token does not say when it expires (`exp`), so it cannot be handed out as a credential", "exchange it for one"),
                };
            }
            long now = environment.Now;
            return new ExchangeResult(Presentation.Granted)
            {
                IsCacheable = !isSingleUse, // Each caller gets a token that was given to no other.
                Credential = new Credential
                {
                    AccessToken = new Secret(identity.Reveal()),
                    TokenType = "Bearer",
                    IssuedAt = Math.Min(identity.IssuedAt ?? now, now),
                    ExpiresAt = expiresAt,
                },
            };
        }
    }
}
