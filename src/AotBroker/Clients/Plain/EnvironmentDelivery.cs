using AotBroker.Profiles;
using AotBroker.Publishing;
using AotBroker.Settings;

namespace AotBroker.Clients.Plain;

/// <summary>The credential itself in environment variables, for clients that know nothing else. It is not renewed.</summary>
internal sealed class EnvironmentDelivery : IDelivery
{
    public const string Way = "env";

    public string Name => Way;

    public bool HasFiles => false;

    public bool Supports(ResolvedProfile profile) => true;

    /// <summary>ANTHROPIC_AUTH_TOKEN, which is set, comes second.</summary>
    public string[] Shadowing(ResolvedProfile profile) => Publishing.PublishedProfile.Suits(profile) ? [Variables.ApiKey] : [];

    public void HandOver(IReadOnlyList<CommandCredential> credentials, ChildEnvironment child)
    {
        foreach (CommandCredential one in credentials)
        {
            foreach (CredentialVariable variable in CredentialVariables.Of(one.Presented(child.Environment)))
            {
                child.Set(variable.Name, variable.Value, one.Name);
            }
        }
    }
}
