using System.Text.Json;
using AotBroker.Brokering;
using AotBroker.Clients;
using AotBroker.Commands;
using AotBroker.Errors;
using AotBroker.Reporting;
using AotBroker.Settings;

namespace AotBroker.Tests;

/// <summary>`setup`: writes, shows or refuses, and says what it did.</summary>
public sealed class SetupCommandTests : IDisposable
{
    private readonly Machine _machine = new();

    public SetupCommandTests()
    {
        _machine.WriteBrokerProfile("keys", """{"exchange":{"type":"aws-sts","role_arn":"arn:aws:iam::123456789012:role/ci"}}""");
        _machine.WriteBrokerProfile("token", """{"exchange":{"type":"none"}}""");
    }

    public void Dispose() => _machine.Dispose();

    private int Setup(string? client, string? profile = "keys", bool print = false, bool json = false, string? file = null) => SetupCommand.Run(
        new SetupOptions { Client = client, Profile = profile, Print = print, Json = json, File = file },
        new Session(_machine.Environment, _machine.Output.Stream, _machine.Reporter, verbose: false));

    private JsonElement Json => JsonDocument.Parse(_machine.Output.Lines[^1]).RootElement;

    private static string Section => $"[profile keys]\ncredential_process = {Environment.ProcessPath} get --profile keys --format aws\n";

    [Fact]
    public void It_writes_once_and_then_keeps()
    {
        string file = _machine.Home[".aws/config"];

        Assert.Equal(0, Setup("aws"));
        Assert.Equal(0, Setup("aws"));

        Assert.Equal([$"written {file}", $"kept {file}"], _machine.Output.Lines);
        Assert.Equal(Section, File.ReadAllText(file));
        Assert.Contains("aws --profile keys sts get-caller-identity", _machine.Error.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Shown_is_what_would_be_written_and_nothing_is()
    {
        Assert.Equal(0, Setup("aws", print: true));

        Assert.Equal(Section, _machine.Output.Text);
        Assert.Contains(_machine.Home[".aws/config"], _machine.Error.Text, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_machine.Home[".aws"]));
    }

    [Theory]
    [InlineData(false, "written")]
    [InlineData(true, "printed")]
    public void Json_tells_the_same(bool print, string state)
    {
        Setup("aws", print: print, json: true);

        Assert.Equal(("aws", "keys", state, _machine.Home[".aws/config"], Section), (
            Json.GetProperty("client").GetString(), Json.GetProperty("profile").GetString(), Json.GetProperty("state").GetString(),
            Json.GetProperty("file").GetString(), Json.GetProperty("lines").GetString()));
        Assert.NotEmpty(Json.GetProperty("next").EnumerateArray());
        Assert.Equal("", _machine.Error.Text);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void What_is_refused_shows_the_lines_and_fails(bool json)
    {
        const string Theirs = "[profile keys]\ncredential_process = /usr/bin/theirs\n";
        string file = _machine.Home.Write(".aws/config", Theirs);

        BrokerException error = Expect.Error("AB0714", () => Setup("aws", json: json));

        Assert.StartsWith($"{file} was left as it is: its line 2", error.Message, StringComparison.Ordinal);
        Assert.Equal(Section, json ? Json.GetProperty("lines").GetString() : _machine.Output.Text);
        Assert.Equal(Theirs, File.ReadAllText(file));
    }

    [Fact]
    public void Another_file_may_be_named()
    {
        Assert.Equal(0, Setup("aws", file: "elsewhere/config"));

        Assert.Equal(Section, File.ReadAllText(_machine.Home["elsewhere/config"]));
        Assert.False(Directory.Exists(_machine.Home[".aws"]));
    }

    [Fact]
    public void Without_a_client_all_are_listed_with_their_files()
    {
        Assert.Equal(0, Setup(null, profile: null));
        Assert.Equal(ClientSetups.Names, _machine.Output.Lines.Select(static line => line.Split(' ')[0]));
        Assert.All(_machine.Output.Lines, line => Assert.Contains(_machine.Home.Path, line, StringComparison.Ordinal));

        Setup(null, json: true);
        Assert.Equal(_machine.Home[".aws/config"], Json.GetProperty("clients").GetProperty("aws").GetString());
    }

    [Fact]
    public void An_unknown_client_is_told_which_there_are()
    {
        BrokerException error = Expect.Error("AB0201", () => Setup("awz"));

        Assert.Contains("`aws`", error.Hints[0], StringComparison.Ordinal);
        Assert.All(ClientSetups.Names, name => Assert.Contains(name, error.Hints[1], StringComparison.Ordinal));
    }

    [Fact]
    public void A_profile_that_does_not_suit_is_told_what_does() => Expect.Error("AB0201", () => Setup("aws", "token"));

    [Fact]
    public void A_profile_that_is_in_variables_is_none_that_a_client_could_name()
    {
        _machine.Variables["ANTHROPIC_FEDERATION_RULE_ID"] = "fdrl_01";
        _machine.Variables["ANTHROPIC_ORGANIZATION_ID"] = "3f0c9d1e-5a7b-4c2d-9e8f-1a2b3c4d5e6f";

        BrokerException error = Expect.Error("AB0201", () => Setup("aws", profile: null));

        Assert.Contains("--profile", error.Hints[0], StringComparison.Ordinal);
    }

    [Fact]
    public void Without_a_home_the_file_has_to_be_named()
    {
        _machine.Variables["HOME"] = null;
        _machine.Variables["AOTBROKER_CONFIG_DIR"] = _machine.Home[".config/aotbroker"];

        Expect.Error("AB0714", () => Setup("aws"));
        Assert.Equal(0, Setup("aws", file: _machine.Home["config"]));
    }
}
