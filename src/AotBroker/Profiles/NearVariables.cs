using AotBroker.Runtime;
using AotBroker.Schemas;
using AotBroker.Settings;

namespace AotBroker.Profiles;

/// <summary>A variable that is set and was probably meant for one that is not: ANTHROPIC_ORG_ID for ANTHROPIC_ORGANIZATION_ID.</summary>
internal static class NearVariables
{
    private const string Prefix = "ANTHROPIC_";

    /// <returns>Its name; null where none is near.</returns>
    public static string? Of(string missing, ProcessEnvironment environment)
    {
        List<string> others = [];
        foreach (string name in environment.Names)
        {
            if (name.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase) && !IsKnown(name))
            {
                others.Add(name);
            }
        }
        others.Sort(StringComparer.Ordinal);
        return others.Find(other => IsAbbreviated(other, missing)) ?? SchemaText.Nearest(missing, [.. others]);
    }

    private static bool IsKnown(string name) => name is Variables.ApiKey or Variables.AuthToken or Variables.Profile or Variables.ConfigDirectory or Variables.BaseUrl
        or Variables.OrganizationId or Variables.WorkspaceId or Variables.FederationRuleId or Variables.ServiceAccountId or Variables.IdentityTokenFile or Variables.AnthropicIdentityToken;

    /// <summary>Each word begins one of the words that follow in the other name: ORG_ID, FEDERATION_RULE, ORGANIZATION.</summary>
    private static bool IsAbbreviated(string name, string whole)
    {
        string[] words = whole[Prefix.Length..].Split('_');
        int next = 0;
        foreach (string word in name[Prefix.Length..].Split('_'))
        {
            while (next < words.Length && !(word.Length > 1 && words[next].StartsWith(word, StringComparison.OrdinalIgnoreCase)))
            {
                next++;
            }
            if (next++ == words.Length)
            {
                return false;
            }
        }
        return true;
    }
}
