using System.Text.Json.Nodes;
using AotBroker.Tests;

namespace AotBroker.EndToEnd.Tests;

/// <summary>
/// Platforms besides GitHub: whatever the job's identity is, processes that start together make one exchange, and later ones
/// none.
/// </summary>
[Collection(Bursts.Name)]
public sealed class PlatformTests : BrokerTest
{
    private const int Many = 10;

    private async Task ExchangeOnceAsync(params string[] arguments)
    {
        var results = await Sandbox.RunTogetherAsync(Many, _ => new Launch(["get", .. arguments]));

        Assert.Single(results.Select(result => result.Succeeded().Line).Distinct());
        Assert.Equal((1, 1), (Endpoint.Events.GrantedExchanges, Endpoint.Events.Presentations));
        Assert.Equal(results[0].Line, (await Sandbox.RunAsync(["get", .. arguments])).Succeeded().Line);
        Assert.Equal(1, Endpoint.Events.Presentations);
    }

    /// <summary>A platform's service: every request that starts like this mints a token.</summary>
    private RawServer Platform(string target, string header, Func<string, string> body, string? socket = null) => new(
        request => request.StartsWith(target + "\r\n", StringComparison.Ordinal) && request.Contains($"\r\n{header}\r\n", StringComparison.Ordinal)
            ? RawServer.Answer(200, body(Sandbox.AddSecret(Endpoint.Issuer.Mint())))
            : RawServer.Answer(401, """{"message":"not this request"}"""),
        socket);

    [Fact]
    public async Task GitLab()
    {
        Sandbox.UseRuleVariables(Endpoint);
        Sandbox.Environment["GITLAB_CI"] = "true";
        (await Sandbox.RunAsync("get")).Failed("AB0401", 4).Says("id_tokens:");
        Sandbox.Environment["CI_JOB_ID"] = "4711";
        Sandbox.Environment["ANTHROPIC_ID_TOKEN"] = Sandbox.AddSecret(Endpoint.Issuer.Mint());

        await ExchangeOnceAsync();

        // A client that takes away what looks like a secret still gets the job's credential, where the profile names the source.
        Sandbox.WriteProfile("default", NewProfile(new JsonObject { ["source"] = "gitlab" }));
        // What has the same settings and the same token shares, whatever it is called.
        (await Sandbox.RunAsync("get", "--profile", "default")).Succeeded();
        Assert.Equal(1, Endpoint.Events.Presentations);
    }

    [Fact]
    public async Task A_GitLab_job_whose_token_was_stripped_is_served_what_is_there()
    {
        Sandbox.WriteProfile("default", NewProfile(new JsonObject { ["source"] = "gitlab" }));
        Sandbox.Environment["CI_JOB_ID"] = "4711";
        var token = new Dictionary<string, string?> { ["ANTHROPIC_ID_TOKEN"] = Sandbox.AddSecret(Endpoint.Issuer.Mint()) };

        var first = (await Sandbox.RunAsync(new Launch("get") { Variables = token })).Succeeded();

        Assert.Equal(first.Line, (await Sandbox.RunAsync("get")).Succeeded().Line);
        Sandbox.Environment["CI_JOB_ID"] = "4712";
        (await Sandbox.RunAsync("get")).Failed("AB0402", 4).Says("ANTHROPIC_ID_TOKEN");
    }

    [Fact]
    public async Task Buildkite()
    {
        Sandbox.UseRuleVariables(Endpoint);
        var access = Sandbox.AddSecret(Path.GetRandomFileName() + Path.GetRandomFileName());
        using var platform = Platform("POST /v3/jobs/0190b2ab/oidc/tokens HTTP/1.1", "Authorization: Token " + access, token => $$"""{"token":"{{token}}"}""");
        Sandbox.Environment["BUILDKITE_AGENT_ENDPOINT"] = platform.Url + "/v3";
        Sandbox.Environment["BUILDKITE_AGENT_ACCESS_TOKEN"] = access;
        Sandbox.Environment["BUILDKITE_JOB_ID"] = "0190b2ab";

        await ExchangeOnceAsync();

        Assert.EndsWith("""{"audience":"https://api.anthropic.com"}""", Assert.Single(platform.Requests), StringComparison.Ordinal);
        Sandbox.Environment["BUILDKITE_AGENT_ACCESS_TOKEN"] = Sandbox.AddSecret("another-access-token-of-no-job");
        (await Sandbox.RunAsync("get", "--force-refresh")).Failed("AB0409", 4).Says("answered 401: not this request");
    }

    [Fact]
    public async Task Azure_Pipelines()
    {
        Sandbox.UseRuleVariables(Endpoint);
        var access = Sandbox.AddSecret(Path.GetRandomFileName() + Path.GetRandomFileName());
        using var platform = Platform("POST /o/p/oidctoken?api-version=7.1&serviceConnectionId=5b7c3f0a HTTP/1.1", "Authorization: Bearer " + access, token => $$"""{"oidcToken":"{{token}}"}""");
        Sandbox.Environment["SYSTEM_OIDCREQUESTURI"] = platform.Url + "/o/p/oidctoken";
        (await Sandbox.RunAsync("get")).Failed("AB0410", 4).Says("$(System.AccessToken)");
        Sandbox.Environment["SYSTEM_ACCESSTOKEN"] = access;
        (await Sandbox.RunAsync("get")).Failed("AB0410", 4).Says("service connection");
        Sandbox.Environment["AZURESUBSCRIPTION_SERVICE_CONNECTION_ID"] = "5b7c3f0a";

        await ExchangeOnceAsync();

        Assert.Single(platform.Requests);
    }

    [Fact]
    public async Task Fly()
    {
        Sandbox.UseRuleVariables(Endpoint);
        var socket = Path.Combine(Sandbox.Root, "fly");
        using var platform = Platform("POST /v1/tokens/oidc HTTP/1.1", "Host: localhost", token => token, socket);
        Sandbox.WriteProfile("default", NewProfile(new JsonObject { ["source"] = "fly", ["socket"] = socket }));

        await ExchangeOnceAsync("--profile", "default");

        Assert.EndsWith("""{"aud":"https://api.anthropic.com"}""", Assert.Single(platform.Requests), StringComparison.Ordinal);
        Sandbox.Environment["FLY_MACHINE_ID"] = "e784079b449483";
        (await Sandbox.RunAsync("get")).Failed("AB0402", 4).Says("/.fly/api");
    }

    [Fact]
    public async Task A_command()
    {
        NewIdentityFile();
        var runs = Path.Combine(Sandbox.Root, "runs");
        var script = Sandbox.WriteFile("bin/get-token", "#!/bin/sh\necho run >> \"$RUNS\"\n[ -z \"$HIDDEN\" ] || exit 9\necho told >&2\ncat \"$1\"\n", (UnixFileMode)0x1C0);
        Sandbox.Environment["PATH"] = $"{Path.GetDirectoryName(script)}:{Sandbox.Environment["PATH"]}";
        Sandbox.Environment["RUNS"] = runs;
        Sandbox.Environment["HIDDEN"] = "not handed on";
        Sandbox.WriteProfile("default", NewProfile(CommandIdentity("get-token", Path.Combine(Sandbox.Root, "identity/token"))));

        await ExchangeOnceAsync("--profile", "default");

        Assert.Single(await File.ReadAllLinesAsync(runs));
    }

    [Fact]
    public async Task A_command_that_fails_or_hangs_is_told_and_what_it_said_cannot_move_the_cursor()
    {
        Sandbox.WriteProfile("fails", NewProfile(CommandIdentity("/bin/sh", "-c", "printf 'log in \\033[2J first\\n' >&2; exit 3")));
        var hangs = CommandIdentity("/bin/sh", "-c", "sleep 600");
        hangs["timeout_seconds"] = 1;
        Sandbox.WriteProfile("hangs", NewProfile(hangs));
        Sandbox.WriteProfile("missing", NewProfile(CommandIdentity("no-such-program")));

        (await Sandbox.RunAsync("get", "--profile", "fails")).Failed("AB0413", 4).Says("exit code 3").Says("it said: log in \\u001b[2J first");
        (await Sandbox.RunAsync("get", "--profile", "hangs")).Failed("AB0413", 4).Says("did not end within 1 s");
        (await Sandbox.RunAsync("get", "--profile", "missing")).Failed("AB0413", 4).Says("cannot run the command no-such-program");
        Assert.Empty(Endpoint.Events.Snapshot());
    }

    [Fact]
    public async Task A_command_gets_no_descriptor_of_the_brokers()
    {
        var token = NewIdentityFile();
        var seen = Path.Combine(Sandbox.Root, "seen");
        var script = $"ls /proc/self/fd > '{seen}'; cat '{token}'";
        (await Sandbox.RunAsync(new Launch("-c", script) { Program = "/bin/sh" })).SucceededWithNotes();
        var usual = await File.ReadAllLinesAsync(seen);
        Sandbox.WriteProfile("default", NewProfile(CommandIdentity("/bin/sh", "-c", script)));

        (await Sandbox.RunAsync("get", "--profile", "default")).Succeeded();

        // One more: descriptor 3 is what ends the command with the broker, so that what `ls` opens is the next.
        Assert.Equal(usual.Append("4"), await File.ReadAllLinesAsync(seen));
    }

    private static JsonObject CommandIdentity(params string[] command) => new()
    {
        ["source"] = "command",
        ["command"] = new JsonArray([.. command.Select(argument => (JsonNode)argument)]),
        ["environment"] = new JsonArray("RUNS"),
    };
}
