using AotBroker.Errors;

namespace AotBroker.Output;

/// <summary>A credential on its way to a caller.</summary>
/// <param name="Credential">The credential.</param>
/// <param name="Profile">The name of the profile that it was obtained for.</param>
/// <param name="BaseUrl">The API that it is good for; null where that is the default one.</param>
/// <param name="Now">The present, in Unix seconds.</param>
internal readonly record struct PresentedCredential(Credential Credential, string Profile, string? BaseUrl, long Now)
{
    /// <summary>The token, a secret, for formats that carry one.</summary>
    /// <exception cref="BrokerException"><see cref="ErrorCode.Usage"/>: the credential is no token.</exception>
    public string RevealToken() => (Credential.AccessToken ?? throw new BrokerException(
        ErrorCode.Usage,
        $"the credential of profile \"{Profile}\" is no token, and this format carries one",
        "use --format json")).Reveal();
}
