using AotBroker.Profiles;

namespace AotBroker.Identity;

/// <summary>The metadata services that clouds have for their machines, at an address that never leaves the machine's host.</summary>
internal static class HostMetadata
{
    public const string Address = "169.254.169.254";

    /// <summary>A cloud that tells its machines who they are.</summary>
    internal enum Cloud
    {
        Google,
        Azure,
        Aws,
    }

    /// <summary>Whether the machine is not to be asked where the profile leaves that open.</summary>
    public static bool IsOff(Cloud cloud, ProcessEnvironment environment) =>
        environment.Get(Variables.HostMetadata) == "off" || cloud switch
        {
            Cloud.Google => IsTrue("NO_GCE_CHECK", environment),
            Cloud.Aws => IsTrue(AwsDisabled, environment),
            _ => false,
        };

    /// <summary>What the AWS SDKs read, too.</summary>
    public const string AwsDisabled = "AWS_EC2_METADATA_DISABLED";

    public static bool IsTrue(string variable, ProcessEnvironment environment) =>
        string.Equals(environment.Get(variable), "true", StringComparison.OrdinalIgnoreCase);
}
