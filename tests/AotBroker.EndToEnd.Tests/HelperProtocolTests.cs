using System.Text.Json.Nodes;

namespace AotBroker.EndToEnd.Tests;

/// <summary>Clients that call the broker by the name of a link: one exchange for all, and each answer in its own form.</summary>
public sealed class HelperProtocolTests : BrokerTest
{
    private string _links = "";

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        UseFederationVariables();
        Sandbox.WriteProfile("default", new JsonObject
        {
            ["exchange"] = new JsonObject { ["type"] = "anthropic" },
            ["serves"] = new JsonObject { ["hosts"] = new JsonArray("app.example"), ["username"] = "bot" },
        });
        Sandbox.Environment["AOTBROKER_PROFILE"] = "default";
        _links = Sandbox.MakeDirectory("links");
        (await Sandbox.RunAsync("link", _links)).Succeeded();
    }

    [Fact]
    public async Task Clients_of_every_kind_at_once_on_a_cold_cache_make_one_exchange()
    {
        (string Name, string Arguments, string Input)[] calls =
        [
            ("docker-credential-aotbroker", "get", "app.example"),
            ("git-credential-aotbroker", "get", "protocol=https\nhost=app.example\n\n"),
            ("cargo-credential-aotbroker", "--cargo-plugin", """{"v":1,"registry":{"index-url":"sparse+https://app.example/"},"kind":"get"}""" + "\n"),
            ("terraform-credentials-aotbroker", "get app.example", ""),
            ("bazel-credential-aotbroker", "get", """{"uri":"https://app.example/x"}"""),
            ("keyring", "get app.example bot", ""),
        ];
        var scripts = calls.Concat(calls[..4]).Select((call, i) =>
        {
            var input = Sandbox.WriteFile($"inputs/{i}", call.Input);
            return $"'{_links}/{call.Name}' {call.Arguments} <'{input}' &\n";
        });

        var result = await Sandbox.RunScriptAsync(string.Concat(scripts) + "wait\n");

        var token = (await Sandbox.RunAsync("get")).Succeeded().Line;
        Assert.Equal(10, result.Succeeded().OutputText.Split(token).Length - 1);
        Assert.Equal(1, Endpoint.Events.Presentations);
    }

    [Fact]
    public async Task A_host_that_no_profile_names_costs_no_exchange()
    {
        var result = await Sandbox.RunScriptAsync($"printf other.example | '{_links}/docker-credential-aotbroker' get; echo $?\n");

        Assert.Equal("credentials not found in native keychain\n1\n", result.OutputText);
        Assert.Equal(0, Endpoint.Events.Presentations);
    }

    [Fact]
    public async Task Python_s_google_library_reads_both_streams_and_finds_one_answer()
    {
        var result = await Sandbox.RunScriptAsync("\"$1\" get --profile none --format google 2>&1\n");

        using var json = System.Text.Json.JsonDocument.Parse(result.Succeeded().OutputText);
        Assert.False(json.RootElement.GetProperty("success").GetBoolean());
        Assert.Equal("AB0302", json.RootElement.GetProperty("code").GetString());
    }

    [Fact]
    public async Task Node_s_google_library_reads_standard_error_from_a_pipe_of_its_own_and_people_read_it_too()
    {
        Launch launch = new("get", "--profile", "none", "--format", "google");

        var byHand = await Sandbox.RunAsync(launch);
        var byLibrary = await Sandbox.RunAsync(launch with { Variables = new Dictionary<string, string?> { ["GOOGLE_EXTERNAL_ACCOUNT_AUDIENCE"] = "//iam.googleapis.com/x" } });

        byHand.SucceededWithNotes().Says("aotbroker: error[AB0302]: ");
        Assert.Equal(byHand.OutputText, byLibrary.Succeeded().OutputText);
    }

    [Fact]
    public async Task Google_s_libraries_are_answered_before_they_give_up_after_30_seconds()
    {
        Sandbox.WriteProfile("slow", new JsonObject
        {
            ["identity"] = new JsonObject { ["source"] = "command", ["command"] = new JsonArray("/bin/sleep", "300"), ["timeout_seconds"] = 300 },
            ["exchange"] = new JsonObject { ["type"] = "none" },
        });

        var result = await Sandbox.RunAsync("get", "--profile", "slow", "--format", "google");

        using var json = System.Text.Json.JsonDocument.Parse(result.SucceededWithNotes().OutputText);
        Assert.Matches(@"did not end within 2[0-5](\.\d+)? s,", json.RootElement.GetProperty("message").GetString());
    }
}
