using AotBroker.Profiles;
using AotBroker.Runtime;

namespace AotBroker.Clients.Plain;

/// <summary>
/// The whole credential in one file, as `get --format json` prints it: for parts that must not be taken from two
/// credentials, such as a user name and its password.
/// </summary>
internal sealed class JsonFileDelivery : IDelivery
{
    public const string Way = JsonFormat.Name;

    public string Name => Way;

    public bool IsKept => true;

    public bool Supports(ResolvedProfile profile) => true;

    public void HandOver(IReadOnlyList<CommandCredential> credentials, ChildEnvironment child)
    {
        foreach (CommandCredential one in credentials)
        {
            child.Set(CredentialVariables.InCapitals(one.Name, "file"), Write(one.Presented(child.Environment), child.Directory), one.Name);
        }
    }

    public void Renew(CommandCredential credential, string directory, ProcessEnvironment environment) =>
        Write(credential.Presented(environment), directory);

    private static string Write(in OutputCredential credential, string directory) =>
        ChildEnvironment.Write(directory, $"secrets/{credential.Profile}.json", JsonFormat.Write(credential));
}
