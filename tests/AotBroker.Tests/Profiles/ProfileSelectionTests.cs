using AotBroker.Profiles;
using AotBroker.Settings;

namespace AotBroker.Tests;

/// <summary>Which profile applies: each source beats all that come after it.</summary>
public sealed class ProfileSelectionTests : IDisposable
{
    private readonly Machine _machine = new();

    public void Dispose() => _machine.Dispose();

    private ProfileSelection Decide(string? option = null) => ProfileSelection.Decide(option, _machine.Environment);

    private void SetFederationVariables()
    {
        _machine.Variables["ANTHROPIC_FEDERATION_RULE_ID"] = Made.RuleId();
        _machine.Variables["ANTHROPIC_ORGANIZATION_ID"] = Guid.NewGuid().ToString();
    }

    private string SetActiveConfig(string content) => _machine.Home.Write(".config/anthropic/active_config", content);

    /// <summary>Everything is set from the given source on, in the order of precedence.</summary>
    private string? SetFrom(int first)
    {
        string path = SetActiveConfig(first <= 4 ? "active" : "");
        if (first <= 3)
        {
            SetFederationVariables();
        }
        if (first <= 2)
        {
            _machine.Variables["ANTHROPIC_PROFILE"] = "anthropic";
        }
        if (first <= 1)
        {
            _machine.Variables["AOTBROKER_PROFILE"] = "broker";
        }
        return path;
    }

    [Theory]
    [InlineData(0, "option", "--profile", true)]
    [InlineData(1, "broker", "AOTBROKER_PROFILE", true)]
    [InlineData(2, "anthropic", "ANTHROPIC_PROFILE", true)]
    [InlineData(3, null, "ANTHROPIC_FEDERATION_RULE_ID and ANTHROPIC_ORGANIZATION_ID", false)]
    [InlineData(4, "active", "active_config", true)]
    [InlineData(5, "default", "default", false)]
    public void Each_source_beats_all_that_come_after_it(int first, string? name, string reason, bool isExplicit)
    {
        SetFrom(first);

        ProfileSelection selection = Decide(first == 0 ? "option" : null);

        Assert.Equal(name, selection.Name);
        Assert.EndsWith(reason, selection.Reason, StringComparison.Ordinal);
        Assert.Equal(isExplicit, selection.IsExplicit);
    }

    [Theory]
    [InlineData("AOTBROKER_PROFILE", "anthropic")]
    [InlineData("ANTHROPIC_PROFILE", "broker")]
    [InlineData("ANTHROPIC_FEDERATION_RULE_ID", "broker")]
    public void A_variable_that_is_set_but_empty_counts_as_unset(string variable, string expected)
    {
        SetFrom(1);
        _machine.Variables[variable] = "";

        Assert.Equal(expected, Decide().Name);
    }

    [Theory]
    [InlineData("ANTHROPIC_FEDERATION_RULE_ID")]
    [InlineData("ANTHROPIC_ORGANIZATION_ID")]
    public void One_federation_variable_without_the_other_stands_for_no_profile(string missing)
    {
        SetFrom(3);
        _machine.Variables[missing] = "";

        Assert.Equal("active", Decide().Name);
    }

    [Theory]
    [InlineData("  active\n")]
    [InlineData("\tactive\r\n")]
    public void White_space_around_the_name_in_active_config_is_dropped(string content)
    {
        SetActiveConfig(content);

        Assert.Equal("active", Decide().Name);
    }

    [Theory]
    [InlineData("")]
    [InlineData(" \n")]
    public void An_empty_active_config_names_nothing(string content)
    {
        SetActiveConfig(content);

        Assert.Equal("default", Decide().Name);
    }

    [Fact]
    public void The_config_directory_comes_from_its_variable_then_from_xdg_then_from_home()
    {
        SetActiveConfig("home");
        Assert.Equal("home", Decide().Name);

        _machine.Home.Write("xdg/anthropic/active_config", "xdg");
        _machine.Variables["XDG_CONFIG_HOME"] = _machine.Home["xdg"];
        Assert.Equal("xdg", Decide().Name);

        _machine.Home.Write("chosen/active_config", "chosen");
        _machine.Variables["ANTHROPIC_CONFIG_DIR"] = _machine.Home["chosen"];
        Assert.Equal("chosen", Decide().Name);

        _machine.Variables["ANTHROPIC_CONFIG_DIR"] = "";
        _machine.Variables["XDG_CONFIG_HOME"] = "";
        Assert.Equal("home", Decide().Name);
    }

    [Fact]
    public void Without_a_home_there_is_no_active_config()
    {
        _machine.Variables.Clear();

        Assert.Equal("default", Decide().Name);
    }

    [Theory]
    [InlineData("--profile")]
    [InlineData("AOTBROKER_PROFILE")]
    [InlineData("ANTHROPIC_PROFILE")]
    [InlineData("active_config")]
    public void A_name_that_leaves_the_folder_is_refused_wherever_it_comes_from(string source)
    {
        const string Name = "../../etc/passwd";
        if (source == "active_config")
        {
            SetActiveConfig(Name);
        }
        else
        {
            _machine.Variables[source] = Name;
        }

        var error = Expect.Error("AB0304", () => Decide(source == "--profile" ? Name : null));

        Assert.Contains(source, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_empty_profile_option_is_no_name() => Expect.Error("AB0304", () => Decide(""));

    [Fact]
    public void An_active_config_that_others_can_write_is_refused()
    {
        File.SetUnixFileMode(SetActiveConfig("active"), TemporaryDirectory.WritableByGroup);

        Expect.Error("AB0307", () => Decide());
    }
}
