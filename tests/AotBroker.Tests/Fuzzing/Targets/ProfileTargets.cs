using System.Text;
using AotBroker.Files;
using AotBroker.Profiles;
using AotBroker.Runtime;
using AotBroker.Schemas;
using AotBroker.Settings;

namespace AotBroker.Tests.Fuzzing;

/// <summary>A profile's file, read, and taken as far as an exchange is.</summary>
internal abstract class ProfileTarget : FuzzTarget
{
    protected ProfileTarget()
    {
        Machine.Variables["AOTBROKER_PROFILE"] = "p";
        Machine.Variables["ANTHROPIC_IDENTITY_TOKEN_FILE"] = "/run/token";
    }

    public override IEnumerable<string> Words =>
    [
        "identity", "exchange", "source", "type", "file", "path", "literal", "variable", "auto", "github-actions", "audience", "anthropic",
        "federation_rule_id", "organization_id", "service_account_id", "workspace_id", "base_url", "authentication", "oidc_federation", "user_oauth",
        "fdrl_01", "svac_01", "wrkspc_01", "default", "3f0c9d1e-5a7b-4c2d-9e8f-1a2b3c4d5e6f", "https://api.example", "https://a.b\\r\\nX: y", "http://a.b", "version", "1.0",
    ];

    protected string Resolve()
    {
        if (ProfileResolver.Resolve(null, Machine.Environment) is not FederatedProfile profile)
        {
            return "resolved a login";
        }
        Assert.DoesNotContain(CacheKey.Of(profile).Text, char.IsControl);
        profile.Exchange.Check();
        Assert.DoesNotContain(profile.Exchange.RecordedEndpoint, char.IsControl);
        return $"resolved {profile.Identity.Settings.GetType().Name} {profile.Warnings.Count}";
    }
}

internal sealed class BrokerProfileTarget : ProfileTarget
{
    public override IEnumerable<byte[]> Seeds => Vectors("profiles", "broker-");

    public override string Run(byte[] input)
    {
        Machine.Home.Write(".config/aotbroker/profiles/p.json", input);
        if (Profile.TryRead(input, out Profile? profile, out _))
        {
            RoundTrips(profile, profile.ToUtf8Json(), static octets => Profile.TryRead(octets, out Profile? again, out _) ? again : null);
        }
        return Resolve();
    }
}

internal sealed class AnthropicProfileTarget : ProfileTarget
{
    public override IEnumerable<byte[]> Seeds => Vectors("profiles", "anthropic-");

    public override string Run(byte[] input)
    {
        Machine.Home.Write(".config/anthropic/configs/p.json", input);
        if (AnthropicProfile.TryRead(input, out AnthropicProfile? profile, out _))
        {
            RoundTrips(profile, profile.ToUtf8Json(), static octets => AnthropicProfile.TryRead(octets, out AnthropicProfile? again, out _) ? again : null);
        }
        return Resolve();
    }
}

internal sealed class ActiveConfigTarget : FuzzTarget
{
    public override IEnumerable<byte[]> Seeds => ["default\n"u8.ToArray(), "a-b_c.d"u8.ToArray(), ""u8.ToArray(), "../x"u8.ToArray()];

    public override string Run(byte[] input)
    {
        Machine.Home.Write(".config/anthropic/active_config", input);
        ProfileSelection selection = ProfileSelection.Decide(null, Machine.Environment);
        Assert.True(ProfileName.IsValid(selection.Name!));
        return $"selected {selection.Name![0]}";
    }
}

/// <summary>All the variables that are read, as NAME=VALUE lines that end with a NUL.</summary>
internal sealed class VariablesTarget : FuzzTarget
{
    private static readonly string[] Names =
    [
        .. typeof(Variables).GetFields().Where(static field => field.IsLiteral).Select(static field => (string)field.GetRawConstantValue()!),
    ];

    public override IEnumerable<byte[]> Seeds =>
    [
        Octets("ANTHROPIC_FEDERATION_RULE_ID=fdrl_01a", "ANTHROPIC_ORGANIZATION_ID=3f0c9d1e-5a7b-4c2d-9e8f-1a2b3c4d5e6f", "ANTHROPIC_IDENTITY_TOKEN=" + Secrets[1]),
        Octets("ANTHROPIC_FEDERATION_RULE_ID=fdrl_01a", "ANTHROPIC_ORGANIZATION_ID=3f0c9d1e-5a7b-4c2d-9e8f-1a2b3c4d5e6f", "ACTIONS_ID_TOKEN_REQUEST_URL=https://a.b?c=d", "ACTIONS_ID_TOKEN_REQUEST_TOKEN=" + Secrets[0], "GITHUB_JOB=a"),
        Octets("ANTHROPIC_FEDERATION_RULE_ID=fdrl_01a", "ANTHROPIC_ORGANIZATION_ID=3f0c9d1e-5a7b-4c2d-9e8f-1a2b3c4d5e6f", "ANTHROPIC_IDENTITY_TOKEN_FILE=run/token", "ANTHROPIC_BASE_URL=https://a.b/", "RUNNER_TEMP=/x", "HOME=y"),
        Octets("AOTBROKER_PROFILE=p", "XDG_CONFIG_HOME=/nonexistent"),
    ];

    public override IEnumerable<string> Words => Names.Select(static name => $"\0{name}=");

    public override string Run(byte[] input)
    {
        Dictionary<string, string> variables = [];
        foreach (string line in Encoding.UTF8.GetString(input).Split('\0'))
        {
            int end = line.IndexOf('=', StringComparison.Ordinal);
            variables[end < 0 ? line : line[..end]] = end < 0 ? "" : line[(end + 1)..];
        }
        ProcessEnvironment environment = new(name => variables.GetValueOrDefault(name), Machine.Clock, () => Machine.Home.Path, () => Machine.HostName);
        if (ProfileResolver.Resolve(null, environment) is not FederatedProfile profile)
        {
            return "resolved a login";
        }
        CacheKey key = CacheKey.OfJob(profile) ?? CacheKey.Of(profile);
        Assert.DoesNotContain(key.FileStem, static c => c == '/' || char.IsControl(c));
        Assert.StartsWith("/", CacheDirectory.Of(environment).Path, StringComparison.Ordinal);
        profile.Exchange.Check();
        return $"resolved {profile.Identity.Settings.GetType().Name}";
    }

    private static byte[] Octets(params string[] lines) => Encoding.UTF8.GetBytes(string.Join('\0', lines));
}
