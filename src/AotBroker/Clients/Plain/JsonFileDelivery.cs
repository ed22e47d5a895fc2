using AotBroker.Profiles;
using AotBroker.Runtime;

namespace AotBroker.Clients.Plain;

/// <summary>
/// The whole credential in one file, as `get --format json` prints it: for parts that must not be taken from two
/// credentials, such as a user name and its password.
/// </summary>
internal sealed class JsonFileDelivery : Delivery, IRenewedDelivery
{
    public override string Name => "json";

    public override long? ClientKeepsFor => null;

    public override bool IsExclusive => false;

    public override bool HasFiles => true;

    public override bool Supports(ResolvedProfile profile) => true;

    public override string[] Shadowing(ResolvedProfile profile) => [];

    public override void HandOver(IReadOnlyList<CommandCredential> credentials, ChildEnvironment child)
    {
        foreach (CommandCredential one in credentials)
        {
            child.Set(CredentialVariables.InCapitals(one.Name, "file"), Write(one.ForOutput(child.Environment), child.Directory), one.Name);
        }
    }

    public void Renew(CommandCredential credential, string directory, ProcessEnvironment environment) =>
        Write(credential.ForOutput(environment), directory);

    private static string Write(in OutputCredential credential, string directory) =>
        ChildEnvironment.Write(directory, $"secrets/{credential.Profile}.json", new JsonFormat().Write(credential));
}
