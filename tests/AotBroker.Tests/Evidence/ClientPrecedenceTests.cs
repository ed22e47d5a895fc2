using AotBroker.Evidence;
using AotBroker.Flights;
using AotBroker.Settings;

namespace AotBroker.Tests;

/// <summary>
/// Which credential each client would use: the order that they share, the edges in which they differ, and what they make of
/// a variable that is set but empty.
/// </summary>
public sealed class ClientPrecedenceTests : IDisposable
{
    private static readonly string[] Clients = ["Go SDK", "Python SDK", "TypeScript SDK", "C# SDK", "ant CLI", "Claude Code"];

    private readonly Machine _machine = new();

    public void Dispose() => _machine.Dispose();

    /// <summary>
    /// What is there (a variable that is set to something, NAME= for one that is set to nothing, profile:NAME and
    /// active:NAME for files, xdg and chosen for the directory that the files before it are in), and what each client uses.
    /// </summary>
    public static TheoryData<string, string, string> Rules => new()
    {
        // The order.
        { "nothing", "", "nothing" },
        { "a key", "ANTHROPIC_API_KEY", "ANTHROPIC_API_KEY" },
        { "a token", "ANTHROPIC_AUTH_TOKEN", "ANTHROPIC_AUTH_TOKEN" },
        { "a key comes before a token, but in Claude Code", "ANTHROPIC_API_KEY ANTHROPIC_AUTH_TOKEN", "ANTHROPIC_API_KEY; Claude Code: ANTHROPIC_AUTH_TOKEN" },
        { "a key comes before a named profile", "ANTHROPIC_API_KEY ANTHROPIC_PROFILE=ci profile:ci FEDERATION active:ci", "ANTHROPIC_API_KEY" },
        { "a named profile comes before the federation variables", "ANTHROPIC_PROFILE=ci profile:ci FEDERATION", "profile \"ci\"" },
        { "the federation variables come before the fallback profile", "FEDERATION profile:default", "the federation variables" },
        { "the token itself serves as well as its file", "FEDERATION ANTHROPIC_IDENTITY_TOKEN_FILE= ANTHROPIC_IDENTITY_TOKEN", "the federation variables" },
        { "active_config comes before the fallback", "active:ci profile:ci profile:default", "profile \"ci\"" },
        { "the fallback profile", "profile:default", "profile \"default\"" },

        // Where they differ.
        { "Claude Code goes to another cloud, whatever else is set", "CLAUDE_CODE_USE_BEDROCK=1 ANTHROPIC_API_KEY", "ANTHROPIC_API_KEY; Claude Code: the credentials of Amazon Bedrock" },
        { "Claude Code stays where the variable says no", "CLAUDE_CODE_USE_VERTEX=0 ANTHROPIC_API_KEY", "ANTHROPIC_API_KEY" },
        { "Claude Code and Foundry", "CLAUDE_CODE_USE_FOUNDRY=true", "nothing; Claude Code: the credentials of Microsoft Foundry" },
        { "Claude Code has a token of its own", "CLAUDE_CODE_OAUTH_TOKEN FEDERATION", "the federation variables; Claude Code: CLAUDE_CODE_OAUTH_TOKEN" },
        { "a named profile that is missing is an error, but in ant", "ANTHROPIC_PROFILE=missing FEDERATION", "an error; ant CLI: the federation variables" },
        { "ant falls through to the fallback too", "ANTHROPIC_PROFILE=missing profile:default", "an error; ant CLI: profile \"default\"" },
        { "Python takes active_config for a named profile", "active:ci profile:ci FEDERATION", "the federation variables; Python SDK: profile \"ci\"" },
        { "Python takes a chosen directory for a named profile", "profile:default chosen FEDERATION", "the federation variables; Python SDK: profile \"default\"" },
        { "a chosen directory without a profile is Python's error", "chosen FEDERATION", "the federation variables; Python SDK: an error" },
        { "C# does not need the organization, and ant fails without it", "FEDERATION ANTHROPIC_ORGANIZATION_ID=", "nothing; C# SDK: the federation variables; ant CLI: an error" },
        { "without the organization the others fall through", "FEDERATION ANTHROPIC_ORGANIZATION_ID= profile:default", "profile \"default\"; C# SDK: the federation variables; ant CLI: an error" },
        { "ant fails on the organization alone", "ANTHROPIC_ORGANIZATION_ID profile:default", "profile \"default\"; ant CLI: an error" },
        { "ant fails on the rule alone", "ANTHROPIC_FEDERATION_RULE_ID profile:default", "profile \"default\"; ant CLI: an error" },
        { "ant fails on the identity alone", "ANTHROPIC_IDENTITY_TOKEN_FILE profile:default", "profile \"default\"; ant CLI: an error" },
        { "Python does not know XDG_CONFIG_HOME", "profile:default xdg", "profile \"default\"; Python SDK: nothing" },
        { "an active_config that names nothing there is an error", "active:missing", "an error" },
        { "an active_config that leaves the folder is an error", "active:../x", "an error" },

        // Set but empty.
        { "an empty key", "ANTHROPIC_API_KEY= profile:default", "profile \"default\"; Python SDK: an error; ant CLI: an error" },
        { "an empty key before a token", "ANTHROPIC_API_KEY= ANTHROPIC_AUTH_TOKEN", "ANTHROPIC_AUTH_TOKEN; Python SDK: an error; ant CLI: an error" },
        { "an empty token", "ANTHROPIC_AUTH_TOKEN= profile:default", "profile \"default\"; Python SDK: an error; ant CLI: an error" },
        { "an empty profile name", "ANTHROPIC_PROFILE= profile:default", "profile \"default\"; Go SDK: an error; C# SDK: an error" },
        { "an empty active_config", "active: profile:default", "profile \"default\"" },
        { "empty federation variables", "FEDERATION ANTHROPIC_FEDERATION_RULE_ID= ANTHROPIC_ORGANIZATION_ID= ANTHROPIC_IDENTITY_TOKEN_FILE= profile:default", "profile \"default\"" },
        { "an empty token of Claude Code's", "CLAUDE_CODE_OAUTH_TOKEN= profile:default", "profile \"default\"" },
    };

    [Theory]
    [MemberData(nameof(Rules))]
    public void Each_client_uses_what_it_is_known_to_use(string about, string setUp, string expected)
    {
        foreach (string word in setUp.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            SetUp(word);
        }

        List<ClientPrecedence.Verdict> verdicts = new ClientPrecedence(_machine.Environment).All();

        Assert.Equal(Clients, verdicts.Select(static verdict => verdict.Client));
        Dictionary<string, string> exceptions = expected.Split("; ")[1..].ToDictionary(static one => one.Split(": ")[0], static one => one.Split(": ")[1]);
        foreach (ClientPrecedence.Verdict verdict in verdicts)
        {
            string source = exceptions.GetValueOrDefault(verdict.Client, expected.Split("; ")[0]);
            Assert.True(source == verdict.Source, $"{about}: {verdict.Client} would use {source}, not {verdict.Source} ({verdict.Reason})");
            Assert.Equal(source.StartsWith("profile", StringComparison.Ordinal) || source == "the federation variables", verdict.IsFederation);
            Assert.NotEmpty(verdict.Reason);
        }
    }

    private void SetUp(string word)
    {
        string[] parts = word.Split(['=', ':'], 2);
        switch (parts[0])
        {
            case "profile":
                _machine.WriteAnthropicProfile(parts[1], "{}");
                break;
            case "active":
                _machine.Home.Write(".config/anthropic/active_config", parts[1] + "\n");
                break;
            case "xdg":
                Directory.Move(_machine.Home[".config"], _machine.Home["xdg"]);
                _machine.Variables["XDG_CONFIG_HOME"] = _machine.Home["xdg"];
                break;
            case "chosen":
                _machine.Home.MakeDirectory(".config/anthropic");
                Directory.Move(_machine.Home[".config/anthropic"], _machine.Home["chosen"]);
                _machine.Variables["ANTHROPIC_CONFIG_DIR"] = _machine.Home["chosen"];
                break;
            case "FEDERATION":
                _machine.Variables["ANTHROPIC_FEDERATION_RULE_ID"] = Made.RuleId();
                _machine.Variables["ANTHROPIC_ORGANIZATION_ID"] = Guid.NewGuid().ToString();
                _machine.Variables["ANTHROPIC_IDENTITY_TOKEN_FILE"] = "/run/token";
                break;
            default:
                _machine.Variables[parts[0]] = parts.Length == 2 ? parts[1] : Made.Name();
                break;
        }
    }

    [Fact]
    public void Without_a_home_nothing_is_found_and_nothing_fails()
    {
        _machine.Variables.Clear();

        Assert.All(new ClientPrecedence(_machine.Environment).All(), static verdict => Assert.Equal("nothing", verdict.Source));
    }
}
