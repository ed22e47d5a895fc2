namespace AotBroker.Identity;

/// <summary>AWS is several clouds that know nothing of each other ("partitions"), each with a domain of its own.</summary>
internal static class AwsDomains
{
    /// <summary>Where AWS's clients look for a bundle of certificates.</summary>
    public static IReadOnlyList<string> BundleVariables { get; } = ["AWS_CA_BUNDLE"];

    /// <summary>The address of a region's STS.</summary>
    /// <param name="region">A region's name: lower-case letters, digits and hyphens.</param>
    public static string Sts(string region) => $"https://sts.{region}.{Of(region)}";

    private static string Of(string region) => region switch
    {
        _ when region.StartsWith("cn-", StringComparison.Ordinal) => "amazonaws.com.cn",
        _ when region.StartsWith("eusc-", StringComparison.Ordinal) => "amazonaws.eu",
        _ when region.StartsWith("us-iso-", StringComparison.Ordinal) => "c2s.ic.gov",
        _ when region.StartsWith("us-isob-", StringComparison.Ordinal) => "sc2s.sgov.gov",
        _ when region.StartsWith("us-isof-", StringComparison.Ordinal) => "csp.hci.ic.gov",
        _ when region.StartsWith("eu-isoe-", StringComparison.Ordinal) => "cloud.adc-e.uk",
        _ => "amazonaws.com",
    };
}
