using System.Text.Json.Nodes;

namespace AotBroker.EndToEnd.Tests;

/// <summary>`exec` and `status` with a login: clients get the access token and nothing that they could spend.</summary>
[Collection(Bursts.Name)]
public sealed class LoginExecTests : LoginTest
{
    private const string PrintPublished = "cat \"$ANTHROPIC_CONFIG_DIR/configs/$ANTHROPIC_PROFILE.json\" && printf '\\n--\\n' && cat \"$ANTHROPIC_CONFIG_DIR/credentials/$ANTHROPIC_PROFILE.json\"";

    [Fact]
    public async Task What_is_published_is_a_login_that_cannot_be_refreshed()
    {
        var output = (await Sandbox.RunAsync("exec", "--", "/bin/sh", "-c", PrintPublished)).Succeeded().OutputText;

        var documents = output.Split("\n--\n");
        var profile = JsonNode.Parse(documents[0])!;
        Assert.Equal("""{"type":"user_oauth"}""", profile["authentication"]!.ToJsonString());
        Assert.Equal((Endpoint.Url, "wrkspc_01LoginTest"), (profile["base_url"]!.GetValue<string>(), profile["workspace_id"]!.GetValue<string>()));
        var credentials = JsonNode.Parse(documents[1])!.AsObject();
        Assert.Equal(["version", "type", "access_token", "expires_at", "scope"], credentials.Select(member => member.Key));
        Assert.Equal(AccessToken(ReadLogin()), credentials["access_token"]!.GetValue<string>());
    }

    [Fact]
    public async Task The_refresh_token_is_in_no_published_file_no_variable_and_no_argument()
    {
        var output = (await Sandbox.RunAsync("exec", "--", "/bin/sh", "-c", "cat $(find \"$ANTHROPIC_CONFIG_DIR\" -type f); env; tr '\\0' ' ' </proc/$$/cmdline")).Succeeded().OutputText;

        Assert.Contains("anthropic-login", output, StringComparison.Ordinal);
        Assert.DoesNotContain("ort01", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_broker_inside_finds_the_real_login_also_deeper_down()
    {
        var inside = (await Sandbox.RunAsync("exec", "--", PublishedBinary.Path, "get")).Succeeded().Line;
        var deeper = (await Sandbox.RunAsync("exec", "--", PublishedBinary.Path, "exec", "--", PublishedBinary.Path, "get")).Succeeded().Line;

        Assert.Equal((AccessToken(ReadLogin()), AccessToken(ReadLogin())), (inside, deeper));
        Assert.Equal(1, Endpoint.Events.Refreshes);

        var forced = (await Sandbox.RunAsync("exec", "--", PublishedBinary.Path, "get", "--force-refresh")).Succeeded().Line;
        Assert.NotEqual(inside, forced);
        Assert.Equal(forced, AccessToken(ReadLogin()));
    }

    [Fact]
    public async Task Five_processes_of_the_TypeScript_SDK_answer_with_one_refresh()
    {
        var results = await Sandbox.RunTogetherAsync(5, _ => new Launch("exec", "--", NodeClient.Node, NodeClient.Script));

        Assert.All(results, result => Assert.Equal("The local endpoint accepted this token.", result.Succeeded().Line));
        Assert.Equal(1, Endpoint.Events.Refreshes);
        Assert.Equal(5, Endpoint.Events.At(EndpointPaths.Messages).Count(one => one.Outcome == Outcomes.Granted));
    }

    [Fact]
    public async Task Without_the_broker_the_same_five_present_one_refresh_token_and_not_all_answer()
    {
        Endpoint.Faults.Add(Fault.Hold(), times: 5);

        var running = Sandbox.RunTogetherAsync(5, _ => new Launch(NodeClient.Script) { Program = NodeClient.Node });
        await Endpoint.Events.WaitForAsync(_ => Endpoint.Events.Refreshes == 5);
        Endpoint.Faults.ReleaseHeld();
        var results = await running;

        Assert.Contains(results, result => result.ExitCode != 0);
        Assert.Equal(1, Endpoint.Events.GrantedExchanges);
    }

    [Fact]
    public async Task A_published_login_that_has_expired_makes_the_SDK_fail_and_spends_nothing()
    {
        var expire = "sed -i 's/\"expires_at\": [0-9]*/\"expires_at\": 1/' \"$ANTHROPIC_CONFIG_DIR/credentials/default.json\" && exec \"$0\" \"$1\"";

        var result = await Sandbox.RunAsync("exec", "--", "/bin/sh", "-c", expire, NodeClient.Node, NodeClient.Script);

        Assert.NotEqual(0, result.ExitCode);
        Assert.Contains("no refresh is available", result.ErrorText, StringComparison.Ordinal);
        Assert.Equal(1, Endpoint.Events.Refreshes);
        Assert.Empty(Endpoint.Events.At(EndpointPaths.Messages));
    }

    [Fact]
    public async Task Status_tells_the_login_and_what_each_client_would_do_and_nothing_secret()
    {
        WriteLogin(3000);

        var text = (await Sandbox.RunAsync("status")).Succeeded().OutputText;
        var json = JsonNode.Parse((await Sandbox.RunAsync("status", "--json")).Succeeded().OutputText)!;

        Golden.Check("status-login", Stable(text));
        Assert.DoesNotContain("sk-ant-", text + json.ToJsonString(), StringComparison.Ordinal);
        Assert.Equal(LoginFile, json["profile"]!["login"]!["credentials_file"]!.GetValue<string>());
        Assert.True(json["profile"]!["login"]!["has_refresh_token"]!.GetValue<bool>());
        Assert.Equal(ClientId, json["profile"]!["settings"]!["client_id"]!["value"]!.GetValue<string>());
        Assert.Equal(ReadLogin()["expires_at"]!.GetValue<long>(), json["cache"]!["credential"]!["expires_at"]!.GetValue<long>());
        Assert.All(json["clients"]!.AsArray(), client => Assert.False(client!["federation"]!.GetValue<bool>()));
        Assert.Empty(Endpoint.Events.Snapshot());
        Assert.False(Directory.Exists(Sandbox.Cache));
    }

    [Fact]
    public async Task Status_ends_as_get_would()
    {
        WriteProfile(clientId: null);
        var expired = await Sandbox.RunAsync("status");
        Assert.Equal(4, expired.ExitCode);
        expired.Says("error[AB0422]").Says("has no client_id");
        Assert.Matches("client +none  \\(so the login is not renewed\\)", expired.OutputText);

        File.SetUnixFileMode(LoginFile, UnixFileMode.UserRead | UnixFileMode.GroupRead);
        var open = await Sandbox.RunAsync("status", "--json");
        Assert.Equal(4, open.ExitCode);
        open.Says("error[AB0421]").Says("0440");
        Assert.Null(JsonNode.Parse(open.OutputText)!["profile"]!["login"]!["has_refresh_token"]);
        (await Sandbox.RunAsync("get")).Failed("AB0421", 4);
    }

    [Fact]
    public async Task Inside_exec_status_says_that_clients_do_not_renew_it()
    {
        var text = (await Sandbox.RunAsync("exec", "--", PublishedBinary.Path, "status")).Succeeded().OutputText;

        Assert.Contains(LoginFile, text, StringComparison.Ordinal);
        Assert.Matches("TypeScript SDK +login \"default\"  \\(ANTHROPIC_PROFILE; does not renew it\\)", text);
    }

    private string Stable(string text) => System.Text.RegularExpressions.Regex.Replace(
        System.Text.RegularExpressions.Regex.Replace(
            text.Replace(Sandbox.Root, "ROOT", StringComparison.Ordinal).Replace(Endpoint.Url, "URL", StringComparison.Ordinal),
            @"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ",
            "INSTANT"),
        @"\d+ min( \d+ s)?",
        "DURATION");
}
