namespace AotBroker.Identity;

/// <summary>
/// What a CI platform's token says of the job in addition to <c>sub</c>: what package registries and trust policies compare. Source:
/// GitHub's, GitLab's, CircleCI's and Buildkite's references of their tokens.
/// </summary>
internal static class WorkflowClaims
{
    private const string GitHubWorkflow = "workflow_ref";
    private const string Environment = "environment";

    /// <summary>In the order in which they are shown.</summary>
    public static readonly string[] Names =
    [
        "repository", "repository_owner", GitHubWorkflow, "job_workflow_ref", Environment, "ref", "event_name", "runner_environment",
        "project_path", "namespace_path", "ci_config_ref_uri", "ref_type", "ref_path",
        "organization_slug", "pipeline_slug", "build_branch",
        "oidc.circleci.com/project-id", "oidc.circleci.com/vcs-ref", "oidc.circleci.com/vcs-origin",
        "workspaceUuid", "repositoryUuid", "deploymentEnvironmentUuid",
        "terraform_organization_name", "terraform_workspace_name",
    ];

    /// <summary>Those that the token has; and that a job of GitHub's runs in no environment, where registries can ask for one.</summary>
    public static List<(string Name, string? Value)> Of(IdentityToken identity)
    {
        List<(string, string?)> found = [];
        bool isGitHub = identity.Claim(GitHubWorkflow) is not null;
        foreach (string name in Names)
        {
            string? value = identity.Claim(name);
            if (value is not null || (isGitHub && name == Environment))
            {
                found.Add((name, value));
            }
        }
        return found;
    }

    /// <summary>
    /// Which of its two forms GitHub's <c>sub</c> has; null where it has none of them. A policy that was written for the other
    /// form does not match.
    /// </summary>
    public static string? FormOfSubject(IdentityToken identity)
    {
        const string Prefix = "repo:";
        if (identity.Subject is not { } subject || !subject.StartsWith(Prefix, StringComparison.Ordinal))
        {
            return null;
        }
        string repository = subject[Prefix.Length..];
        int end = repository.IndexOf(':', StringComparison.Ordinal);
        return end < 0 || repository[..end].Split('/') is not [var owner, var name] ? null
            : HasId(owner) && HasId(name)
                ? "this sub has ids (repo:OWNER@ID/REPO@ID:…), as those of repositories that were created, renamed or transferred since 2026-07-15; anything that it is compared with must have them too"
                : "this sub has no ids (repo:OWNER/REPO:…); that of a repository which was created, renamed or transferred since 2026-07-15 has them (repo:OWNER@ID/REPO@ID:…)";
    }

    private static bool HasId(string name)
    {
        int at = name.LastIndexOf('@');
        return at > 0 && at + 1 < name.Length && !name.AsSpan(at + 1).ContainsAnyExceptInRange('0', '9');
    }
}
