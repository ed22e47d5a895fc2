using AotBroker.Errors;
using AotBroker.Profiles;
using AotBroker.Schemas;

namespace AotBroker.Identity;

/// <summary>Finds out where the identity comes from when the profile does not say. Variables only: no file, no network.</summary>
internal static class IdentityDetection
{
    /// <returns>The source, and the variable that showed it.</returns>
    /// <exception cref="BrokerException">
    /// <see cref="ErrorCode.IdentityNotFound"/>, or <see cref="ErrorCode.IdentityVariablesIncomplete"/> where a platform is
    /// there but does not hand out an identity.
    /// </exception>
    public static (IdentitySource Source, string Origin) Detect(string? audience, ProcessEnvironment environment)
    {
        if (environment.Get(Variables.IdentityTokenFile) is { } path)
        {
            return (new FileIdentity { Path = path }, Variables.IdentityTokenFile);
        }
        if (environment.Get(Variables.IdentityToken) is not null)
        {
            return (new LiteralIdentity { Variable = Variables.IdentityToken }, Variables.IdentityToken);
        }
        bool hasUrl = environment.Get(Variables.GitHubRequestUrl) is not null;
        bool hasToken = environment.Get(Variables.GitHubRequestToken) is not null;
        if (hasUrl && hasToken)
        {
            return (new GithubActionsIdentity { Audience = audience }, Variables.GitHubRequestUrl);
        }
        throw hasUrl || hasToken ? HalfSet(hasUrl) : NotFound(environment);
    }

    private static BrokerException HalfSet(bool hasUrl)
    {
        (string set, string missing) = hasUrl
            ? (Variables.GitHubRequestUrl, Variables.GitHubRequestToken)
            : (Variables.GitHubRequestToken, Variables.GitHubRequestUrl);
        return new BrokerException(
            ErrorCode.IdentityVariablesIncomplete,
            $"{set} is set, but {missing} is not",
            $"set both, as the job has them",
            "some clients take variables that look like secrets away from their helpers; run `aotbroker get` once in the job before them, with the source `github-actions` named in the profile");
    }

    private static BrokerException NotFound(ProcessEnvironment environment)
    {
        if (environment.Get(Variables.GitHubActions) is not null)
        {
            return new BrokerException(
                ErrorCode.IdentityNotFound,
                "this GitHub Actions job may not ask for an identity token",
                "give the job `permissions: id-token: write`",
                "a pull request from a fork never gets one");
        }
        return new BrokerException(
            ErrorCode.IdentityNotFound,
            "no identity was found for this workload",
            $"set {Variables.IdentityTokenFile} to the file that the platform writes, or name a source in the profile",
            $"looked at {Variables.IdentityTokenFile}, {Variables.IdentityToken}, {Variables.GitHubRequestUrl}");
    }
}
