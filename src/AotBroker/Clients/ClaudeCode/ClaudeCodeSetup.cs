using AotBroker.Clients.Aws;
using AotBroker.Clients.Editing;
using AotBroker.Errors;
using AotBroker.Exchange;
using AotBroker.Profiles;
using AotBroker.Runtime;
using AotBroker.Settings;

namespace AotBroker.Clients.ClaudeCode;

/// <summary>Claude Code: the command that prints its key, or its AWS keys for Bedrock.</summary>
internal sealed class ClaudeCodeSetup : ClientSetup
{
    private const string Unit = "  ";

    /// <summary>It keeps a key for five minutes: an answer has to be good for those, and one more.</summary>
    private const string Life = "360";

    public override string Name => "claude-code";

    public override string FileFor(string profile, ProcessEnvironment environment) => environment.Get(Variables.ClaudeConfigDirectory) is { } directory
        ? $"{environment.Absolute(directory)}/settings.json"
        : InHome(".claude/settings.json", environment);

    public override SetupPlan Plan(ResolvedProfile profile, string file, ProcessEnvironment environment)
    {
        (string key, BrokerInvocation command, string next) = profile switch
        {
            { Kind: CredentialKind.AwsKeys } => (
                "awsCredentialExport",
                BrokerInvocation.Of(profile.Name, new AwsFormat()),
                "for Bedrock, set CLAUDE_CODE_USE_BEDROCK=1 and AWS_REGION too"),
            LoginProfile or FederatedProfile { Federation: not null } => (
                "apiKeyHelper",
                BrokerInvocation.Calling(profile.Name, "get", "--profile", profile.Name, "--min-ttl", Life),
                $"`{Product.Name} exec --profile {profile.Name} -- claude` needs no setting, and lets every other SDK find the credential too"),
            _ => throw new BrokerException(
                ErrorCode.Usage,
                $"the credential of profile \"{profile.Name}\" is for neither Anthropic's API nor AWS",
                "name a profile whose exchange is \"anthropic\" or \"aws-sts\", or a login"),
        };
        string line = command.InShell();
        return key == "apiKeyHelper" ? WithBeta(file, line, next) : new SetupPlan
        {
            File = file,
            Lines = JsonText.Document([key], line, Unit),
            Edit = text => JsonText.Put(text, [key], line, static found => BrokerInvocation.IsCall(OctetText.Of(found)), Unit),
            Next = [next],
        };
    }

    /// <summary>What a helper prints is sent as a token only together with the header that says that it is OAuth's.</summary>
    private static SetupPlan WithBeta(string file, string line, string next)
    {
        string[] helper = ["apiKeyHelper"];
        return new SetupPlan
        {
            File = file,
            Lines = OctetText.ToText(PutBeta(OctetText.Of(JsonText.Document(helper, line, Unit))).Text!),
            Edit = text =>
            {
                FileEdit edit = JsonText.Put(text, helper, line, static found => BrokerInvocation.IsCall(OctetText.Of(found)), Unit);
                return edit.Text is { } edited ? PutBeta(edited) : edit;
            },
            Next = [next],
        };
    }

    /// <summary>Other betas that are there stay.</summary>
    private static FileEdit PutBeta(string text)
    {
        const string Beta = "oauth-2025-04-20";
        string[] path = ["env", Variables.Betas];
        string? present = null;
        FileEdit edit = JsonText.Put(text, path, Beta, found => (present = found) is null, Unit);
        return present is null ? edit
            : present.Contains(Beta, StringComparison.Ordinal) ? FileEdit.To(text)
            : JsonText.Put(text, path, present.Length == 0 ? Beta : present + "," + Beta, static _ => true, Unit);
    }
}
