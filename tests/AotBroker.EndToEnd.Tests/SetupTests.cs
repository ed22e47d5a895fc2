using System.Text.Json;
using System.Text.Json.Nodes;

namespace AotBroker.EndToEnd.Tests;

/// <summary>`setup` writes what the clients themselves then read.</summary>
public sealed class SetupTests : IDisposable
{
    private const string AnyVersion = "1.0";

    private readonly Sandbox _sandbox = new();

    public SetupTests()
    {
        _sandbox.WriteProfile("keys", Profile(new JsonObject { ["type"] = "aws-sts", ["role_arn"] = "arn:aws:iam::123456789012:role/ci", ["region"] = "eu-central-1" }));
        _sandbox.WriteProfile("token", Profile(new JsonObject { ["type"] = "none" }));
        _sandbox.WriteProfile("anthropic", Profile(new JsonObject { ["type"] = "anthropic", ["federation_rule_id"] = "fdrl_01AbCdEf", ["organization_id"] = "3f0c9d1e-5a7b-4c2d-9e8f-1a2b3c4d5e6f" }));
        _sandbox.WriteProfile("google", Profile(new JsonObject { ["type"] = "google-sts", ["audience"] = "//iam.googleapis.com/projects/123456789/locations/global/workloadIdentityPools/ci/providers/github" }));
    }

    private static JsonObject Profile(JsonObject exchange) => new()
    {
        ["exchange"] = exchange,
        ["serves"] = new JsonObject { ["hosts"] = new JsonArray("app.example", "https://git.example/team") },
    };

    private async Task<string> SetUpAsync(string client, string profile)
    {
        var line = (await _sandbox.RunAsync("setup", client, "--profile", profile)).SucceededWithNotes().Line;
        Assert.StartsWith("written ", line, StringComparison.Ordinal);
        Assert.Equal("kept" + line["written".Length..], (await _sandbox.RunAsync("setup", client, "--profile", profile)).SucceededWithNotes().Line);
        return line["written ".Length..];
    }

    /// <summary>Runs a client with the sandbox's environment, and the PATH that it was found in.</summary>
    private async Task<ProcessResult> RunClientAsync(string program, params string[] arguments) => await _sandbox.RunAsync(new Launch(arguments)
    {
        Program = ClientProgram.PathOf(program, AnyVersion),
        Variables = new Dictionary<string, string?> { ["PATH"] = $"{System.Environment.GetEnvironmentVariable("PATH")}:{_sandbox.Root}/bin" },
    });

    [ClientFact("git", AnyVersion)]
    public async Task Git_asks_the_broker_alone_for_what_the_profile_serves()
    {
        _sandbox.WriteFile("home/.gitconfig", "[credential]\n\thelper = store\n");
        await SetUpAsync("git", "token");

        var helper = (await RunClientAsync("git", "config", "--get-urlmatch", "credential.helper", "https://app.example/x")).Succeeded().Line;
        Assert.Equal($"{PublishedBinary.Path} git --profile token", helper);
        Assert.Equal(helper, (await RunClientAsync("git", "config", "--get-urlmatch", "credential.helper", "https://git.example/team/repository")).Succeeded().Line);
        Assert.Equal("true", (await RunClientAsync("git", "config", "--get-urlmatch", "credential.useHttpPath", "https://git.example/team/repository")).Succeeded().Line);
        Assert.Equal("store", (await RunClientAsync("git", "config", "--get-urlmatch", "credential.helper", "https://other.example/")).Succeeded().Line);
        (await RunClientAsync("git", "config", "--global", "user.name", "somebody")).Succeeded();
        Assert.StartsWith("kept ", (await _sandbox.RunAsync("setup", "git", "--profile", "token")).SucceededWithNotes().Line, StringComparison.Ordinal);
    }

    [ClientFact("git", AnyVersion)]
    public async Task Git_calls_the_broker()
    {
        await SetUpAsync("git", "token");

        var result = await _sandbox.RunAsync(new Launch("-c", "printf 'protocol=https\\nhost=app.example\\n\\n' | git credential fill") { Program = "/bin/sh" });

        // There is no identity here; and git is told not to ask a person instead.
        Assert.Contains("aotbroker: error[AB0401]", result.ErrorText, StringComparison.Ordinal);
        Assert.NotEqual(0, result.ExitCode);
    }

    [ClientFact("kubectl", AnyVersion)]
    public async Task Kubectl_finds_the_user_beside_its_own_and_may_write_the_file_again()
    {
        (await RunClientAsync("kubectl", "config", "set-cluster", "kind", "--server=https://127.0.0.1:1")).SucceededWithNotes();
        (await RunClientAsync("kubectl", "config", "set-credentials", "kind", "--username=me", "--password=x")).SucceededWithNotes();
        await SetUpAsync("kubernetes", "token");

        (await RunClientAsync("kubectl", "config", "set-context", "kind", "--cluster=kind", "--user=token")).SucceededWithNotes();
        using var config = JsonDocument.Parse((await RunClientAsync("kubectl", "config", "view", "-o", "json")).SucceededWithNotes().OutputText);
        var users = config.RootElement.GetProperty("users").EnumerateArray().ToDictionary(user => user.GetProperty("name").GetString()!, user => user.GetProperty("user"));
        var exec = users["token"].GetProperty("exec");

        Assert.Equal(["kind", "token"], users.Keys.Order());
        Assert.Equal(PublishedBinary.Path, exec.GetProperty("command").GetString());
        Assert.Equal("get --profile token --format kubernetes", string.Join(' ', exec.GetProperty("args").EnumerateArray().Select(word => word.GetString())));
        Assert.True(exec.GetProperty("provideClusterInfo").GetBoolean());
        // It was written anew by `set-context`, in kubectl's own style.
        Assert.StartsWith("kept ", (await _sandbox.RunAsync("setup", "kubernetes", "--profile", "token")).SucceededWithNotes().Line, StringComparison.Ordinal);
    }

    [ClientFact("aws", AnyVersion)]
    public async Task Aws_finds_the_profile_beside_its_own()
    {
        _sandbox.WriteFile("home/.aws/config", "[default]\nregion = us-east-1\ns3 =\n  addressing_style = path");
        await SetUpAsync("aws", "keys");

        Assert.Equal("us-east-1", (await RunClientAsync("aws", "configure", "get", "region")).SucceededWithNotes().Line);
        Assert.Equal("path", (await RunClientAsync("aws", "configure", "get", "default.s3.addressing_style")).SucceededWithNotes().Line);
        Assert.Equal($"{PublishedBinary.Path} get --profile keys --format aws", (await RunClientAsync("aws", "configure", "get", "profile.keys.credential_process")).SucceededWithNotes().Line);
        Assert.Equal("eu-central-1", (await RunClientAsync("aws", "configure", "get", "region", "--profile", "keys")).SucceededWithNotes().Line);
        (await RunClientAsync("aws", "configure", "set", "profile.keys.output", "json")).SucceededWithNotes();
        Assert.StartsWith("kept ", (await _sandbox.RunAsync("setup", "aws", "--profile", "keys")).SucceededWithNotes().Line, StringComparison.Ordinal);
    }

    [ClientFact("docker", AnyVersion)]
    public async Task Docker_calls_the_helper_that_is_written_down()
    {
        _sandbox.WriteFile("home/.docker/config.json", "{\n\t\"auths\": {}\n}");
        await SetUpAsync("docker", "token");
        // To forget is what Docker asks a helper for without a daemon.
        _sandbox.WriteFile("bin/docker-credential-aotbroker-token", $"#!/bin/sh\necho \"$1 $(cat)\" >>'{_sandbox.Root}/calls'\n", (UnixFileMode)0b111_000_000);

        (await RunClientAsync("docker", "logout", "app.example")).SucceededWithNotes();

        Assert.Contains("erase app.example", await File.ReadAllLinesAsync(Path.Combine(_sandbox.Root, "calls")));
    }

    [ClientFact("terraform", AnyVersion)]
    public async Task Terraform_takes_the_block()
    {
        _sandbox.WriteFile("home/.terraformrc", "disable_checkpoint = true");
        await SetUpAsync("terraform", "token");
        (await _sandbox.RunAsync("link", _sandbox.MakeDirectory("home/.terraform.d/plugins"))).Succeeded();

        Assert.Equal("", (await RunClientAsync("terraform", "version")).SucceededWithNotes().ErrorText);
    }

    [Fact]
    public async Task Claude_Code_s_setting_is_a_command_that_a_shell_runs()
    {
        using var settings = JsonDocument.Parse(await File.ReadAllTextAsync(await SetUpAsync("claude-code", "anthropic")));

        var result = await _sandbox.RunAsync(new Launch("-c", settings.RootElement.GetProperty("apiKeyHelper").GetString()!) { Program = "/bin/sh" });

        result.Failed("AB0401", 4); // The profile was found, and there is no identity here.
    }

    [Fact]
    public async Task Google_s_file_names_a_command_without_a_shell()
    {
        using var file = JsonDocument.Parse(await File.ReadAllTextAsync(await SetUpAsync("google", "google")));
        var words = file.RootElement.GetProperty("credential_source").GetProperty("executable").GetProperty("command").GetString()!.Split(' ');

        var result = await _sandbox.RunAsync(new Launch(words[1..]) { Program = words[0] });

        Assert.Contains("AB0401", result.OutputText, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("aws", "keys")]
    [InlineData("kubernetes", "token")]
    [InlineData("git", "token")]
    [InlineData("docker", "token")]
    [InlineData("terraform", "token")]
    [InlineData("claude-code", "anthropic")]
    [InlineData("google", "google")]
    public async Task What_is_shown_is_what_an_empty_file_would_hold(string client, string profile)
    {
        var shown = (await _sandbox.RunAsync("setup", client, "--profile", profile, "--print")).SucceededWithNotes().OutputText;

        Assert.Equal([Path.Combine(_sandbox.Config, "aotbroker")], Directory.GetFileSystemEntries(_sandbox.Config));
        Assert.Empty(Directory.GetFileSystemEntries(_sandbox.Home));
        Assert.EndsWith(shown, await File.ReadAllTextAsync(await SetUpAsync(client, profile)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Many_at_once_lose_nobody_s_lines()
    {
        const int processes = 20;
        for (var i = 0; i < processes; i++)
        {
            _sandbox.WriteProfile($"keys{i}", Profile(new JsonObject { ["type"] = "aws-sts", ["role_arn"] = "arn:aws:iam::123456789012:role/ci" }));
        }

        var results = await _sandbox.RunTogetherAsync(processes, i => new Launch("setup", "aws", "--profile", $"keys{i}"));

        Assert.All(results, result => Assert.StartsWith("written ", result.SucceededWithNotes().Line, StringComparison.Ordinal));
        var heads = File.ReadAllLines(Path.Combine(_sandbox.Home, ".aws/config")).Where(line => line.StartsWith('['));
        Assert.Equal(Enumerable.Range(0, processes).Select(i => $"[profile keys{i}]").Order(StringComparer.Ordinal), heads.Order(StringComparer.Ordinal));
        Assert.Equal([Path.Combine(_sandbox.Home, ".aws/config")], Directory.GetFiles(Path.Combine(_sandbox.Home, ".aws")));
    }

    [Fact]
    public async Task What_is_somebody_else_s_stays_and_the_lines_are_shown()
    {
        const string theirs = "[profile keys]\ncredential_process = /usr/bin/theirs\n";
        var file = _sandbox.WriteFile("home/.aws/config", theirs);

        var result = await _sandbox.RunAsync("setup", "aws", "--profile", "keys");

        Assert.Equal(7, result.ExitCode);
        Assert.StartsWith("[profile keys]\ncredential_process = ", result.OutputText, StringComparison.Ordinal);
        Assert.StartsWith($"aotbroker: error[AB0714]: {file} was left as it is: its line 2", result.ErrorText, StringComparison.Ordinal);
        Assert.Equal(theirs, await File.ReadAllTextAsync(file));
    }

    [Fact]
    public async Task A_name_that_was_begun_or_is_empty_is_told()
    {
        (await _sandbox.RunAsync("setup", "claude")).Failed("AB0201", 2).Says("did you mean `claude-code`?");
        (await _sandbox.RunAsync("setup", "aws", "--profile", "keys", "--file", "")).Failed("AB0201", 2);
        (await _sandbox.RunAsync("keep", "--publish", "")).Failed("AB0201", 2);
    }

    [Fact]
    public async Task A_slip_in_the_client_s_name_is_told() => (await _sandbox.RunAsync("setup", "kubernets")).Failed("AB0201", 2).Says("did you mean `kubernetes`?").Says("claude-code");

    public void Dispose()
    {
        Silence.Check(_sandbox);
        _sandbox.Dispose();
    }
}
