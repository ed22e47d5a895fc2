using AotBroker.Brokering;
using AotBroker.Profiles;
using AotBroker.Runtime;
using AotBroker.Settings;

namespace AotBroker.Tests;

/// <summary>A name is looked up among the broker's own profiles, then an image's, then what `exec` published, then Anthropic's.</summary>
public sealed class ProfileLookupTests : IDisposable
{
    private readonly Machine _machine = new();

    public ProfileLookupTests() => _machine.Variables["ANTHROPIC_IDENTITY_TOKEN_FILE"] = "/run/token";

    public void Dispose() => _machine.Dispose();

    private FederatedProfile Resolve(string? option = "ci") => (FederatedProfile)ProfileResolver.Resolve(option, _machine.Environment);

    private static string Broker(string rule) =>
        $$"""{"exchange":{"type":"anthropic","federation_rule_id":"fdrl_{{rule}}","organization_id":"3f0c9d1e-5a7b-4c2d-9e8f-1a2b3c4d5e6f"} }""";

    private static string Anthropic(string rule) =>
        $$"""{"version":"1.0","authentication":{"type":"oidc_federation","federation_rule_id":"fdrl_{{rule}}"},"organization_id":"3f0c9d1e-5a7b-4c2d-9e8f-1a2b3c4d5e6f"}""";

    private static void AssertFrom(string rule, FederatedProfile profile) => Assert.Equal("fdrl_" + rule, profile.Federation!.FederationRuleId.Value);

    [Fact]
    public void A_profile_of_the_brokers_own_comes_before_one_of_anthropics()
    {
        string anthropic = _machine.WriteAnthropicProfile("ci", Anthropic("anthropic"));
        FederatedProfile found = Resolve();
        AssertFrom("anthropic", found);
        Assert.Equal(anthropic, found.File);

        string broker = _machine.WriteBrokerProfile("ci", Broker("broker"));
        found = Resolve();
        AssertFrom("broker", found);
        Assert.Equal(broker, found.File);
    }

    [Fact]
    public void Aotbroker_config_dir_replaces_the_users_directory()
    {
        _machine.WriteBrokerProfile("ci", Broker("user"));
        _machine.Home.Write("chosen/profiles/ci.json", Broker("chosen"));
        _machine.Variables["AOTBROKER_CONFIG_DIR"] = _machine.Home["chosen"];

        AssertFrom("chosen", Resolve());

        File.Delete(_machine.Home["chosen/profiles/ci.json"]);
        Expect.Error("AB0302", () => Resolve());
    }

    [Fact]
    public void What_exec_published_for_this_command_comes_first()
    {
        _machine.WriteBrokerProfile("ci", Broker("user"));
        _machine.Home.Write("published/aotbroker/ci.json", Broker("published"));
        _machine.Home.Write("published/configs/ci.json", Anthropic("for-sdks"));
        _machine.Variables["AOTBROKER_EXEC_DIR"] = _machine.Home["published"];

        AssertFrom("published", Resolve());
    }

    [Fact]
    public void A_relative_directory_without_a_working_directory_is_told()
    {
        _machine.Variables["AOTBROKER_CONFIG_DIR"] = "chosen";
        ProcessEnvironment gone = new(name => _machine.Variables.GetValueOrDefault(name), _machine.Clock, static () => throw new DirectoryNotFoundException(), static () => "test-host");

        Expect.Error("AB0305", () => ProfileResolver.Resolve("ci", gone));
    }

    [Fact]
    public void A_relative_directory_is_taken_from_the_working_directory()
    {
        _machine.Home.Write("chosen/profiles/ci.json", Broker("chosen"));
        _machine.Variables["AOTBROKER_CONFIG_DIR"] = "chosen";

        AssertFrom("chosen", Resolve());
    }

    [Fact]
    public void Xdg_config_home_moves_both_directories()
    {
        _machine.Variables["XDG_CONFIG_HOME"] = _machine.Home["xdg"];
        _machine.WriteBrokerProfile("ci", Broker("home"));
        _machine.Home.Write("xdg/anthropic/configs/ci.json", Anthropic("xdg-anthropic"));
        AssertFrom("xdg-anthropic", Resolve());

        _machine.Home.Write("xdg/aotbroker/profiles/ci.json", Broker("xdg"));
        AssertFrom("xdg", Resolve());
    }

    [FactForRoot]
    public void An_images_profile_comes_between_the_users_and_anthropics()
    {
        const string Images = "/etc/aotbroker";
        string name = "test-" + Made.Name();
        string file = $"{Images}/profiles/{name}.json";
        bool wasThere = Directory.Exists(Images);
        _machine.WriteAnthropicProfile(name, Anthropic("anthropic"));
        try
        {
            Directory.CreateDirectory($"{Images}/profiles");
            File.WriteAllText(file, Broker("image"));
            AssertFrom("image", Resolve(name));

            string user = _machine.WriteBrokerProfile(name, Broker("user"));
            AssertFrom("user", Resolve(name));

            File.Delete(user);
            _machine.Variables["AOTBROKER_CONFIG_DIR"] = _machine.Home["chosen"];
            AssertFrom("anthropic", Resolve(name));
        }
        finally
        {
            File.Delete(file);
            if (!wasThere)
            {
                Directory.Delete(Images, recursive: true);
            }
        }
    }

    [Fact]
    public void An_explicit_name_without_a_profile_fails_and_tells_where_it_was_looked_for()
    {
        var error = Expect.Error("AB0302", () => Resolve("missing"));

        Assert.Contains("\"missing\" (named by --profile)", error.Message, StringComparison.Ordinal);
        Assert.Contains(_machine.Home[".config/aotbroker/profiles/missing.json"], error.All(), StringComparison.Ordinal);
        Assert.Contains("/etc/aotbroker/profiles/missing.json", error.All(), StringComparison.Ordinal);
        Assert.Contains(_machine.Home[".config/anthropic/configs/missing.json"], error.All(), StringComparison.Ordinal);
    }

    [Fact]
    public void An_explicit_name_without_a_profile_fails_although_the_federation_variables_are_complete()
    {
        _machine.Variables["ANTHROPIC_FEDERATION_RULE_ID"] = Made.RuleId();
        _machine.Variables["ANTHROPIC_ORGANIZATION_ID"] = Guid.NewGuid().ToString();
        _machine.Variables["ANTHROPIC_PROFILE"] = "missing";

        Expect.Error("AB0302", () => Resolve(null));
    }

    [Fact]
    public void Nothing_at_all_is_an_error_of_its_own()
    {
        var error = Expect.Error("AB0301", () => Resolve(null));

        Assert.Contains("ANTHROPIC_FEDERATION_RULE_ID", error.All(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ANTHROPIC_FEDERATION_RULE_ID", "ANTHROPIC_ORGANIZATION_ID")]
    [InlineData("ANTHROPIC_ORGANIZATION_ID", "ANTHROPIC_FEDERATION_RULE_ID")]
    public void Of_partial_federation_variables_the_missing_one_is_named(string set, string missing)
    {
        _machine.Variables[set] = set == "ANTHROPIC_FEDERATION_RULE_ID" ? Made.RuleId() : Guid.NewGuid().ToString();

        var error = Expect.Error("AB0306", () => Resolve(null));

        Assert.StartsWith($"{set} is set, but {missing} is not", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_a_home_the_variables_still_serve()
    {
        _machine.Variables.Remove("HOME");
        _machine.Variables["ANTHROPIC_FEDERATION_RULE_ID"] = "fdrl_env";
        _machine.Variables["ANTHROPIC_ORGANIZATION_ID"] = Guid.NewGuid().ToString();

        FederatedProfile profile = Resolve(null);

        AssertFrom("env", profile);
        Assert.Equal("environment", profile.Name);
        Assert.Null(profile.File);
    }
}
