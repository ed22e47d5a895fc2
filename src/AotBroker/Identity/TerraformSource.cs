using AotBroker.Errors;
using AotBroker.Runtime;
using AotBroker.Schemas;

namespace AotBroker.Identity;

/// <summary>
/// HCP Terraform, and Terraform Enterprise: one token for each phase of a run, for the audience that a variable of the
/// workspace names. Further ones, for further audiences, have a tag at the end of both names.
/// </summary>
internal sealed class TerraformSource(TerraformIdentity settings, ProcessEnvironment environment) : TokenInVariable(environment)
{
    private const string Name = "hcp-terraform";
    private const string Token = "TFC_WORKLOAD_IDENTITY_TOKEN";
    private const string OwnToken = Token + "_ANTHROPIC";
    private const string Audience = "TFC_WORKLOAD_IDENTITY_AUDIENCE";
    private const string Run = "TFC_RUN_ID";

    public override IdentitySettings Settings => settings;

    protected override string Variable => settings.Tag is { } tag ? $"{Token}_{tag}" : Found(Environment) ?? Token;

    protected override IReadOnlyList<string> Hints => WhereMissing(settings.Tag);

    public static IIdentitySource? Bind(IdentitySettings settings, ProcessEnvironment environment) =>
        settings is TerraformIdentity own ? new TerraformSource(own, environment) : null;

    public static FoundIdentity? Detect(DetectionContext context)
    {
        if (!context.HasAny(Name, Token, OwnToken, Run))
        {
            return null;
        }
        return Found(context.Environment) is { } variable
            ? new FoundIdentity(new TerraformIdentity(), variable)
            : throw new BrokerException(ErrorCode.IdentityNotFound, "this HCP Terraform run has no identity token", WhereMissing(null));
    }

    private static string? Found(ProcessEnvironment environment) => environment.FirstSet(OwnToken, Token);

    private static string[] WhereMissing(string? tag) =>
        [$"give the workspace the environment variable {Audience}{(tag is null ? "" : "_" + tag)}, with the value https://api.anthropic.com; self-hosted agents must be 1.7.0 or later"];
}
