using System.Text;
using AotBroker.Errors;
using AotBroker.Exchange;
using AotBroker.Interop;
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
        _ = FileOf(output);
        StringBuilder lines = new();
        foreach (CredentialVariable variable in CredentialVariables.Of(output))
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
        StringBuilder lines = new();
        foreach (CredentialVariable variable in CredentialVariables.Of(output))
        {
            string delimiter;
            do
            {
                delimiter = $"ghadelimiter_{Guid.NewGuid():N}";
            }
            while (variable.Value.Contains(delimiter, StringComparison.Ordinal));
            lines.Append(variable.Name).Append("<<").Append(delimiter).Append('\n').Append(variable.Value).Append('\n').Append(delimiter).Append('\n');
        }
        string path = FileOf(output);
        int error = Libc.AppendTo(path, Encoding.UTF8.GetBytes(lines.ToString()));
        if (error != 0)
        {
            throw new BrokerException(ErrorCode.OutputFailed, $"{path}, which {Variables.GitHubEnvironmentFile} names, could not be written: {Libc.Describe(error)}", "the runner makes this file for each step");
        }
    }

    private static string FileOf(in OutputCredential output) =>
        output.Environment?.Get(Variables.GitHubEnvironmentFile) is { } path ? output.Environment.Absolute(path) : throw new BrokerException(
            ErrorCode.SettingInvalid,
            $"{Variables.GitHubEnvironmentFile} is not set, so there is no file to append to",
            "this format is for the steps of a GitHub job; elsewhere, use --format env");

    private static string Escaped(string value) => value
        .Replace("%", "%25", StringComparison.Ordinal)
        .Replace("\r", "%0D", StringComparison.Ordinal)
        .Replace("\n", "%0A", StringComparison.Ordinal);
}
