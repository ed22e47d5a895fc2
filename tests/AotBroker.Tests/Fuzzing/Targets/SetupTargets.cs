using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using AotBroker.Clients;
using AotBroker.Clients.Aws;
using AotBroker.Clients.ClaudeCode;
using AotBroker.Clients.Docker;
using AotBroker.Clients.Editing;
using AotBroker.Clients.Git;
using AotBroker.Clients.Kubernetes;
using AotBroker.Clients.Terraform;
using AotBroker.Errors;
using AotBroker.Profiles;
using AotBroker.Runtime;

namespace AotBroker.Tests.Fuzzing;

/// <summary>
/// A client's file that `setup` changes: it is refused, or every line that is not the broker's is there afterwards, in its
/// order, and a second run changes no octet.
/// </summary>
internal abstract class SetupTarget : FuzzTarget
{
    private readonly SetupPlan _setup;

    protected SetupTarget(Func<ResolvedProfile, SetupPlan> setup, string exchange = "\"none\"")
    {
        Machine.WriteBrokerProfile("ci", $$$"""{"exchange":{"type":{{{exchange}}}},"serves":{"hosts":["app.example"]}}""");
        _setup = setup(ProfileResolver.ResolveExchange("ci", Machine.Environment));
    }

    public override IEnumerable<byte[]> Seeds => [[], Encoding.UTF8.GetBytes(_setup.Lines), Encoding.UTF8.GetBytes(_setup.Lines.ReplaceLineEndings("\r\n"))];

    protected static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);

    /// <summary>Whether a line may go, because it is the broker's own, or says that nothing is there.</summary>
    protected virtual bool MayGo(string line) => IsOurs(line);

    /// <summary>Lines of the file that may go because of where they are.</summary>
    protected virtual IEnumerable<string> MayGoFrom(string before) => [];

    protected static bool IsOurs(string text) => text.Contains("aotbroker", StringComparison.Ordinal) || text.Contains(Environment.ProcessPath!, StringComparison.Ordinal);

    /// <summary>What else is promised of what is written.</summary>
    protected virtual void Check(string after)
    {
    }

    public override string Run(byte[] input)
    {
        string before = OctetText.Read(input);
        FileEdit edit = _setup.Edit(before);
        if (edit.Text is not { } after)
        {
            return Fate(new BrokerException(ErrorCode.SetUpFailed, edit.Refusal!, "a hint"));
        }
        HoldsWhatWasThere(before, after);
        Assert.Equal(after, _setup.Edit(after).Text);
        Check(after);
        return before == after ? "kept" : $"written, {before.Contains('\r', StringComparison.Ordinal)} {IsOurs(before)}";
    }

    protected virtual void HoldsWhatWasThere(string before, string after)
    {
        Queue<string> lines = new(after[OctetText.MarkLength(after)..].Split('\n').Select(static line => line.TrimEnd('\r')));
        HashSet<string> mayGo = [.. MayGoFrom(before).Select(static line => line.TrimEnd('\r'))];
        foreach (string line in before[OctetText.MarkLength(before)..].Split('\n').Select(static line => line.TrimEnd('\r')).Where(line => line.Length > 0 && !MayGo(line) && !mayGo.Any(one => line.StartsWith(one, StringComparison.Ordinal))))
        {
            while (lines.TryDequeue(out string? next) && next != line)
            {
            }
            Assert.True(lines.Count > 0 || after.EndsWith(line, StringComparison.Ordinal), $"lost: {line}");
        }
    }
}

internal sealed class AwsConfigTarget() : SetupTarget(static profile => new AwsSetup().Plan(profile, "/x", ProcessEnvironment.OfThisProcess()), "\"aws-sts\",\"role_arn\":\"arn:aws:iam::123456789012:role/ci\",\"region\":\"eu-west-1\"")
{
    public override IEnumerable<byte[]> Seeds =>
    [
        .. base.Seeds,
        Utf8("[default]\nregion = x\ns3 =\n  a = b\n\n[profile ci] # c\n  output = json\n"),
        Utf8("; a\n[profile 'ci']\ncredential_process : /opt/aotbroker get\n\tmore\n[sso-session s]\n"),
    ];

    public override IEnumerable<string> Words => ["[profile ci]", "[profile \"ci\"]", "credential_process = ", "/a/aotbroker get", "region", "\n", "  ", "=", "#", "]"];
}

internal sealed class GitConfigTarget() : SetupTarget(static profile => new GitSetup().Plan(profile, "/x", ProcessEnvironment.OfThisProcess()))
{
    public override IEnumerable<byte[]> Seeds =>
    [
        .. base.Seeds,
        Utf8("[user]\n\tname = \"a # b\" ; c\n[credential]\n\thelper = store\n"),
        Utf8("[Credential \"https://app.example/\"] helper = !'/opt/aotbroker' git \\\n  --profile x\n[a \"\\\"\"]\nb\n"),
    ];

    public override IEnumerable<string> Words => ["[credential \"https://app.example\"]", "helper = ", "aotbroker git", "\\\n", "\"", "\n\t", "]", "#", "!"];

    // A value of the broker's own that went on in the next line went with it.
    protected override bool MayGo(string line) => base.MayGo(WithoutQuotes(line)) || line.TrimStart().StartsWith("--profile", StringComparison.Ordinal);

    private static string WithoutQuotes(string text) => text.ReplaceLineEndings("\n").Replace("\\\n", "", StringComparison.Ordinal).Replace("\"", "", StringComparison.Ordinal).Replace("\\", "", StringComparison.Ordinal);

    protected override void HoldsWhatWasThere(string before, string after)
    {
        if (!IsOurs(WithoutQuotes(before)) || !before.Contains('\\', StringComparison.Ordinal))
        {
            base.HoldsWhatWasThere(before, after);
        }
    }
}

internal sealed class TerraformConfigTarget() : SetupTarget(static profile => new TerraformSetup().Plan(profile, "/x", ProcessEnvironment.OfThisProcess()))
{
    public override IEnumerable<byte[]> Seeds =>
    [
        .. base.Seeds,
        Utf8("credentials \"a\" {\n  token = \"b\"\n}\n"),
        Utf8("credentials_helper \"aotbroker\" {\n  args = [\"--profile\", \"old\"]\n}\n# more"),
    ];

    public override IEnumerable<string> Words => ["credentials_helper ", "\"aotbroker\"", "args = [\"--profile\", \"ci\"]", "{\n", "\n}\n", "#"];

    protected override bool MayGo(string line) => base.MayGo(line) || line.StartsWith("  args = [\"--profile\", \"", StringComparison.Ordinal);
}

internal sealed partial class KubeConfigTarget() : SetupTarget(static profile => new KubernetesSetup().Plan(profile, "/x", ProcessEnvironment.OfThisProcess()))
{
    public override IEnumerable<byte[]> Seeds =>
    [
        .. base.Seeds,
        Utf8("apiVersion: v1\nclusters:\n- cluster:\n    server: https://a\n  name: \"a\"\nusers: []\nkind: Config\n"),
        Utf8("users:\n  - name: a\n    user:\n      client-key-data: |\n        b\n       # c\n\n  - user: {token: 'x'}\n    name: b\ncontexts: null\n"),
        Utf8("users:\n- name: ci\n  user:\n    exec:\n      args:\n      - get\n      command: /opt/aotbroker\n      env: null\n"),
    ];

    public override IEnumerable<string> Words => ["users:", "- name: ci", "  user:\n", "    exec:\n", "command: aotbroker", "args: []", "\n", "\n  ", "- ", "|", "'", "{}", "[]", " #", "null", "---\n"];

    protected override bool MayGo(string line)
    {
        string text = line.TrimStart();
        return base.MayGo(line) || text.StartsWith("users:", StringComparison.Ordinal) || text.StartsWith("args:", StringComparison.Ordinal)
            || text.StartsWith("command:", StringComparison.Ordinal) || text.StartsWith("provideClusterInfo:", StringComparison.Ordinal) || text.StartsWith("- ", StringComparison.Ordinal) || text.StartsWith('#');
    }

    // A value of the broker's own entry may extend over several lines.
    protected override IEnumerable<string> MayGoFrom(string before) =>
        OnSeveralLines().Matches(before).SelectMany(match => before[(before.LastIndexOf('\n', match.Index) + 1)..(match.Index + match.Length)].Split('\n'));

    [GeneratedRegex("""(?:args:|command:)\s*(\[("(\\.|[^"])*"|'[^']*'|[^\]"'])*\]|"(\\.|[^"])*"|'[^']*')""", RegexOptions.Singleline)]
    private static partial Regex OnSeveralLines();
}

internal abstract class JsonSettingsTarget(Func<ResolvedProfile, SetupPlan> setup, string exchange) : SetupTarget(setup, exchange)
{
    protected abstract string? Find(JsonElement root);

    protected override void Check(string after)
    {
        using JsonDocument json = JsonDocument.Parse(OctetText.Write(after[OctetText.MarkLength(after)..]));
        Assert.Contains("ci", Find(json.RootElement), StringComparison.Ordinal);
    }

    // What lies between the same start and the same end is white space in braces, or the broker's own.
    protected override void HoldsWhatWasThere(string before, string after)
    {
        int start = before.AsSpan().CommonPrefixLength(after);
        int end = 0;
        while (end < Math.Min(before.Length, after.Length) - start && before[^(end + 1)] == after[^(end + 1)])
        {
            end++;
        }
        string gone = before[start..^end];
        Assert.True(string.IsNullOrWhiteSpace(gone) || IsOurs(before), $"lost: {gone}");
    }
}

internal sealed class DockerConfigTarget() : JsonSettingsTarget(static profile => new DockerSetup().Plan(profile, "/x", ProcessEnvironment.OfThisProcess()), "\"none\"")
{
    public override IEnumerable<byte[]> Seeds => [.. base.Seeds, Utf8("{\n\t\"auths\": {},\n\t\"credHelpers\": {\"a\":\"b\"}\n}"), Utf8("{\"credHelpers\":{\"app.example\": \"aotbroker\"}}"), Utf8("{ \"credHelpers\": { } }")];

    public override IEnumerable<string> Words => ["credHelpers", "app.example", "aotbroker-x", "{}", "{\"credHelpers\":", "\n", "\t"];

    protected override string? Find(JsonElement root) => root.GetProperty("credHelpers").GetProperty("app.example").GetString();
}

internal sealed class ClaudeCodeSettingsTarget() : JsonSettingsTarget(static profile => new ClaudeCodeSetup().Plan(profile, "/x", ProcessEnvironment.OfThisProcess()), "\"aws-sts\",\"role_arn\":\"arn:aws:iam::123456789012:role/ci\"")
{
    public override IEnumerable<byte[]> Seeds => [.. base.Seeds, Utf8("{\n  \"env\": { \"A\": \"b\" }\n}\n"), Utf8("{\"awsCredentialExport\": \"/a/aotbroker get\", \"x\": [1]}"), Utf8("{\"awsCredentialExport\": \"other\"}")];

    public override IEnumerable<string> Words => ["awsCredentialExport", "'/a/aotbroker' x", "{}", "\n", "  ", "\"a\":1,"];

    protected override string? Find(JsonElement root) => root.GetProperty("awsCredentialExport").GetString();
}
