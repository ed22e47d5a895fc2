using AotBroker.Clients.Editing;
using AotBroker.Profiles;
using AotBroker.Runtime;

namespace AotBroker.Clients.Aws;

/// <summary>AWS's command line and SDKs: a profile with a <c>credential_process</c>.</summary>
internal sealed class AwsSetup : ClientSetup
{
    /// <summary>Settings in the reference of AWS's SDKs and tools that do not decide which credentials are used.</summary>
    private static readonly string[] Harmless =
    [
        "region", "output", "services", "endpoint_url", "ignore_configured_endpoint_urls", "cli_*", "s3", "s3api", "s3_*", "ec2_metadata_*",
        "metadata_service_*", "disable_ec2_metadata_v1", "retry_mode", "max_attempts", "defaults_mode", "ca_bundle", "use_fips_endpoint",
        "use_dualstack_endpoint", "sts_regional_endpoints", "parameter_validation", "tcp_keepalive", "api_versions", "sdk_ua_app_id",
        "account_id_endpoint_mode", "request_checksum_calculation", "response_checksum_validation", "request_min_compression_size_bytes",
        "disable_request_compression", "endpoint_discovery_enabled", "sigv4a_signing_region_set", "auth_scheme_preference", "csm_*",
    ];

    public override string Name => "aws";

    public override string FileFor(string profile, ProcessEnvironment environment) =>
        environment.Get("AWS_CONFIG_FILE") is not { } chosen ? InHome(".aws/config", environment)
            : chosen.StartsWith("~/", StringComparison.Ordinal) ? InHome(chosen[2..], environment) // As botocore reads it.
            : environment.Absolute(chosen);

    public override SetupPlan Plan(ResolvedProfile profile, string file, ProcessEnvironment environment)
    {
        string section = AwsConfig.Section(profile);
        return new SetupPlan
        {
            File = file,
            Lines = section,
            Edit = text => SectionText.Put(text, OctetText.Of(section), NameOf, Harmless),
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
