using AotBroker.Profiles;
using AotBroker.Publishing;
using AotBroker.Settings;

namespace AotBroker.Clients.Plain;

/// <summary>The credential itself in environment variables, for clients that know nothing else. It is not renewed.</summary>
internal sealed class EnvironmentDelivery : Delivery
{
    public override string Name => "env";

    public override long? ClientKeepsFor => null;

    public override bool IsExclusive => false;

    public override bool HasFiles => false;

    public override bool Supports(ResolvedProfile profile) => true;

    /// <summary>ANTHROPIC_AUTH_TOKEN, which is set, comes second.</summary>
    public override string[] Shadowing(ResolvedProfile profile) => PublishedProfile.Supports(profile) ? [Variables.ApiKey] : [];

    public override void HandOver(IReadOnlyList<CommandCredential> credentials, ChildEnvironment child)
    {
        foreach (CommandCredential one in credentials)
        {
            foreach (CredentialVariable variable in CredentialVariables.Of(one.ForOutput(child.Environment)))
            {
                child.Set(variable.Name, variable.Value, one.Name);
            }
        }
    }
}
