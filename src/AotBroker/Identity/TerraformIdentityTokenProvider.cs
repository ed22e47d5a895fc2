using AotBroker.Errors;
using AotBroker.Runtime;
using AotBroker.Schemas;

namespace AotBroker.Identity;

/// <summary>
/// HCP Terraform, and Terraform Enterprise: one token for each phase of a run, for the audience that a variable of the
/// workspace names. Further ones, for further audiences, have a tag at the end of both names.
/// </summary>
internal static class TerraformIdentityTokenProvider
{
    private const string Name = "hcp-terraform";
    private const string Token = "TFC_WORKLOAD_IDENTITY_TOKEN";
    private const string OwnToken = Token + "_ANTHROPIC";
    private const string Audience = "TFC_WORKLOAD_IDENTITY_AUDIENCE";
    private const string Run = "TFC_RUN_ID";

    public static FoundIdentity? Detect(Surroundings surroundings)
    {
        if (!surroundings.HasAny(Name, Token, OwnToken, Run))
        {
            return null;
        }
        return Found(surroundings.Environment) is { } variable
            ? new FoundIdentity(new TerraformIdentity(), variable)
            : throw new BrokerException(ErrorCode.IdentityNotFound, "this HCP Terraform run has no identity token", Hints(null));
    }

    public static IIdentityTokenProvider Of(TerraformIdentity settings, ProcessEnvironment environment) =>
        new LiteralIdentityTokenProvider(Variable(settings, environment), environment, Hints(settings.Tag));

    private static string Variable(TerraformIdentity settings, ProcessEnvironment environment) =>
        settings.Tag is { } tag ? $"{Token}_{tag}" : Found(environment) ?? Token;

    private static string? Found(ProcessEnvironment environment) => environment.FirstSet(OwnToken, Token);

    private static string[] Hints(string? tag) =>
        [$"give the workspace the environment variable {Audience}{(tag is null ? "" : "_" + tag)}, with the value https://api.anthropic.com; agents of your own must be 1.7.0 or later"];
}
