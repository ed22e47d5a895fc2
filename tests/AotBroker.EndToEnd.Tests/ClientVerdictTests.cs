using System.Text.Json;

namespace AotBroker.EndToEnd.Tests;

/// <summary>What `status` says that each client would use, where they agree and where they do not.</summary>
public sealed class ClientVerdictTests : IDisposable
{
    private const string All = "Go SDK, Python SDK, TypeScript SDK, C# SDK, ant CLI, Claude Code";

    private readonly Sandbox _sandbox = new();

    public static TheoryData<string, string, string> Cases => new()
    {
        { "", All, "nothing" },
        { "ANTHROPIC_API_KEY=x", All, "ANTHROPIC_API_KEY" },
        { "ANTHROPIC_AUTH_TOKEN=x", All, "ANTHROPIC_AUTH_TOKEN" },
        { "ANTHROPIC_API_KEY=x ANTHROPIC_AUTH_TOKEN=x", "Go SDK, Python SDK, TypeScript SDK, C# SDK, ant CLI", "ANTHROPIC_API_KEY" },
        { "ANTHROPIC_API_KEY=x ANTHROPIC_PROFILE=here", All, "ANTHROPIC_API_KEY" },
        { "CLAUDE_CODE_OAUTH_TOKEN=x", "Claude Code", "CLAUDE_CODE_OAUTH_TOKEN" },
        { "CLAUDE_CODE_OAUTH_TOKEN=x", "Go SDK, Python SDK, TypeScript SDK, C# SDK, ant CLI", "nothing" },
        { "ANTHROPIC_PROFILE=here", All, "profile \"here\"" },
        { "ANTHROPIC_PROFILE=gone", "Go SDK, TypeScript SDK, C# SDK", "an error" },
        { "ANTHROPIC_PROFILE=gone", "ant CLI", "nothing" },
        { "ANTHROPIC_PROFILE=", "Go SDK, C# SDK", "an error" },
        { "ANTHROPIC_PROFILE=", "TypeScript SDK", "nothing" },
        { "ANTHROPIC_API_KEY=", "Python SDK, ant CLI", "an error" },
        { "ANTHROPIC_API_KEY=", "TypeScript SDK", "nothing" },
        { "RULE ORGANIZATION TOKEN", All, "the federation variables" },
        { "RULE ORGANIZATION LITERAL", All, "the federation variables" },
        { "RULE TOKEN", "C# SDK", "the federation variables" },
        { "RULE TOKEN", "Go SDK, Python SDK, TypeScript SDK", "nothing" },
        { "ORGANIZATION", "ant CLI", "an error" },
        { "ORGANIZATION", "Go SDK, Python SDK, TypeScript SDK, C# SDK", "nothing" },
        { "RULE ORGANIZATION TOKEN ANTHROPIC_PROFILE=here", All, "profile \"here\"" },
        { "ACTIVE=here", All, "profile \"here\"" },
        { "ACTIVE=here RULE ORGANIZATION TOKEN", "Go SDK, TypeScript SDK, C# SDK, ant CLI", "the federation variables" },
        { "ACTIVE=here RULE ORGANIZATION TOKEN", "Python SDK", "profile \"here\"" },
        { "ACTIVE=gone", "Go SDK, TypeScript SDK, C# SDK", "an error" },
        { "DEFAULT", All, "profile \"default\"" },
        { "DEFAULT RULE ORGANIZATION TOKEN", "Go SDK, TypeScript SDK, C# SDK, ant CLI", "the federation variables" },
        { "XDG ACTIVE=here", "Go SDK, TypeScript SDK, C# SDK, ant CLI", "profile \"here\"" },
        { "XDG ACTIVE=here", "Python SDK", "nothing" },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task A_client_uses(string setting, string clients, string source)
    {
        SetUp(setting.Split(' ', StringSplitOptions.RemoveEmptyEntries));

        var result = await _sandbox.RunAsync("status", "--json");

        using var status = JsonDocument.Parse(result.Output);
        var verdicts = status.RootElement.GetProperty("clients").EnumerateArray()
            .ToDictionary(one => one.GetProperty("client").GetString()!, one => one.GetProperty("source").GetString());
        Assert.All(clients.Split(", "), client => Assert.Equal((client, source), (client, verdicts[client])));
    }

    public void Dispose()
    {
        Silence.Check(_sandbox);
        _sandbox.Dispose();
    }

    private void SetUp(string[] words)
    {
        var home = words.Contains("XDG") ? "config/anthropic" : "home/.config/anthropic";
        if (!words.Contains("XDG"))
        {
            _sandbox.Environment.Remove("XDG_CONFIG_HOME");
        }

        const string profile = """{"version":"1.0","authentication":{"type":"oidc_federation"}}""";
        _sandbox.WriteFile($"{home}/configs/here.json", profile);
        foreach (var word in words)
        {
            switch (word)
            {
                case "XDG":
                    break;
                case "RULE":
                    _sandbox.Environment["ANTHROPIC_FEDERATION_RULE_ID"] = "fdrl_01AbCdEf";
                    break;
                case "ORGANIZATION":
                    _sandbox.Environment["ANTHROPIC_ORGANIZATION_ID"] = "3f0c9d1e-5a7b-4c2d-9e8f-1a2b3c4d5e6f";
                    break;
                case "TOKEN":
                    _sandbox.Environment["ANTHROPIC_IDENTITY_TOKEN_FILE"] = Path.Combine(_sandbox.Root, "token");
                    break;
                case "LITERAL":
                    _sandbox.Environment["ANTHROPIC_IDENTITY_TOKEN"] = "x";
                    break;
                case "DEFAULT":
                    _sandbox.WriteFile($"{home}/configs/default.json", profile);
                    break;
                case var active when active.StartsWith("ACTIVE=", StringComparison.Ordinal):
                    _sandbox.WriteFile($"{home}/active_config", active["ACTIVE=".Length..] + "\n");
                    break;
                default:
                    var equals = word.IndexOf('=', StringComparison.Ordinal);
                    _sandbox.Environment[word[..equals]] = word[(equals + 1)..];
                    break;
            }
        }
    }
}
