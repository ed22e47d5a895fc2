using AotBroker.Profiles;
using AotBroker.Publishing;
using AotBroker.Settings;

namespace AotBroker.Clients;

/// <summary>The credential itself in environment variables, for clients that know nothing else. It is not renewed.</summary>
internal sealed class EnvironmentDelivery : IDelivery
{
    public const string Way = "env";

    public string Name => Way;

    public bool HasFiles => false;

    public bool Suits(ResolvedProfile profile) => true;

    /// <summary>ANTHROPIC_AUTH_TOKEN, which is set, comes second.</summary>
    public string[] Shadowing(ResolvedProfile profile) => Publishing.PublishedProfile.Suits(profile) ? [Variables.ApiKey] : [];

    public void HandOver(IReadOnlyList<CommandCredential> credentials, CommandSurroundings surroundings)
    {
        foreach (CommandCredential one in credentials)
        {
            foreach (CredentialVariable variable in CredentialVariables.Of(one.Presented(surroundings.Environment)))
            {
                surroundings.Set(variable.Name, variable.Value, one.Name);
            }
        }
    }
}
