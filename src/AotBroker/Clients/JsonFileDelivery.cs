using AotBroker.Profiles;
using AotBroker.Runtime;

namespace AotBroker.Clients;

/// <summary>
/// The whole credential in one file, as `get --format json` prints it: for parts that must not be taken from two
/// credentials, such as a user name and its password.
/// </summary>
internal sealed class JsonFileDelivery : IDelivery
{
    public const string Way = JsonFormat.Name;

    public string Name => Way;

    public bool IsKept => true;

    public bool Suits(ResolvedProfile profile) => true;

    public void HandOver(IReadOnlyList<CommandCredential> credentials, CommandSurroundings surroundings)
    {
        foreach (CommandCredential one in credentials)
        {
            surroundings.Set(CredentialVariables.InCapitals(one.Name, "file"), Write(one.Presented(surroundings.Environment), surroundings.Directory), one.Name);
        }
    }

    public void Renew(CommandCredential credential, string directory, ProcessEnvironment environment) =>
        Write(credential.Presented(environment), directory);

    private static string Write(in PresentedCredential credential, string directory) =>
        CommandSurroundings.Write(directory, $"secrets/{credential.Profile}.json", JsonFormat.Write(credential));
}
