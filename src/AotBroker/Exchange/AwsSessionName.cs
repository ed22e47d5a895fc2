using System.Text;
using AotBroker.Runtime;

namespace AotBroker.Exchange;

/// <summary>
/// What CloudTrail calls a session by default: the job's repository, workflow, run and actor, as far as 64 characters
/// reach. The user who starts a job chooses some of these: they say where to look, and prove nothing.
/// </summary>
internal static class AwsSessionName
{
    private const string Default = "aotbroker";
    private const int Longest = 64;

    public static string Of(ProcessEnvironment environment) =>
        OfPlatform("GITHUB_REPOSITORY", "GITHUB_WORKFLOW", "GITHUB_RUN_ID", "GITHUB_ACTOR", environment) // Forgejo and Gitea set the same.
        ?? OfPlatform("CI_PROJECT_PATH", "CI_JOB_NAME", "CI_PIPELINE_ID", "GITLAB_USER_LOGIN", environment)
        ?? OfPlatform("BUILDKITE_PIPELINE_SLUG", "BUILDKITE_LABEL", "BUILDKITE_BUILD_NUMBER", "BUILDKITE_BUILD_CREATOR", environment)
        ?? OfPlatform("CIRCLE_PROJECT_REPONAME", "CIRCLE_JOB", "CIRCLE_WORKFLOW_ID", "CIRCLE_USERNAME", environment)
        ?? Default;

    /// <returns>Null where the job is not one of this platform's.</returns>
    private static string? OfPlatform(string repository, string workflow, string run, string actor, ProcessEnvironment environment) =>
        environment.Get(repository) is { } name && environment.Get(run) is { } number ? Of(name, environment.Get(workflow), number, environment.Get(actor)) : null;

    /// <summary>The run and the actor are kept whole where that is possible: they find the job.</summary>
    private static string Of(string repository, string? workflow, string run, string? actor)
    {
        string end = Cut("-" + Plain(run) + (actor is null ? "" : "@" + Plain(actor)), Longest - 8);
        string start = Plain(repository) + (workflow is null ? "" : "-" + Plain(workflow));
        return Cut(start, Longest - end.Length).TrimEnd('-') + end;
    }

    private static string Cut(string text, int length) => text.Length <= length ? text : text[..length];

    /// <summary>With a hyphen for every run of characters that a name cannot have.</summary>
    private static string Plain(string text)
    {
        StringBuilder plain = new(text.Length);
        foreach (char c in text)
        {
            bool isPlain = char.IsAsciiLetterOrDigit(c) || c is '_' or '.' or '+' or '=' or ',' or '@';
            if (isPlain || plain.Length == 0 || plain[^1] != '-')
            {
                plain.Append(isPlain ? c : '-');
            }
        }
        return plain.ToString();
    }
}
