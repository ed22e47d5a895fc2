using AotBroker.Identity;

namespace AotBroker.Profiles;

/// <summary>
/// Everything that decides what is minted, as text: a credential is served only to a configuration whose text is equal
/// (invariant 3). A changed rule never sees the old one.
/// </summary>
/// <param name="Text">See <see cref="KeyText"/>.</param>
/// <param name="FileStem">The names of the key's files, without their endings.</param>
internal sealed record CacheKey(string Text, string FileStem)
{
    public static CacheKey Of(FederatedProfile profile, ProcessEnvironment environment)
    {
        KeyText text = new();
        profile.Exchange.AddToKey(text);
        IdentitySources.AddToKey(text, profile.Identity, profile.Exchange.Audience, environment);
        string key = text.ToString();
        return new CacheKey(key, $"{profile.Name}-{KeyText.Fingerprint(key)}");
    }

    /// <summary>
    /// A login's key. Its files are named after the credentials file alone: whoever refreshes that file, under whatever
    /// profile, does so under one lock.
    /// </summary>
    /// <param name="login">The profile.</param>
    /// <param name="file">The credentials file, without links in its path.</param>
    public static CacheKey Of(LoginProfile login, string file)
    {
        KeyText text = new();
        text.Add("login", file);
        string stem = "login-" + KeyText.Fingerprint(text.ToString());
        text.Add("endpoint", login.Address.Value);
        text.Add("client_id", login.ClientId);
        return new CacheKey(text.ToString(), stem);
    }
}
