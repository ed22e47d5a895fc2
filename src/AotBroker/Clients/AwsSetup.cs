using AotBroker.Profiles;

namespace AotBroker.Clients;

/// <summary>AWS's command line and SDKs: a profile with a <c>credential_process</c>.</summary>
internal static class AwsSetup
{
    public const string Name = "aws";

    public static string File(ProcessEnvironment environment) =>
        environment.Get("AWS_CONFIG_FILE") is not { } chosen ? ClientSetups.InHome(".aws/config", environment)
            : chosen.StartsWith("~/", StringComparison.Ordinal) ? ClientSetups.InHome(chosen[2..], environment) // As botocore reads it.
            : environment.Absolute(chosen);

    public static ClientSetup Of(ResolvedProfile profile, string file)
    {
        string section = AwsConfig.Section(profile);
        return new ClientSetup
        {
            File = file,
            Lines = section,
            Edit = text => SectionText.Put(text, OctetText.Of(section), NameOf, "region", "output"),
            Next = [profile.Name == "default" ? "try `aws sts get-caller-identity`" : $"try `aws --profile {profile.Name} sts get-caller-identity`, or set AWS_PROFILE={profile.Name}"],
        };
    }

    /// <summary>Sections that name one profile have one name: white space and quotes count for nothing.</summary>
    private static string NameOf(string head)
    {
        string[] words = head.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
        return words is ["profile", { } name] ? "profile " + name.Trim('"', '\'') : words is ["default"] ? "profile default" : head;
    }
}
