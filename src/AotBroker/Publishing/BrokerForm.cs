using AotBroker.Profiles;
using AotBroker.Schemas;
using AotBroker.Store;

namespace AotBroker.Publishing;

/// <summary>
/// The broker's own form of a profile beside what a command is handed: it says where the identity really comes from, with
/// absolute paths, so that `aotbroker get` inside the command serves the same credential wherever it is called from.
/// </summary>
internal static class BrokerForm
{
    public static string File(string directory, string name) => $"{directory}/aotbroker/{name}.json";

    /// <exception cref="IOException">It cannot be written.</exception>
    public static void Write(string directory, ResolvedProfile profile, ProcessEnvironment environment)
    {
        PrivateDirectory.Make($"{directory}/aotbroker");
        Profile form = profile is FederatedProfile federated ? Of(federated, environment) : PublishedLogin.ForBroker((LoginProfile)profile);
        PrivateFile.Replace(File(directory, profile.Name), form.ToUtf8Json(indented: true));
    }

    private static Profile Of(FederatedProfile profile, ProcessEnvironment environment) => new()
    {
        Identity = profile.Identity switch
        {
            FileIdentity file => file with { Path = environment.Absolute(file.Path) },
            KubernetesIdentity token => token with { Path = environment.Absolute(token.Path) },
            _ => profile.Identity,
        },
        Exchange = profile.Exchange.Settings,
        Serves = profile.Serves,
        Variables = profile.VariableNames,
    };
}
