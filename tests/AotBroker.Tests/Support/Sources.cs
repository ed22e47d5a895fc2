using AotBroker.Http;
using AotBroker.Identity;
using AotBroker.Runtime;
using AotBroker.Schemas;
using AotBroker.Settings;

namespace AotBroker.Tests;

/// <summary>Sources as a profile binds them.</summary>
internal static class Sources
{
    public static SourceTokens Tokens(IdentitySettings settings, string? audience, ProcessEnvironment environment, PinnedHttp http) =>
        new(IdentitySources.Bind(settings, environment), audience, http);

    /// <summary>A file that holds the token, by an absolute path.</summary>
    public static SourceTokens File(string path) => Tokens(new FileIdentity { Path = path }, null, ProcessEnvironment.OfThisProcess(), null!);

    public static void AddToKey(KeyText key, IdentitySettings settings, string? audience, ProcessEnvironment environment) =>
        IdentitySources.AddToKey(key, IdentitySources.Bind(settings, environment), audience);

    public static bool TryAddJobToKey(KeyText key, IdentitySettings settings, string? audience, ProcessEnvironment environment) =>
        IdentitySources.TryAddJobToKey(key, IdentitySources.Bind(settings, environment), audience);
}
