using System.Text;
using AotBroker.Profiles;
using AotBroker.Schemas;

namespace AotBroker.Output;

/// <summary>A variable of an environment that carries a credential.</summary>
/// <param name="Name">The variable's name.</param>
/// <param name="Value">Its value.</param>
/// <param name="IsSecret">Whether the value is a secret.</param>
internal readonly record struct CredentialVariable(string Name, string Value, bool IsSecret);

/// <summary>
/// A credential as environment variables. The profile names them (`variables`); else Anthropic's and AWS's clients look for
/// their own, and others get the profile's name and the part's: <c>DB_PASSWORD</c>, so that no secret's field can become
/// PATH.
/// </summary>
internal static class CredentialVariables
{
    public static List<CredentialVariable> Of(in PresentedCredential presented)
    {
        List<CredentialVariable> variables = [];
        if (presented.Credential.Aws is { } keys)
        {
            variables.Add(new(Name(presented, "access_key_id", "AWS_ACCESS_KEY_ID"), keys.AccessKeyId, true));
            variables.Add(new(Name(presented, "secret_access_key", "AWS_SECRET_ACCESS_KEY"), keys.SecretAccessKey.Reveal(), true));
            variables.Add(new(Name(presented, "session_token", "AWS_SESSION_TOKEN"), keys.SessionToken.Reveal(), true));
        }
        else if (presented.Credential.Fields is { } fields)
        {
            foreach (KeyValuePair<string, Secret> field in fields)
            {
                variables.Add(new(Name(presented, field.Key, null), field.Value.Reveal(), true));
            }
        }
        else
        {
            variables.Add(new(Name(presented, "token", presented.IsAnthropic ? Variables.AuthToken : null), presented.RevealToken(), true));
            if (presented.BaseUrl is { } address)
            {
                variables.Add(new(Variables.BaseUrl, address, false));
            }
        }
        return variables;
    }

    private static string Name(in PresentedCredential presented, string part, string? usual) =>
        presented.VariableNames is { } names && names.TryGetValue(part, out string? name) ? name : usual ?? InCapitals(presented.Profile, part);

    /// <summary>The profile and the part as the name of a variable.</summary>
    public static string InCapitals(string profile, string part)
    {
        StringBuilder name = new();
        foreach (char c in $"{profile}_{part}")
        {
            name.Append(char.IsAsciiLetterOrDigit(c) ? char.ToUpperInvariant(c) : '_');
        }
        return char.IsAsciiDigit(name[0]) ? name.Insert(0, '_').ToString() : name.ToString();
    }
}
