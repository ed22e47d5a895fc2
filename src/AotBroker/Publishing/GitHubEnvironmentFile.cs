using System.Text;
using AotBroker.Errors;
using AotBroker.Interop;
using AotBroker.Runtime;
using AotBroker.Settings;

namespace AotBroker.Publishing;

/// <summary>The file that GITHUB_ENV names: what a step appends to it, the later steps of its job have as variables.</summary>
internal static class GitHubEnvironmentFile
{
    /// <exception cref="BrokerException"><see cref="ErrorCode.SettingInvalid"/>: there is no such file.</exception>
    public static string PathIn(ProcessEnvironment? environment) =>
        environment?.Get(Variables.GitHubEnv) is { } path ? environment.Absolute(path) : throw new BrokerException(
            ErrorCode.SettingInvalid,
            $"{Variables.GitHubEnv} is not set, so there is no file to append to",
            "this is for the steps of a GitHub job; elsewhere, use another way to pass variables on");

    /// <summary>Appends variables, each between delimiters that its value does not hold.</summary>
    /// <exception cref="BrokerException"><see cref="ErrorCode.OutputFailed"/>: the file could not be written.</exception>
    public static void Append(ProcessEnvironment? environment, IEnumerable<KeyValuePair<string, string>> variables)
    {
        StringBuilder lines = new();
        foreach ((string name, string value) in variables)
        {
            string delimiter;
            do
            {
                delimiter = $"ghadelimiter_{Guid.NewGuid():N}";
            }
            while (value.Contains(delimiter, StringComparison.Ordinal));
            lines.Append(name).Append("<<").Append(delimiter).Append('\n').Append(value).Append('\n').Append(delimiter).Append('\n');
        }
        string path = PathIn(environment);
        int error = Libc.AppendTo(path, Encoding.UTF8.GetBytes(lines.ToString()));
        if (error != 0)
        {
            throw new BrokerException(ErrorCode.OutputFailed, $"{path}, which {Variables.GitHubEnv} names, could not be written: {Libc.Describe(error)}", "the runner creates this file for each step");
        }
    }
}
