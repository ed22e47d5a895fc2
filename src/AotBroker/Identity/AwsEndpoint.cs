using System.Text;
using AotBroker.Files;
using AotBroker.Interop;
using AotBroker.Runtime;
using AotBroker.Settings;

namespace AotBroker.Identity;

/// <summary>
/// Another address of AWS STS, as AWS's SDKs find one: a VPC endpoint's, LocalStack's, MinIO's. Source: the reference of AWS's
/// SDKs and tools, "Service-specific endpoints", for the order; botocore for how the file is read.
/// </summary>
internal static class AwsEndpoint
{
    private const string OfSts = "AWS_ENDPOINT_URL_STS";
    private const string OfAll = "AWS_ENDPOINT_URL";
    private const string Ignored = "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS";
    private const string ConfigFile = "AWS_CONFIG_FILE";
    private const string Profile = "AWS_PROFILE";

    private const int LargestFile = 1024 * 1024;

    /// <summary>The address without a slash at its end, and what says it; unset where nothing does.</summary>
    public static Setting Sts(ProcessEnvironment environment)
    {
        if (IsTrue(environment.Get(Ignored)))
        {
            return Setting.Unset;
        }
        Setting found = environment.FirstSet(OfSts, OfAll) is { } variable ? new Setting(environment.Get(variable), variable) : OfFile(environment);
        return found.IsSet ? found with { Value = found.Value!.Trim().TrimEnd('/') } : found;
    }

    private static Setting OfFile(ProcessEnvironment environment)
    {
        string? path = PathOf(environment);
        if (path is null || Read(path) is not { } text)
        {
            return Setting.Unset;
        }
        string profile = environment.Get(Profile) ?? "default";
        Sections file = new(text);
        string section = profile == "default" && file.Has("default") ? "default" : "profile " + profile;
        if (IsTrue(file.Find(section, null, "ignore_configured_endpoint_urls")))
        {
            return Setting.Unset;
        }
        if (file.Find(section, null, "services") is { Length: > 0 } services && file.Find("services " + services, "sts", "endpoint_url") is { Length: > 0 } ofSts)
        {
            return new Setting(ofSts, $"services {services} in {path}");
        }
        return file.Find(section, null, "endpoint_url") is { Length: > 0 } ofAll ? new Setting(ofAll, $"{section} in {path}") : Setting.Unset;
    }

    private static bool IsTrue(string? value) => string.Equals(value?.Trim(), "true", StringComparison.OrdinalIgnoreCase);

    private static string? PathOf(ProcessEnvironment environment)
    {
        string? home = environment.Get(Variables.Home);
        return environment.Get(ConfigFile) is not { } chosen ? (home is null ? null : $"{environment.Absolute(home).TrimEnd('/')}/.aws/config")
            : chosen.StartsWith("~/", StringComparison.Ordinal) && home is not null ? environment.Absolute(home) + chosen[1..]
            : environment.Absolute(chosen);
    }

    /// <returns>Null where there is no such file, or none that this user may read: then AWS's SDKs go on without it, too.</returns>
    private static string? Read(string path) =>
        TrustedFile.Read(path, Trust.Platform, LargestFile) is { Status: ReadStatus.Read } file ? Encoding.UTF8.GetString(file.Content) : null;

    /// <summary>
    /// Sections, <c>key = value</c>, and lines that are indented below a key without a value as its own keys and values. What is
    /// not understood is passed over: AWS's clients complain of it.
    /// </summary>
    private sealed class Sections(string text)
    {
        public bool Has(string section) => Find(section, null, null) is not null;

        /// <param name="section">Its head without brackets.</param>
        /// <param name="group">The key that the wanted one is below; null where it is in the section itself.</param>
        /// <param name="key">The key; null for the section itself.</param>
        public string? Find(string section, string? group, string? key)
        {
            bool isInside = false;
            string? above = null;
            foreach (ReadOnlySpan<char> line in text.AsSpan().TrimStart('\uFEFF').EnumerateLines())
            {
                ReadOnlySpan<char> content = line.Trim();
                if (content.IsEmpty || content[0] is '#' or ';')
                {
                    continue;
                }
                if (content[0] == '[')
                {
                    int end = content.IndexOf(']');
                    isInside = end > 0 && NameOf(content[1..end].ToString()) == section;
                    above = null;
                    if (isInside && key is null)
                    {
                        return "";
                    }
                    continue;
                }
                int sign = content.IndexOf('=');
                if (!isInside || sign <= 0)
                {
                    continue;
                }
                ReadOnlySpan<char> name = content[..sign].TrimEnd();
                string value = ValueOf(content[(sign + 1)..]);
                bool isBelow = above is not null && line[0] is ' ' or '\t';
                above = isBelow ? above : name.ToString();
                if (key is not null && (isBelow ? string.Equals(group, above, StringComparison.OrdinalIgnoreCase) : group is null) && name.Equals(key, StringComparison.OrdinalIgnoreCase))
                {
                    return value;
                }
            }
            return null;
        }

        private static string NameOf(string head)
        {
            string[] words = head.Split([' ', '\t'], 2, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
            return words is [{ } kind, { } name] ? $"{kind} {name.Trim('"', '\'')}" : head.Trim();
        }

        private static string ValueOf(ReadOnlySpan<char> text)
        {
            int comment = text.IndexOf(" #");
            return (comment < 0 ? text : text[..comment]).Trim().ToString();
        }
    }
}
