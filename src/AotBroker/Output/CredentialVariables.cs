using System.Text;
using AotBroker.Errors;
using AotBroker.Exchange;
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
    /// <summary>How the variables begin that loaders, interpreters, runners, and this program's own clients obey.</summary>
    private static readonly string[] s_orders =
    [
        "ACTIONS_", "ANTHROPIC_", "AOTBROKER_", "AWS_", "BASH_", "CARGO_", "CLAUDE_", "CLOUDSDK_", "COREHOST_", "DOCKER_", "DOTNET_", "DYLD_", "GCONV_",
        "GIT_", "GITHUB_", "GOOGLE_", "JAVA_", "JDK_", "KUBE", "LD_", "MALLOC_", "NODE_", "NPM_", "PERL", "PIP_", "PYTHON", "RUBY", "RUNNER_", "RUST", "SSH_", "XDG_",
    ];

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
                string name = NameOfField(presented, field.Key);
                if (variables.Exists(other => other.Name == name))
                {
                    throw new BrokerException(
                        ErrorCode.SettingInvalid,
                        $"two fields of the secret of profile \"{presented.Profile}\" would be the variable {name}",
                        "name them in the profile's \"variables\"");
                }
                variables.Add(new(name, field.Value.Reveal(), true));
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

    /// <summary>
    /// A field's name is the server's, or of whoever may write there, and programs take orders from variables: with a
    /// profile that happens to be called "git", a field "ssh_command" would be run.
    /// </summary>
    private static string NameOfField(in PresentedCredential presented, string field)
    {
        string name = Name(presented, field, null);
        bool isServers = presented.VariableNames?.TryGetValue(field, out _) != true;
        foreach (string start in isServers ? s_orders : [])
        {
            if (name.StartsWith(start, StringComparison.Ordinal))
            {
                throw new BrokerException(
                    ErrorCode.SettingInvalid,
                    $"a field of the secret of profile \"{presented.Profile}\" would be the variable {name}, and programs take orders from variables that begin with {start}",
                    $"name another one in the profile: \"variables\": {{ \"{ErrorBody.Shorten(Reporter.Printable(field), 60)}\": \"…\" }}; or give the profile another name");
            }
        }
        return name;
    }

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
