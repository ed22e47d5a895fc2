using AotBroker.Interop;
using AotBroker.Profiles;

namespace AotBroker.Tests;

/// <summary>A name is looked up among the broker's own profiles, then an image's, then what `exec` published, then Anthropic's.</summary>
public sealed class ProfileLookupTests : IDisposable
{
    private readonly Machine _machine = new();

    public ProfileLookupTests() => _machine.Variables["ANTHROPIC_IDENTITY_TOKEN_FILE"] = "/run/token";

    public void Dispose() => _machine.Dispose();

    private ResolvedProfile Resolve(string? option = "ci") => ProfileResolver.Resolve(option, _machine.Environment);

    private static string Broker(string rule) =>
        $$"""{"exchange":{"type":"anthropic","federation_rule_id":"fdrl_{{rule}}","organization_id":"3f0c9d1e-5a7b-4c2d-9e8f-1a2b3c4d5e6f"} }""";

    private static string Anthropic(string rule) =>
        $$"""{"version":"1.0","authentication":{"type":"oidc_federation","federation_rule_id":"fdrl_{{rule}}"},"organization_id":"3f0c9d1e-5a7b-4c2d-9e8f-1a2b3c4d5e6f"}""";

    private static void AssertFrom(string rule, ResolvedProfile profile) => Assert.Equal("fdrl_" + rule, profile.Federation.FederationRuleId.Value);

    [Fact]
    public void A_profile_of_the_brokers_own_comes_before_one_of_anthropics()
    {
        string anthropic = _machine.WriteAnthropicProfile("ci", Anthropic("anthropic"));
        ResolvedProfile found = Resolve();
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

        ResolvedProfile profile = Resolve(null);

        AssertFrom("env", profile);
        Assert.Equal("environment", profile.Name);
        Assert.Null(profile.File);
    }

    [Fact]
    public void A_directory_in_the_place_of_a_profile_is_unreadable()
    {
        _machine.Home.MakeDirectory(".config/aotbroker/profiles/ci.json");

        Expect.Error("AB0308", () => Resolve());
    }

    [Fact]
    public void A_fifo_in_the_place_of_a_profile_is_refused_without_waiting_for_a_writer()
    {
        _machine.Home.MakeDirectory(".config/aotbroker/profiles");
        Native.MakeFifo(_machine.Home[".config/aotbroker/profiles/ci.json"]);

        Expect.Error("AB0308", () => Resolve());
    }

    [Fact]
    public void A_profile_that_this_user_cannot_read_is_unreadable_and_not_missing()
    {
        File.SetUnixFileMode(_machine.Home.Path, (UnixFileMode)0x1FF);
        File.SetUnixFileMode(_machine.WriteBrokerProfile("ci", Broker("broker")), 0);
        _machine.WriteAnthropicProfile("ci", Anthropic("anthropic"));

        Native.WithoutPrivilege(() => Expect.Error("AB0308", () => Resolve()));
    }

    [Fact]
    public void A_profile_of_more_than_64_KiB_is_not_read()
    {
        string padding = new(' ', (64 * 1024) - Broker("broker").Length);
        string file = _machine.WriteBrokerProfile("ci", Broker("broker") + padding);
        AssertFrom("broker", Resolve());

        File.AppendAllText(file, " ");
        Expect.Error("AB0308", () => Resolve());
    }

    [Fact]
    public void A_link_to_a_profile_is_followed()
    {
        _machine.Home.Write("elsewhere.json", Broker("linked"));
        _machine.Home.MakeDirectory(".config/aotbroker/profiles");
        File.CreateSymbolicLink(_machine.Home[".config/aotbroker/profiles/ci.json"], _machine.Home["elsewhere.json"]);

        AssertFrom("linked", Resolve());
    }

    [Theory]
    [InlineData("broker", 0x190 /* 0620 */)]
    [InlineData("broker", 0x182 /* 0602 */)]
    [InlineData("anthropic", 0x1B6 /* 0666 */)]
    public void A_profile_that_others_can_write_is_refused(string kind, int mode)
    {
        string file = kind == "broker" ? _machine.WriteBrokerProfile("ci", Broker("x")) : _machine.WriteAnthropicProfile("ci", Anthropic("x"));
        File.SetUnixFileMode(file, (UnixFileMode)mode);

        var error = Expect.Error("AB0307", () => Resolve());

        Assert.Contains($"chmod go-w {file}", error.All(), StringComparison.Ordinal);
    }

    [FactForRoot]
    public void A_profile_of_another_user_is_refused()
    {
        Native.GiveTo(Native.Nobody, _machine.WriteBrokerProfile("ci", Broker("x")));

        var error = Expect.Error("AB0307", () => Resolve());

        Assert.NotEqual(Native.Nobody, Libc.GetEffectiveUserId());
        Assert.Contains("65534", error.Message, StringComparison.Ordinal);
    }
}
