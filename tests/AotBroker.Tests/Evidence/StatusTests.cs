using System.Text;
using System.Text.Json;
using AotBroker.Brokering;
using AotBroker.Commands;
using AotBroker.Errors;
using AotBroker.Evidence;
using AotBroker.Exchange;
using AotBroker.Files;
using AotBroker.Reporting;
using AotBroker.Schemas;
using AotBroker.Settings;
using LocalTokenEndpoint;

namespace AotBroker.Tests;

/// <summary>`status`: nothing secret, no network, and what `get` would find.</summary>
public sealed class StatusTests
{
    private static StatusReport Report(FederatedMachine machine, string? profile = null) => StatusReport.Of(profile, machine.Machine.Environment);

    private static JsonElement Json(StatusReport report)
    {
        using JsonDocument document = JsonDocument.Parse(StatusJson.Of(report));
        return document.RootElement.Clone();
    }

    private static int Run(FederatedMachine machine, bool json = false, string? profile = null) => StatusCommand.Run(
        profile, json, new Session(machine.Machine.Environment, machine.Machine.Output.Stream, machine.Machine.Reporter, verbose: false));

    [Fact]
    public async Task It_tells_the_profile_each_setting_and_where_it_came_from()
    {
        await using FederatedMachine machine = await FederatedMachine.StartAsync();

        JsonElement profile = Json(Report(machine)).GetProperty("profile");

        Assert.Equal("environment", profile.GetProperty("name").GetString());
        Assert.Equal("ANTHROPIC_FEDERATION_RULE_ID and ANTHROPIC_ORGANIZATION_ID", profile.GetProperty("selected_by").GetString());
        Assert.Equal(JsonValueKind.Null, profile.GetProperty("file").ValueKind);
        JsonElement rule = profile.GetProperty("settings").GetProperty("federation_rule_id");
        Assert.Equal(machine.Endpoint.Rule.Id, rule.GetProperty("value").GetString());
        Assert.Equal("ANTHROPIC_FEDERATION_RULE_ID", rule.GetProperty("origin").GetString());
        Assert.False(profile.GetProperty("settings").TryGetProperty("workspace_id", out _));
        Assert.Equal("file", profile.GetProperty("identity").GetProperty("source").GetString());
        Assert.Equal(machine.TokenPath, profile.GetProperty("identity").GetProperty("path").GetString());
    }

    [Fact]
    public async Task It_tells_what_is_cached()
    {
        await using FederatedMachine machine = await FederatedMachine.StartAsync();
        Assert.Contains("none yet", StatusText.Of(Report(machine)), StringComparison.Ordinal);
        Assert.False(Json(Report(machine)).GetProperty("cache").TryGetProperty("credential", out _));

        Credential credential = machine.Obtain();
        JsonElement cached = Json(Report(machine)).GetProperty("cache").GetProperty("credential");
        Assert.Equal(credential.ExpiresAt, cached.GetProperty("expires_at").GetInt64());
        Assert.Equal(600, cached.GetProperty("expires_in").GetInt64());
        Assert.Equal(credential.RequestId, cached.GetProperty("request_id").GetString());
        Assert.Contains("good for 10 min  (minted 2030-01-01T00:00:00Z, expires 2030-01-01T00:10:00Z)", StatusText.Of(Report(machine)), StringComparison.Ordinal);

        machine.Machine.Clock.Advance(660);
        Assert.Contains("expired 1 min ago", StatusText.Of(Report(machine)), StringComparison.Ordinal);
        Assert.Equal(0, Json(Report(machine)).GetProperty("cache").GetProperty("credential").GetProperty("expires_in").GetInt64());
    }

    [Fact]
    public async Task It_tells_the_failure_that_is_remembered()
    {
        await using FederatedMachine machine = await FederatedMachine.StartAsync();
        machine.Endpoint.Faults.Add(Fault.Status(403));
        Expect.Error("AB0503", () => machine.Obtain());

        Assert.Equal("AB0503", Json(Report(machine)).GetProperty("cache").GetProperty("failure").GetProperty("code").GetString());
        Assert.Contains("AB0503 the token endpoint forbids", StatusText.Of(Report(machine)), StringComparison.Ordinal);

        machine.Machine.Clock.Advance(30);
        Assert.DoesNotContain("AB0503", StatusText.Of(Report(machine)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_tells_why_an_entry_is_not_used()
    {
        await using FederatedMachine machine = await FederatedMachine.StartAsync();
        machine.Obtain();
        File.SetUnixFileMode($"{machine.Machine.CacheDirectory}/{machine.Key.FileStem}.json", TemporaryDirectory.ReadableByOthers);

        Assert.Contains("0644", Json(Report(machine)).GetProperty("cache").GetProperty("not_used").GetString(), StringComparison.Ordinal);
        Assert.Contains("not used", StatusText.Of(Report(machine)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_holds_no_secret_whatever_is_set()
    {
        // Invariant 5.
        await using FederatedMachine machine = await FederatedMachine.StartAsync();
        List<string> secrets = [machine.Obtain().AccessToken!.Reveal(), .. File.ReadAllText(machine.TokenPath).Split('.')];
        foreach (string variable in new[]
        {
            "ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN", "CLAUDE_CODE_OAUTH_TOKEN", "ACTIONS_ID_TOKEN_REQUEST_TOKEN", "ANTHROPIC_IDENTITY_TOKEN",
        })
        {
            secrets.Add(Made.Name(40));
            machine.Machine.Variables[variable] = secrets[^1];
        }
        Check();

        // With the token in a variable, what it says is part of what decides the cache's key.
        machine.Machine.Variables["ANTHROPIC_IDENTITY_TOKEN_FILE"] = null;
        machine.Machine.Variables["ANTHROPIC_IDENTITY_TOKEN"] = File.ReadAllText(machine.TokenPath);
        Assert.Equal(secrets[0], machine.Obtain().AccessToken!.Reveal());
        Check();

        void Check()
        {
            Run(machine);
            Run(machine, json: true);
            string all = machine.Machine.Output.Text + machine.Machine.Error.Text;
            Assert.All(secrets, secret => Assert.DoesNotContain(secret[..12], all, StringComparison.Ordinal));
        }
    }

    [Theory]
    [InlineData("https://user:@PASSWORD@@api.example", "")]
    [InlineData("https://api.example?key=@PASSWORD@", "")]
    [InlineData("user:@PASSWORD@@api.example", "")]
    [InlineData("https://user:@PASSWORD@@api.example", "production")]
    public async Task A_password_in_the_address_is_not_shown(string address, string workspace)
    {
        // Invariant 5.
        await using FederatedMachine machine = await FederatedMachine.StartAsync();
        string password = Made.Name();
        machine.Machine.Variables["ANTHROPIC_BASE_URL"] = address.Replace("@PASSWORD@", password, StringComparison.Ordinal);
        machine.Machine.Variables["ANTHROPIC_WORKSPACE_ID"] = workspace;

        Assert.Equal(3, Run(machine, json: false));
        Assert.Equal(3, Run(machine, json: true));

        Assert.DoesNotContain(password, machine.Machine.Output.Text + machine.Machine.Error.Text, StringComparison.Ordinal);
        Assert.Contains(workspace.Length == 0 ? "AB0310" : "AB0305", machine.Machine.Error.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ANTHROPIC_FEDERATION_RULE_ID", "", null)]
    [InlineData("ANTHROPIC_FEDERATION_RULE_ID", "rule_01", null)]
    [InlineData("ANTHROPIC_WORKSPACE_ID", "production", null)]
    [InlineData("ANTHROPIC_BASE_URL", "http://api.example", null)]
    [InlineData("ANTHROPIC_BASE_URL", "nonsense", null)]
    [InlineData("ANTHROPIC_IDENTITY_TOKEN_FILE", "", null)]
    [InlineData("ANTHROPIC_PROFILE", "missing", null)]
    [InlineData("ANTHROPIC_PROFILE", "../x", null)]
    [InlineData("AOTBROKER_PROFILE", "missing", null)]
    [InlineData("HOME", "", "missing")]
    public async Task It_ends_as_get_would_before_it_asks_anybody(string variable, string value, string? profile)
    {
        await using FederatedMachine machine = await FederatedMachine.StartAsync();
        machine.Machine.Variables[variable] = value;
        Session session = new(machine.Machine.Environment, machine.Machine.Output.Stream, machine.Machine.Reporter, verbose: false);
        var error = Assert.Throws<BrokerException>(() => GetCommand.Run(new GetOptions { Profile = profile }, session));
        Assert.Empty(machine.Machine.Output.Octets);

        Assert.Equal(error.ExitCode, Run(machine, profile: profile));

        Assert.Contains($"error[{ErrorCodes.NameOf(error.Code)}]: {error.Message}", machine.Machine.Error.Text, StringComparison.Ordinal);
        JsonElement problem = Json(Report(machine, profile)).GetProperty("problem");
        Assert.Equal(ErrorCodes.NameOf(error.Code), problem.GetProperty("code").GetString());
        Assert.Equal(error.Hints.Count, problem.GetProperty("hints").GetArrayLength());
        Assert.Empty(machine.Endpoint.Events.Snapshot());
    }

    [Fact]
    public async Task Each_static_key_that_is_set_is_a_warning_be_it_to_nothing()
    {
        await using FederatedMachine machine = await FederatedMachine.StartAsync();
        machine.Machine.Variables["ANTHROPIC_API_KEY"] = "";
        machine.Machine.Variables["ANTHROPIC_AUTH_TOKEN"] = Made.Name();

        Assert.Equal(0, Run(machine));

        Assert.Equal(["ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN"], Json(Report(machine)).GetProperty("static_keys").EnumerateArray().Select(static key => key.GetString()));
        Assert.Equal(2, machine.Machine.Error.Lines.Count(static line => line.StartsWith("aotbroker: warning[AB0802]", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_slip_in_the_profile_is_a_warning_beside_the_report(bool json)
    {
        await using FederatedMachine machine = await FederatedMachine.StartAsync();
        string file = machine.Machine.WriteBrokerProfile("ci", """{"exchange":{"type":"anthropic","workspace":"default"}}""");

        Assert.Equal(0, Run(machine, json, "ci"));

        Assert.Equal(
            $"aotbroker: warning[AB0311]: {file}: line 1, column 33, /exchange/workspace: unknown member, did you mean \"workspace_id\"?",
            Assert.Single(machine.Machine.Error.Lines, static line => line.Contains("AB03", StringComparison.Ordinal)));
        StatusReport report = Report(machine, "ci");
        Assert.Equal(json ? StatusJson.Of(report) : Encoding.UTF8.GetBytes(StatusText.Of(report)), machine.Machine.Output.Octets);
    }

    [Fact]
    public async Task It_asks_nobody_and_writes_nothing()
    {
        await using FederatedMachine machine = await FederatedMachine.StartAsync();

        Run(machine);

        Assert.Empty(machine.Endpoint.Events.Snapshot());
        Assert.False(Directory.Exists(machine.Machine.CacheDirectory));
    }

    [Fact]
    public async Task Both_forms_tell_every_client()
    {
        await using FederatedMachine machine = await FederatedMachine.StartAsync();

        string text = StatusText.Of(Report(machine));
        JsonElement[] clients = [.. Json(Report(machine)).GetProperty("clients").EnumerateArray()];

        Assert.Equal(6, clients.Length);
        Assert.All(clients, client =>
        {
            Assert.Contains($"  {client.GetProperty("client").GetString()}", text, StringComparison.Ordinal);
            Assert.Equal("the federation variables", client.GetProperty("source").GetString());
            Assert.True(client.GetProperty("federation").GetBoolean());
        });
    }

    [Fact]
    public async Task What_comes_from_outside_cannot_start_a_line_of_the_text()
    {
        await using FederatedMachine machine = await FederatedMachine.StartAsync();
        machine.Machine.Variables["ANTHROPIC_IDENTITY_TOKEN_FILE"] = "/run/\u202etoken\u001b[31m";
        machine.Machine.Variables["AOTBROKER_CACHE_DIR"] = "/cache\nfaked  row";

        string text = StatusText.Of(Report(machine));

        Assert.Contains("\\u202etoken\\u001b[31m", text, StringComparison.Ordinal);
        Assert.DoesNotContain("\nfaked", text, StringComparison.Ordinal);
        Assert.Equal(text, Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text)));
    }
}
