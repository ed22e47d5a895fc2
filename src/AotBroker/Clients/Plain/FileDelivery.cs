using System.Text;
using AotBroker.Exchange;
using AotBroker.Profiles;
using AotBroker.Runtime;

namespace AotBroker.Clients.Plain;

/// <summary>
/// Each part of the credential in a file of its own, named by a variable that ends in <c>_FILE</c>. Each file
/// is replaced as a whole when the credential is renewed.
/// </summary>
internal sealed class FileDelivery : Delivery, IRenewedDelivery
{
    public override string Name => "file";

    public override long? ClientKeepsFor => null;

    public override bool IsExclusive => false;

    public override bool HasFiles => true;

    public override bool Supports(ResolvedProfile profile) => profile.Kind != CredentialKind.AwsKeys;

    public override string[] Shadowing(ResolvedProfile profile) => [];

    public override void HandOver(IReadOnlyList<CommandCredential> credentials, ChildEnvironment child)
    {
        foreach (CommandCredential one in credentials)
        {
            foreach ((string variable, string path) in Write(one.ForOutput(child.Environment), child.Directory))
            {
                child.Set(variable, path, one.Name);
            }
        }
    }

    public void Renew(CommandCredential credential, string directory, ProcessEnvironment environment) =>
        Write(credential.ForOutput(environment), directory);

    /// <summary>A file has its variable's name: a field's own, which a server chose, could be a path.</summary>
    private static List<(string Variable, string Path)> Write(in OutputCredential credential, string directory)
    {
        List<(string, string)> files = [];
        foreach (CredentialVariable variable in CredentialVariables.Of(credential))
        {
            if (variable.IsSecret)
            {
                files.Add(($"{variable.Name}_FILE", ChildEnvironment.Write(directory, $"secrets/{credential.Profile}/{variable.Name}", Encoding.UTF8.GetBytes(variable.Value))));
            }
        }
        return files;
    }
}
