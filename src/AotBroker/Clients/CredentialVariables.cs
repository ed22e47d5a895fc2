using System.Text;
using AotBroker.Errors;
using AotBroker.Schemas;
using AotBroker.Settings;

namespace AotBroker.Clients;

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
    /// <summary>Prefixes of the variables that control loaders, interpreters, runners, and this program's own clients.</summary>
    private static readonly string[] DangerousPrefixes =
    [
        "ACTIONS_", "ALL_", "ANSIBLE_", "ANTHROPIC_", "AOTBROKER_", "AWS_", "AZURE_", "BAO_", "BASH_", "BUNDLE_", "CARGO_", "CLAUDE_", "CLOUDSDK_", "CMAKE_",
        "COREHOST_", "CURL_", "DOCKER_", "DOTNET_", "DYLD_", "ELECTRON_", "GCONV_", "GEM_", "GIT_", "GITHUB_", "GLIBC_", "GO", "GRADLE_", "HELM_", "HTTP_", "HTTPS_",
        "JAVA_", "JDK_", "KRB5_", "KUBE", "LD_", "LUA_", "MALLOC_", "MAVEN_", "NO_", "NODE_", "NPM_", "OPENSSL_", "PERL", "PHP_", "PIP_", "PROMPT_", "PYTHON", "R_",
        "RSYNC_", "RUBY", "RUNNER_", "RUST", "SSH_", "SSL_", "SUDO_", "SVN_", "TERRAFORM_", "TF_", "UV_", "VAULT_", "XDG_", "YARN_",
    ];

    public static List<CredentialVariable> Of(in OutputCredential output)
    {
        List<CredentialVariable> variables = [];
        if (output.Credential.Aws is { } keys)
        {
            variables.Add(new(Name(output, "access_key_id", "AWS_ACCESS_KEY_ID"), keys.AccessKeyId, true));
            variables.Add(new(Name(output, "secret_access_key", "AWS_SECRET_ACCESS_KEY"), keys.SecretAccessKey.Reveal(), true));
            variables.Add(new(Name(output, "session_token", "AWS_SESSION_TOKEN"), keys.SessionToken.Reveal(), true));
        }
        else if (output.Credential.Fields is { } fields)
        {
            HashSet<string> taken = [];
            foreach (KeyValuePair<string, Secret> field in fields)
            {
                string name = NameOfField(output, field.Key);
                if (!taken.Add(name))
                {
                    throw new BrokerException(
                        ErrorCode.SettingInvalid,
                        $"two fields of the secret of profile \"{output.Profile}\" would be the variable {name}",
                        "name them in the profile's \"variables\"");
                }
                variables.Add(new(name, field.Value.Reveal(), true));
            }
        }
        else
        {
            string name = Name(output, "token", output.IsAnthropic ? Variables.AuthToken : null);
            variables.Add(new(name, output.RevealToken(), true));
            // Beside another variable it would send another token there.
            if (output.BaseUrl is { } address && name == Variables.AuthToken)
            {
                variables.Add(new(Variables.BaseUrl, address, false));
            }
        }
        return variables;
    }

    private static string Name(in OutputCredential output, string part, string? usual)
    {
        if (output.VariableNames is not { } names || !names.TryGetValue(part, out string? name))
        {
            return usual ?? InCapitals(output.Profile, part);
        }
        // The loader of each program that starts would print the secret, as a library that it cannot find.
        return name.StartsWith("LD_", StringComparison.Ordinal) || name.StartsWith("DYLD_", StringComparison.Ordinal)
            ? throw new BrokerException(ErrorCode.SettingInvalid, $"\"variables\" of profile \"{output.Profile}\" names {name}, which the system's dynamic loader obeys and may print", "name another one")
            : name;
    }

    /// <summary>
    /// A field's name comes from the server, or from anyone who can write there, and variables control programs: with a
    /// profile that happens to be called "git", a field "ssh_command" would be run.
    /// </summary>
    private static string NameOfField(in OutputCredential output, string field)
    {
        string name = Name(output, field, null);
        bool isServers = output.VariableNames?.TryGetValue(field, out _) != true;
        ReadOnlySpan<char> rest = name.AsSpan().TrimStart('_'); // Java obeys _JAVA_OPTIONS as well.
        foreach (string start in isServers ? DangerousPrefixes : [])
        {
            if (rest.StartsWith(start, StringComparison.Ordinal))
            {
                throw new BrokerException(
                    ErrorCode.SettingInvalid,
                    $"a field of the secret of profile \"{output.Profile}\" would be the variable {name}, and variables that begin with {start} control programs",
                    $"name another one in the profile: \"variables\": {{ \"{Redaction.Shorten(Redaction.Printable(field), 60)}\": \"…\" }}; or give the profile another name");
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
