using System.Text;
using AotBroker.Errors;
using AotBroker.Files;
using AotBroker.Identity;
using AotBroker.Interop;
using AotBroker.Reporting;
using AotBroker.Runtime;

namespace AotBroker.Publishing;

/// <summary>How variables are passed to what runs later in the same job. Each platform has its own way.</summary>
internal sealed record JobVariables
{
    private const string BuildkiteAgent = "buildkite-agent";
    private const string PlainPath = "publish in a directory whose path has only letters, digits and -_.~+/=:";

    private static readonly TimeSpan LongestCall = TimeSpan.FromSeconds(30);

    /// <summary>Appended to the file that GITHUB_ENV names.</summary>
    public bool GitHub { get; init; }

    /// <summary>Appended to this file, as NAME=VALUE lines that GitLab, Docker and shells read; null for none.</summary>
    public string? DotenvFile { get; init; }

    /// <summary>Printed as the agent's <c>task.setvariable</c> command.</summary>
    public bool AzurePipelines { get; init; }

    /// <summary>By <c>buildkite-agent env set</c>.</summary>
    public bool Buildkite { get; init; }

    public bool IsWanted => GitHub || DotenvFile is not null || AzurePipelines || Buildkite;

    /// <summary>Checks what can be known before a token is spent.</summary>
    /// <exception cref="BrokerException">A requested way is not available.</exception>
    public void RequireThere(ProcessEnvironment environment)
    {
        if (GitHub)
        {
            _ = GitHubEnvironmentFile.PathIn(environment);
        }
        if (Buildkite)
        {
            _ = AgentIn(environment);
        }
    }

    /// <summary>Passes the variables on.</summary>
    /// <exception cref="BrokerException">A file could not be written, or the agent refused.</exception>
    public void HandOn(IReadOnlyList<KeyValuePair<string, string>> variables, ProcessEnvironment environment, StandardStream output)
    {
        if (GitHub)
        {
            GitHubEnvironmentFile.Append(environment, variables);
        }
        if (DotenvFile is not null)
        {
            AppendLines(environment.Absolute(DotenvFile), variables);
        }
        if (AzurePipelines)
        {
            StringBuilder lines = new();
            foreach ((string name, string value) in variables)
            {
                // The agent ends a value at the end of the line, and undoes escapes in it: a value with either is refused.
                EnvironmentLines.Append(new StringBuilder(), name, value, PlainPath);
                lines.Append("##vso[task.setvariable variable=").Append(name).Append(']').Append(value).Append('\n');
            }
            output.WriteOrThrow(Encoding.UTF8.GetBytes(lines.ToString()));
        }
        if (Buildkite)
        {
            TellBuildkite(variables, environment);
        }
    }

    private static void AppendLines(string path, IReadOnlyList<KeyValuePair<string, string>> variables)
    {
        StringBuilder lines = new();
        foreach ((string name, string value) in variables)
        {
            EnvironmentLines.Append(lines, name, value, PlainPath);
        }
        try
        {
            File.AppendAllText(path, lines.ToString());
        }
        catch (Exception error) when (PrivateDirectory.IsFileSystem(error))
        {
            throw new BrokerException(ErrorCode.OutputFailed, $"{path} could not be written: {FileSystemReason.Of(error)}", "with --dotenv, name a file in a writable directory");
        }
    }

    private static void TellBuildkite(IReadOnlyList<KeyValuePair<string, string>> variables, ProcessEnvironment environment)
    {
        List<string> arguments = [BuildkiteAgent, "env", "set"];
        foreach ((string name, string value) in variables)
        {
            arguments.Add($"{name}={value}");
        }
        CommandOutcome outcome = BoundedCommand.Run(AgentIn(environment), arguments, null, Deadline.After(LongestCall, environment.Clock));
        if (outcome is not { End: CommandEnd.Exited, Code: 0 })
        {
            throw new BrokerException(
                ErrorCode.OutputFailed,
                $"`{BuildkiteAgent} env set` {(outcome.End == CommandEnd.TimedOut ? "did not end in time" : $"failed with exit code {outcome.Code}")}",
                "it needs an agent that offers its API to jobs, and a running job");
        }
    }

    private static string AgentIn(ProcessEnvironment environment) =>
        Libc.FindProgram(BuildkiteAgent, environment.Get("PATH"), out string program) == 0 ? program : throw new BrokerException(
            ErrorCode.SettingInvalid,
            $"there is no {BuildkiteAgent} in PATH",
            "this is for Buildkite jobs; in a container, mount the agent's program");
}
