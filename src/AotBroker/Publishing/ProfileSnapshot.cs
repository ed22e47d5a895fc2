using AotBroker.Errors;
using AotBroker.Files;
using AotBroker.Profiles;
using AotBroker.Runtime;
using AotBroker.Schemas;
using AotBroker.Settings;

namespace AotBroker.Publishing;

/// <summary>
/// The broker's own form of a profile next to what a command is given: it says where the identity really comes from, with
/// absolute paths, so that `aotbroker get` inside the command serves the same credential wherever it is called from.
/// </summary>
internal static class ProfileSnapshot
{
    /// <exception cref="IOException">It cannot be written.</exception>
    public static void Write(string directory, ResolvedProfile profile, ProcessEnvironment environment)
    {
        PrivateDirectory.Make($"{directory}/aotbroker");
        PrivateFile.Replace(ConfigDirectories.SnapshotFile(directory, profile.Name), Content(profile, environment));
    }

    /// <summary>What the file holds. Nothing in it is secret.</summary>
    public static byte[] Content(ResolvedProfile profile, ProcessEnvironment environment)
    {
        Profile form = profile is FederatedProfile federated ? Of(federated, environment) : PublishedLogin.ForBroker((LoginProfile)profile);
        return form.ToUtf8Json(indented: true);
    }

    /// <summary>
    /// Profiles that an enclosing `exec` handed over are also called by name: those names must not come to mean whatever happens to
    /// be where the broker looks next.
    /// </summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    /// <exception cref="BrokerException">One of them cannot be read, or cannot be trusted.</exception>
    public static void TakeOver(string outer, string directory)
    {
        const int Most = 64;
        string folder = $"{outer}/aotbroker";
        foreach (string path in Directory.Exists(folder) ? Directory.GetFiles(folder, "*.json") : [])
        {
            string own = $"{directory}/aotbroker/{Path.GetFileName(path)}";
            if (!File.Exists(own) && ConfigFile.TryRead(path) is { } form && Directory.GetFiles($"{directory}/aotbroker").Length < Most)
            {
                PrivateFile.Replace(own, form);
            }
        }
    }

    /// <summary>The identity in the key's words; null if it can no longer be seen.</summary>
    private static string? SeenAs(FederatedProfile profile)
    {
        try
        {
            return CacheKey.Of(profile).Identity;
        }
        catch (BrokerException error) when (CacheKey.IsGone(error))
        {
            return null;
        }
    }

    private static Profile Of(FederatedProfile profile, ProcessEnvironment environment) => new()
    {
        Identity = profile.Identity.Settings,
        SeenAs = SeenAs(profile),
        Exchange = profile.Exchange.Settings,
        Serves = profile.Serves,
        Variables = profile.VariableNames,
    };
}
