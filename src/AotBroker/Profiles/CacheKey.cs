using AotBroker.Errors;
using AotBroker.Identity;
using AotBroker.Settings;

namespace AotBroker.Profiles;

/// <summary>
/// Everything that decides what is minted, and for whom, as text: a credential is served only to a configuration whose text is
/// equal (invariant 3). A changed rule never sees the old one, and no workload sees another's. The profile's name is no part
/// of it.
/// </summary>
/// <param name="Settings">The exchange's part; see <see cref="KeyText"/>.</param>
/// <param name="Identity">The workload's part.</param>
/// <param name="FileStem">The names of the key's files, without their endings.</param>
internal sealed record CacheKey(string Settings, string Identity, string FileStem)
{
    public string Text { get; } = Settings + Identity;

    /// <summary>
    /// The key of what the profile obtains here. Where the identity has gone, as a variable that a client took away, what
    /// `exec` saw of it stands for it, inside that `exec` alone.
    /// </summary>
    /// <exception cref="BrokerException">The identity is to be at hand, and is not (AB04xx).</exception>
    public static CacheKey Of(FederatedProfile profile)
    {
        KeyText identity = new();
        try
        {
            IdentitySources.AddToKey(identity, profile.Identity, profile.Exchange.Audience);
        }
        catch (BrokerException error) when (profile.SeenAs is not null && IsGone(error))
        {
            return Of(profile, profile.SeenAs);
        }
        return Of(profile, identity.ToString());
    }

    /// <summary>The same by the job's names alone; null where there are none. See <see cref="IdentitySources.TryAddJobToKey"/>.</summary>
    public static CacheKey? OfJob(FederatedProfile profile)
    {
        KeyText identity = new();
        return IdentitySources.TryAddJobToKey(identity, profile.Identity, profile.Exchange.Audience) ? Of(profile, identity.ToString()) : null;
    }

    /// <summary>Whether a key's text is of the same settings, for whatever workload.</summary>
    public bool IsForSettingsOf(string text) => AreSettings(Settings, text);

    /// <summary>The same where the workload's identity is not at hand.</summary>
    public static bool IsForSettings(FederatedProfile profile, string text)
    {
        KeyText settings = new();
        profile.Exchange.AddToKey(settings);
        return AreSettings(settings.ToString(), text);
    }

    private static bool AreSettings(string settings, string text) =>
        text.StartsWith(settings, StringComparison.Ordinal) && text.AsSpan(settings.Length).StartsWith("identity=", StringComparison.Ordinal);

    /// <summary>Whether there is no identity to be seen, unlike one that is there and is not right.</summary>
    public static bool IsGone(BrokerException error) =>
        error.Code is ErrorCode.IdentityUnreadable or ErrorCode.IdentityEmpty or ErrorCode.IdentityVariablesIncomplete;

    private static CacheKey Of(FederatedProfile profile, string identity)
    {
        KeyText settings = new();
        profile.Exchange.AddToKey(settings);
        string text = settings.ToString();
        return new CacheKey(text, identity, $"{profile.Exchange.Settings.Type}-{KeyText.Fingerprint(text + identity)}");
    }

    /// <summary>
    /// A login's key. Its files are named after the credentials file alone: every process that refreshes that file, under whatever
    /// profile, does so under one lock.
    /// </summary>
    /// <param name="login">The profile.</param>
    /// <param name="file">The credentials file, without links in its path.</param>
    public static CacheKey Of(LoginProfile login, string file)
    {
        KeyText identity = new();
        identity.Add("login", file);
        KeyText settings = new();
        settings.Add("endpoint", login.Address.Value);
        settings.Add("client_id", login.ClientId);
        string text = identity.ToString();
        return new CacheKey(settings.ToString(), text, "login-" + KeyText.Fingerprint(text));
    }
}
