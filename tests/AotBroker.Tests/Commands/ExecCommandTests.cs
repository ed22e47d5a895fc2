using System.Text;
using System.Text.Json;
using AotBroker.Errors;

namespace AotBroker.Tests;

/// <summary>`exec`: what the command finds, what it is refused, and what is left when it cannot be run.</summary>
public sealed class ExecCommandTests : IAsyncLifetime
{
    private const int NoEntry = 2;
    private const int NotPermitted = 13;

    private ExecMachine _machine = null!;

    public async Task InitializeAsync() => _machine = await ExecMachine.StartAsync();

    public async Task DisposeAsync() => await _machine.DisposeAsync();

    [Fact]
    public void The_command_finds_the_profile_that_applies_and_the_credential_in_a_directory_of_its_own()
    {
        ImitatedProcess process = new();

        Assert.Null(_machine.Run(process, "--", "agent", "--timeout", "x"));

        string directory = Assert.Single(_machine.Directories);
        Assert.Equal(["agent", "--timeout", "x"], process.Command);
        Assert.Equal(
            new Dictionary<string, string?>
            {
                ["ANTHROPIC_CONFIG_DIR"] = directory,
                ["ANTHROPIC_PROFILE"] = "environment",
                ["AOTBROKER_PROFILE"] = null,
                ["AOTBROKER_EXEC_DIR"] = directory,
            },
            process.Changes);
        using JsonDocument credentials = JsonDocument.Parse(File.ReadAllText(directory + "/credentials/environment.json"));
        Assert.NotNull(_machine.Federated.Endpoint.Grants.Find(credentials.RootElement.GetProperty("access_token").GetString()!));
        Assert.True(File.Exists(directory + "/aotbroker/environment.json"));
        Assert.Empty(_machine.Errors);
    }

    [Fact]
    public void Several_credentials_each_go_their_own_way()
    {
        ImitatedProcess process = new();

        Assert.Null(_machine.Run(process, "--with", "ci", "--with", "id:env", "--with", "id:file", "--with", "id:env", "--", "agent"));

        string directory = Assert.Single(_machine.Directories);
        string token = File.ReadAllText(_machine.Federated.TokenPath);
        Assert.Equal(("ci", directory), (process.Changes["ANTHROPIC_PROFILE"], process.Changes["ANTHROPIC_CONFIG_DIR"]));
        Assert.Equal((token, $"{directory}/secrets/id/ID_TOKEN"), (process.Changes["ID_TOKEN"], process.Changes["ID_TOKEN_FILE"]));
        Assert.Equal(token, File.ReadAllText(directory + "/secrets/id/ID_TOKEN"));
        // What is named by an option comes before what applies: one exchange was made, for `ci`.
        Assert.Equal(1, _machine.Federated.Endpoint.Events.Presentations);
        Assert.Equal(["ci.json", "id.json"], Directory.GetFiles(directory + "/aotbroker").Select(Path.GetFileName).Order());
    }

    [Fact]
    public void What_goes_into_variables_alone_needs_no_directory_and_no_companion()
    {
        ImitatedProcess process = new();

        Assert.Null(_machine.Run(process, "--with", "id:env", "--", "agent"));

        Assert.Empty(_machine.Directories);
        Assert.Null(process.Started);
        Assert.Equal(["AOTBROKER_PROFILE", "ID_TOKEN"], process.Changes.Keys.Order());
        Assert.Equal("id", process.Changes["AOTBROKER_PROFILE"]);
    }

    [Theory]
    [InlineData("cannot both be handed over as \"anthropic\"", "--with", "ci", "--with", "other")]
    [InlineData("both need TOKEN", "--with", "one:env", "--with", "two:env")]
    [InlineData("there is no such way", "--with", "ci:nothing")]
    [InlineData("cannot be handed over in this way", "--with", "id:aws")]
    public void What_would_contradict_is_refused_and_nothing_is_run(string message, params string[] words)
    {
        _machine.Machine.WriteBrokerProfile("other", _machine.Anthropic("""{ "source": "file", "path": "/elsewhere" }"""));
        _machine.Machine.WriteBrokerProfile("one", _machine.OwnToken(""", "variables": { "token": "TOKEN" }"""));
        _machine.Machine.WriteBrokerProfile("two", _machine.OwnToken(""", "variables": { "token": "TOKEN" }"""));
        ImitatedProcess process = new();

        BrokerException error = Expect.Error("AB0201", () => _machine.Run(process, [.. words, "--", "agent"]));

        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.Empty(process.Command);
        Assert.Empty(_machine.Directories);
    }

    [Fact]
    public void Without_a_credential_nothing_is_run_and_nothing_is_left()
    {
        _machine.Federated.Endpoint.Faults.Add(LocalTokenEndpoint.Fault.Status(403));
        ImitatedProcess process = new();

        Expect.Error("AB0503", () => _machine.Run(process, "--with", "id:file", "--with", "ci", "--", "agent"));

        Assert.Empty(process.Command);
        Assert.Null(process.Started);
        Assert.Empty(_machine.Directories);
    }

    [Fact]
    public void The_companion_gets_all_that_has_to_be_renewed()
    {
        ImitatedProcess process = new();

        _machine.Run(process, "--with", "ci", "--with", "id:env", "--with", "id:file", "--", "agent");

        (string[] arguments, bool ownSession) = Assert.NotNull(process.Started);
        string directory = Assert.Single(_machine.Directories);
        Assert.Equal(["aotbroker", "companion", "detach", $"{process.Id}", directory], arguments[..5]);
        Assert.Equal(["anthropic", "ci", $"{TestClock.StartSeconds}", $"{TestClock.StartSeconds + 600}", "file", "id"], arguments[5..11]);
        Assert.Equal($"{TestClock.StartSeconds + 300}", arguments[12]); // The token's own.
        Assert.Equal(13, arguments.Length);
        Assert.False(ownSession); // The first of the two; the second gets one.
        Assert.Equal(["waited for 4711"], process.Done);
    }

    [Fact]
    public void Without_refresh_there_is_no_companion()
    {
        ImitatedProcess process = new();

        Assert.Null(_machine.Run(process, "--no-refresh", "--", "agent"));

        Assert.Null(process.Started);
        Assert.NotEmpty(process.Command);
        Assert.Empty(_machine.Errors);
    }

    [Theory]
    [InlineData(12, "\n", "Cannot allocate memory")]
    [InlineData(0, "", "it ended, or was not ready in time")]
    public void Where_the_companion_cannot_run_that_is_said_and_the_command_runs_all_the_same(int startError, string says, string reason)
    {
        ImitatedProcess process = new() { StartError = startError, Says = says, IsAdopter = true };

        Assert.Null(_machine.Run(process, "--", "agent"));

        Assert.Equal(["agent"], process.Command);
        Assert.StartsWith("aotbroker: warning[AB0710]: ", _machine.Errors[0], StringComparison.Ordinal);
        Assert.Contains($"({reason})", _machine.Errors[0], StringComparison.Ordinal);
        Assert.Contains("the command has 10 min", _machine.Errors[1], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(NoEntry, 127, "check the name")]
    [InlineData(NotPermitted, 126, "check that it is a program")]
    public void A_command_that_cannot_be_run_has_the_shells_exit_codes_and_leaves_nothing(int error, int exitCode, string hint)
    {
        ImitatedProcess process = new() { CommandError = error };

        Assert.Equal(exitCode, _machine.Run(process, "--", "agent"));

        Assert.StartsWith("aotbroker: error[AB0708]: cannot run agent: ", _machine.Errors[0], StringComparison.Ordinal);
        Assert.Contains(hint, _machine.Errors[1], StringComparison.Ordinal);
        Assert.Empty(_machine.Directories);
    }

    [Fact]
    public void Beside_a_command_that_is_its_child_it_stays_to_its_end_and_passes_its_exit_code_on()
    {
        string[] whileItRan = [];
        ImitatedProcess process = new() { IsAdopter = true, ExitCode = 42, WhileItRuns = () => whileItRan = _machine.Directories };

        Assert.Equal(42, _machine.Run(process, "--", "agent"));

        Assert.Single(whileItRan);
        Assert.Empty(_machine.Directories);
    }

    [Theory]
    [InlineData("--no-refresh", "--")]
    [InlineData("--with", "id:env", "--")]
    public void Where_there_is_no_companion_to_adopt_it_becomes_the_command_in_any_case(params string[] words) =>
        Assert.Null(_machine.Run(new ImitatedProcess { IsAdopter = true }, [.. words, "agent"]));

    [Fact]
    public void Static_keys_are_taken_away_and_that_is_said()
    {
        _machine.Machine.Variables["ANTHROPIC_API_KEY"] = "sk-ant-api03-left-over";
        _machine.Machine.Variables["ANTHROPIC_AUTH_TOKEN"] = "";
        ImitatedProcess process = new();

        _machine.Run(process, "--", "agent");

        Assert.Equal((true, true), (Removes(process, "ANTHROPIC_API_KEY"), Removes(process, "ANTHROPIC_AUTH_TOKEN")));
        Assert.Equal(2, _machine.Errors.Count(static line => line.StartsWith("aotbroker: warning[AB0801]", StringComparison.Ordinal)));
        Assert.DoesNotContain("left-over", _machine.Machine.Error.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Static_keys_are_left_where_that_was_asked_for()
    {
        _machine.Machine.Variables["ANTHROPIC_API_KEY"] = "sk-ant-api03-left-over";
        ImitatedProcess process = new();

        _machine.Run(process, "--keep-static-keys", "--", "agent");

        Assert.False(process.Changes.ContainsKey("ANTHROPIC_API_KEY"));
        Assert.StartsWith("aotbroker: warning[AB0802]: ANTHROPIC_API_KEY is set", Assert.Single(_machine.Errors), StringComparison.Ordinal);
    }

    [Fact]
    public void A_variable_that_is_handed_over_is_no_leftover()
    {
        _machine.Machine.WriteBrokerProfile("key", _machine.Anthropic($$"""{ "source": "file", "path": "{{_machine.Federated.TokenPath}}" }""", """, "variables": { "token": "ANTHROPIC_API_KEY" }"""));
        _machine.Machine.Variables["ANTHROPIC_API_KEY"] = "sk-ant-api03-left-over";
        ImitatedProcess process = new();

        _machine.Run(process, "--with", "key:env", "--", "agent");

        Assert.NotNull(_machine.Federated.Endpoint.Grants.Find(process.Changes["ANTHROPIC_API_KEY"]!));
        Assert.Empty(_machine.Errors);
    }

    [Fact]
    public void Another_address_that_clients_would_send_it_to_causes_a_warning()
    {
        _machine.Machine.Variables["ANTHROPIC_BASE_URL"] = "https://gateway.example";

        _machine.Run(new ImitatedProcess(), "--with", "ci", "--", "agent");

        Assert.StartsWith("aotbroker: warning[AB0805]: ANTHROPIC_BASE_URL is not the address", _machine.Errors[0], StringComparison.Ordinal);
    }

    [Fact]
    public void Another_provider_that_Claude_Code_would_use_causes_a_warning()
    {
        _machine.Machine.Variables["CLAUDE_CODE_USE_BEDROCK"] = "1";
        _machine.Machine.Home.Write(".claude/settings.json", """{ "apiKeyHelper": "/usr/bin/theirs" }""");

        _machine.Run(new ImitatedProcess(), "--", "agent");

        Assert.Equal(2, _machine.Errors.Count(static line => line.StartsWith("aotbroker: warning[AB0802]", StringComparison.Ordinal)));
    }

    [Fact]
    public void The_commands_arguments_are_the_bytes_that_the_kernel_got()
    {
        ImitatedProcess process = new() { RawArguments = ["exec"u8.ToArray(), "--"u8.ToArray(), "agent"u8.ToArray(), [0xFF, (byte)'x']] };

        _machine.Run(process, "--", "agent", "\uFFFDx");

        Assert.Equal(["agent", Encoding.Latin1.GetString([0xFF, (byte)'x'])], process.Command);
    }

    [Fact]
    public void A_command_inside_a_command_finds_what_the_outer_one_was_handed()
    {
        ImitatedProcess outer = new();
        _machine.Run(outer, "--with", "id:file", "--", "agent");
        _machine.Machine.Variables["AOTBROKER_EXEC_DIR"] = outer.Changes["AOTBROKER_EXEC_DIR"];
        ImitatedProcess inner = new();

        _machine.Run(inner, "--with", "ci", "--", "agent");

        string directory = inner.Changes["AOTBROKER_EXEC_DIR"]!;
        Assert.NotEqual(outer.Changes["AOTBROKER_EXEC_DIR"], directory);
        Assert.Equal(["ci.json", "id.json"], Directory.GetFiles(directory + "/aotbroker").Select(Path.GetFileName).Order());
    }

    private static bool Removes(ImitatedProcess process, string variable) => process.Changes.TryGetValue(variable, out string? value) && value is null;
}
