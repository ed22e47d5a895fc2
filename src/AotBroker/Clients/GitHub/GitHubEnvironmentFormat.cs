using System.Text;
using AotBroker.Errors;
using AotBroker.Exchange;
using AotBroker.Publishing;
using AotBroker.Runtime;
using AotBroker.Settings;

namespace AotBroker.Clients.GitHub;

/// <summary>
/// Variables for the later steps of a GitHub job: each secret is masked on standard output first, and only then appended to
/// the file that GITHUB_ENV names, between delimiters that no value holds.
/// </summary>
internal sealed class GitHubEnvironmentFormat : CredentialFormat
{
    public override string Name => "github-env";

    public override bool IsOffered => true;

    public override long? ClientKeepsFor => null;

    public override bool Carries(CredentialKind kind) => true;

    /// <summary>The masks.</summary>
    /// <exception cref="BrokerException"><see cref="ErrorCode.SettingInvalid"/>: there is no such file.</exception>
    public override byte[] Write(in OutputCredential output)
    {
        _ = GitHubEnvironmentFile.PathIn(output.Environment);
        StringBuilder lines = new();
        foreach (CredentialVariable variable in VariablesOf(output))
        {
            // To the runner, a mask of nothing is a mistake: it warns at each.
            if (variable.IsSecret && !string.IsNullOrWhiteSpace(variable.Value))
            {
                // The runner masks each line of a value of several, once these escapes are undone.
                lines.Append("::add-mask::").Append(Escaped(variable.Value)).Append('\n');
            }
        }
        return Encoding.UTF8.GetBytes(lines.ToString());
    }

    /// <exception cref="BrokerException"><see cref="ErrorCode.OutputFailed"/>: the file could not be written.</exception>
    public override void Finish(in OutputCredential output, ReadOnlySpan<byte> written)
    {
        List<KeyValuePair<string, string>> variables = [];
        foreach (CredentialVariable variable in VariablesOf(output))
        {
            variables.Add(new(variable.Name, variable.Value));
        }
        GitHubEnvironmentFile.Append(output.Environment, variables);
    }

    /// <summary>Later steps find a token there that Anthropic's clients take for a static one.</summary>
    public override BrokerException? Shortcoming(in OutputCredential output) => !IsForAnthropicsClients(output) ? null : new BrokerException(
        ErrorCode.NotKept,
        $"nothing renews the token that later steps find in {Variables.AuthToken}, and clients prefer it to a profile that is kept fresh",
        $"`{Product.Name} keep --publish \"$RUNNER_TEMP/anthropic\" --detach --github-env` passes on such a profile");

    private static bool IsForAnthropicsClients(in OutputCredential output) => CredentialVariables.Of(output).Exists(static one => one.Name == Variables.AuthToken);

    /// <summary>
    /// A token in a variable is sent without the header that tells the API that it is OAuth's. Claude Code sends what one
    /// variable says, the SDKs what another one does.
    /// </summary>
    private static List<CredentialVariable> VariablesOf(in OutputCredential output)
    {
        const string Beta = "oauth-2025-04-20";
        List<CredentialVariable> variables = CredentialVariables.Of(output);
        if (IsForAnthropicsClients(output))
        {
            variables.Add(new(Variables.Betas, With(output.Environment?.Get(Variables.Betas), ",", Beta), false));
            variables.Add(new(Variables.CustomHeaders, With(output.Environment?.Get(Variables.CustomHeaders), "\n", "anthropic-beta: " + Beta), false));
        }
        return variables;
    }

    private static string With(string? present, string between, string value) =>
        present is null ? value : present.Contains(value, StringComparison.Ordinal) ? present : present + between + value;

    private static string Escaped(string value) => value
        .Replace("%", "%25", StringComparison.Ordinal)
        .Replace("\r", "%0D", StringComparison.Ordinal)
        .Replace("\n", "%0A", StringComparison.Ordinal);
}
