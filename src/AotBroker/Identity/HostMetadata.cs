using AotBroker.Files;
using AotBroker.Http;
using AotBroker.Runtime;
using AotBroker.Settings;

namespace AotBroker.Identity;

/// <summary>
/// The metadata services that clouds have for their machines, at an address that never leaves the machine's host: which of them
/// may be there, and which of them is.
/// </summary>
internal static class HostMetadata
{
    public const string Address = "169.254.169.254";

    /// <summary>What the AWS SDKs read, too.</summary>
    public const string AwsDisabled = "AWS_EC2_METADATA_DISABLED";

    /// <summary>Where Linux tells what the firmware says of the machine.</summary>
    public const string FirmwareDirectory = "/sys/class/dmi/id";

    /// <summary>How Azure marks its machines; other machines on Hyper-V say Microsoft too.</summary>
    private const string AzureAssetTag = "7783-7084-3265-9085-8269-3286-77";

    /// <summary>The firmware's names are short; the kernel shows each as a file of one page, in bytes.</summary>
    private const int LargestName = 4096;

    /// <summary>A cloud that tells its machines who they are.</summary>
    internal enum Cloud
    {
        Google,
        Azure,
        Aws,
    }

    /// <summary>Whether the machine is not to be asked where the profile leaves that open.</summary>
    public static bool IsOff(Cloud cloud, ProcessEnvironment environment) =>
        IsOff(environment) || cloud switch
        {
            Cloud.Google => IsTrue("NO_GCE_CHECK", environment),
            Cloud.Aws => IsTrue(AwsDisabled, environment),
            _ => false,
        };

    public static bool IsOff(ProcessEnvironment environment) => environment.Get(Variables.BrokerHostMetadata) == "off";

    public static bool IsTrue(string variable, ProcessEnvironment environment) =>
        string.Equals(environment.Get(variable), "true", StringComparison.OrdinalIgnoreCase);

    /// <summary>
    /// Whom to ask: those that a variable names the address of, else the one that the firmware names, else, where the
    /// firmware does not speak, all. In a pod, which is not the machine it runs on, Google's alone: GKE's speaks for the pod.
    /// </summary>
    public static List<Cloud> Candidates(ProcessEnvironment environment, string firmware = FirmwareDirectory)
    {
        List<Cloud> named = [];
        Add(named, Cloud.Azure, environment.Get(AzureImdsSource.AuthorityVariable) is not null);
        Add(named, Cloud.Aws, environment.Get(AwsInstance.EndpointVariable) is not null);
        if (named.Count > 0)
        {
            return named;
        }
        bool isPod = KubernetesSource.IsPod(environment);
        bool speaks = TryReadFirmware(firmware, out Cloud? cloud);
        Add(named, Cloud.Google, speaks ? cloud == Cloud.Google : true);
        Add(named, Cloud.Aws, !isPod && (speaks ? cloud == Cloud.Aws : true));
        Add(named, Cloud.Azure, !isPod && (speaks ? cloud == Cloud.Azure : true));
        return named;

        void Add(List<Cloud> clouds, Cloud cloud, bool mayBe)
        {
            if (mayBe && !IsOff(cloud, environment))
            {
                clouds.Add(cloud);
            }
        }
    }

    /// <summary>What nothing but the cloud's own service answers, and quickly.</summary>
    public static HttpRequestPlan Question(Cloud cloud, ProcessEnvironment environment) => cloud switch
    {
        Cloud.Google => new HttpRequestPlan(HttpMethod.Get, GoogleMetadataSource.Address("/", environment)) { Headers = [GoogleMetadataSource.Header], IsDirect = true },
        Cloud.Azure => new HttpRequestPlan(HttpMethod.Get, AzureImdsSource.Address("/metadata/versions", environment)) { Headers = [AzureImdsSource.Header], IsDirect = true },
        _ => AwsInstance.SessionRequest(environment),
    };

    /// <summary>Whether an answer to <see cref="Question"/> is the cloud's.</summary>
    public static bool IsAnsweredBy(Cloud cloud, HttpAnswer answer, ProcessEnvironment environment) => cloud switch
    {
        // A node of GKE answers its pods directly too, if nothing intercepts it; only GKE's own server speaks for the pod.
        Cloud.Google => GoogleMetadataSource.IsGenuine(answer)
            && (!KubernetesSource.IsPod(environment) || IsOfGke(answer)),
        Cloud.Azure => answer.Status == 200 && answer.Body.AsSpan().IndexOf("\"apiVersions\""u8) >= 0,
        _ => answer.Status == 200 && AwsInstance.IsSession(answer),
    };

    public static string NameOf(Cloud cloud) => cloud switch
    {
        Cloud.Google => "Google Cloud",
        Cloud.Azure => "Azure",
        _ => "AWS",
    };

    private static bool IsOfGke(HttpAnswer answer) =>
        answer.Headers!.TryGetValues("Server", out IEnumerable<string>? values) && string.Join(' ', values).StartsWith("GKE Metadata Server", StringComparison.Ordinal);

    /// <returns>False where the firmware's names cannot be read, as in many sandboxes.</returns>
    private static bool TryReadFirmware(string directory, out Cloud? cloud)
    {
        cloud = null;
        string? vendor = Read(directory, "sys_vendor");
        string? product = Read(directory, "product_name");
        if (vendor is null && product is null)
        {
            return false;
        }
        // "Google Compute Engine"; "Amazon EC2", on older instances in the version alone: "4.11.amazon".
        cloud = product?.StartsWith("Google", StringComparison.Ordinal) == true ? Cloud.Google
            : vendor == "Amazon EC2" || Read(directory, "bios_version")?.EndsWith("amazon", StringComparison.Ordinal) == true ? Cloud.Aws
            : Read(directory, "chassis_asset_tag") == AzureAssetTag ? Cloud.Azure
            : null;
        return true;
    }

    private static string? Read(string directory, string name) =>
        TrustedFile.Read($"{directory}/{name}", Trust.Platform, LargestName) is { Status: ReadStatus.Read, Length: > 0 } file
            ? System.Text.Encoding.Latin1.GetString(file.Content).Trim()
            : null;
}
