using System.Text.Json.Nodes;

namespace AotBroker.EndToEnd.Tests;

/// <summary>A person's login: one refresh for all, whoever else writes the file, and nothing that was rotated is lost.</summary>
[Collection(Bursts.Name)]
public sealed class LoginTests : LoginTest
{
    private const int Many = 50;

    [Fact]
    public async Task Fifty_processes_at_once_present_the_refresh_token_once()
    {
        var results = await Sandbox.RunTogetherAsync(Many, _ => new Launch("get"));

        var token = Assert.Single(results.Select(result => result.Succeeded().Line).Distinct());
        Assert.NotNull(Endpoint.Grants.Find(token));
        Assert.Equal(token, AccessToken(ReadLogin()));
        Assert.Equal("kept", ReadLogin()["a_newer_member"]!.GetValue<string>());
        Assert.Equal(1, Endpoint.Events.Refreshes);
    }

    [Fact]
    public async Task Fifty_processes_of_two_profiles_that_share_the_file_do_so_too()
    {
        WriteProfile("second", LoginFile);

        var results = await Sandbox.RunTogetherAsync(Many, i => new Launch("get", "--profile", i % 2 == 0 ? "default" : "second"));

        Assert.Single(results.Select(result => result.Succeeded().Line).Distinct());
        Assert.Equal(1, Endpoint.Events.Refreshes);
    }

    [Fact]
    public async Task Processes_that_use_different_caches_do_so_too()
    {
        File.SetUnixFileMode(Path.GetDirectoryName(LoginFile)!, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);

        var results = await Sandbox.RunTogetherAsync(10, i => new Launch("get")
        {
            Variables = new Dictionary<string, string?> { ["AOTBROKER_CACHE_DIR"] = Path.Combine(Sandbox.Root, $"cache-{i % 5}") },
        });

        Assert.Single(results.Select(result => result.Succeeded().Line).Distinct());
        Assert.Equal(1, Endpoint.Events.Refreshes);
    }

    [Fact]
    public async Task Twenty_forced_refreshes_at_once_make_one()
    {
        var login = WriteLogin(3000);
        Endpoint.Faults.Add(Fault.Hold());

        var processes = Enumerable.Range(0, 20).Select(_ => Sandbox.Start("get", "--force-refresh", "--verbose")).ToArray();
        await Task.WhenAll(processes.Select(process => process.WaitForErrorAsync("presenting the refresh token", "waiting for it")));
        await Endpoint.Events.WaitForAsync(_ => Endpoint.Events.Refreshes == 1);
        Endpoint.Faults.ReleaseHeld();
        var results = await Task.WhenAll(processes.Select(process => process.WaitAsync()));

        Assert.NotEqual(AccessToken(login), Assert.Single(results.Select(result => result.SucceededWithNotes().Line).Distinct()));
        Assert.Equal(1, Endpoint.Events.Refreshes);
    }

    [Theory]
    [InlineData("token")]
    [InlineData("json")]
    [InlineData("header")]
    [InlineData("env")]
    [InlineData("anthropic")]
    public async Task Every_format_has_the_access_token_and_never_the_refresh_token(string format)
    {
        var output = (await Sandbox.RunAsync("get", "--format", format)).Succeeded().OutputText;

        Assert.Contains(AccessToken(ReadLogin()), output, StringComparison.Ordinal);
        Assert.DoesNotContain("ort01", output, StringComparison.Ordinal);
        Assert.DoesNotContain("refresh", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_minimum_life_that_is_never_granted_is_told_and_does_not_spend_a_refresh_token_each_time()
    {
        var first = (await Sandbox.RunAsync("get", "--min-ttl", "100000")).SucceededWith("AB0803").Line;
        var second = (await Sandbox.RunAsync("get", "--min-ttl", "100000")).SucceededWith("AB0803").Says("ask for less").Line;

        Assert.Equal(first, second);
        Assert.Equal(1, Endpoint.Events.Refreshes);
    }

    [Fact]
    public async Task When_the_leader_is_killed_after_the_token_was_spent_one_follower_asks_and_all_are_told()
    {
        Endpoint.Faults.Add(Fault.Hold());
        var leader = Sandbox.Start("get");
        await Endpoint.Events.WaitForAsync(one => one.Spent);
        var followers = Enumerable.Range(0, 10).Select(_ => Sandbox.Start("get", "--verbose")).ToArray();
        await Task.WhenAll(followers.Select(process => process.WaitForErrorAsync("waiting for it")));

        leader.Signal(Posix.SignalKill);

        await leader.WaitAsync();
        var results = await Task.WhenAll(followers.Select(process => process.WaitAsync()));
        Assert.All(results, result => Assert.Equal(4, result.ExitCode));
        Assert.All(results, result => result.Says("error[AB0423]").Says("log in again"));
        Assert.Equal(2, Endpoint.Events.Refreshes);

        WriteLogin();
        (await Sandbox.RunAsync("get")).Succeeded();
    }

    [Fact]
    public async Task When_the_leader_is_killed_before_the_token_was_spent_another_one_refreshes()
    {
        Endpoint.Faults.Add(Fault.Hang());
        var leader = Sandbox.Start("get");
        await Endpoint.Events.WaitForAsync(_ => Endpoint.Events.Refreshes == 1);
        var follower = Sandbox.Start("get", "--verbose");
        await follower.WaitForErrorAsync("waiting for it");

        leader.Signal(Posix.SignalKill);

        await leader.WaitAsync();
        var token = (await follower.WaitAsync()).SucceededWithNotes().Line;
        Assert.Equal(AccessToken(ReadLogin()), token);
        Assert.Equal(2, Endpoint.Events.Refreshes);
    }

    [Fact]
    public async Task A_new_login_at_the_same_time_is_not_overwritten_with_what_the_old_one_was_granted()
    {
        Endpoint.Faults.Add(Fault.Hold());
        var broker = Sandbox.Start("get");
        await Endpoint.Events.WaitForAsync(one => one.Spent);
        var other = WriteLogin(3000);
        Endpoint.Faults.ReleaseHeld();

        Assert.NotNull(Endpoint.Grants.Find((await broker.WaitAsync()).Succeeded().Line));
        Assert.Equal(other.ToJsonString(), ReadLogin().ToJsonString());
        Assert.Equal(AccessToken(other), (await Sandbox.RunAsync("get")).Succeeded().Line);
    }

    [Fact]
    public async Task A_program_that_rewrites_the_file_without_a_lock_and_fifty_processes_lose_no_login()
    {
        // It was quicker: it has spent the token that the processes read, and stores the next one while they ask.
        WriteLogin(refreshToken: "sk-ant-ort01-" + new string('s', 80));
        Endpoint.Faults.Add(Fault.Hold());
        var running = Sandbox.RunTogetherAsync(Many, _ => new Launch("get"));
        await Endpoint.Events.WaitForAsync(_ => Endpoint.Events.Refreshes == 1);
        WriteLogin();
        Endpoint.Faults.ReleaseHeld();

        var results = await running;

        Assert.Equal(AccessToken(ReadLogin()), Assert.Single(results.Select(result => result.Succeeded().Line).Distinct()));
        Assert.Equal(2, Endpoint.Events.Refreshes);
        Assert.Equal(1, Endpoint.Events.GrantedExchanges);
    }

    [Fact]
    public async Task A_dead_login_is_told_to_fifty_with_one_request()
    {
        WriteLogin(refreshToken: "sk-ant-ort01-" + new string('d', 80));

        var results = await Sandbox.RunTogetherAsync(Many, _ => new Launch("get"));

        Assert.All(results, result => result.Failed("AB0423", 4));
        Assert.Equal(1, Endpoint.Events.Refreshes);
    }

    [RootFact]
    public async Task On_a_read_only_file_system_the_new_refresh_token_is_kept_until_it_can_be_written()
    {
        var login = ReadLogin();
        var directory = Path.GetDirectoryName(LoginFile)!;
        var readOnly = new Launch("--mount", "/bin/sh", "-c", $"mount --bind '{directory}' '{directory}' && mount -o remount,ro,bind '{directory}' && exec \"$0\" get", PublishedBinary.Path) { Program = "unshare" };

        var told = (await Sandbox.RunAsync(readOnly)).SucceededWith("AB0711").Says("Read-only file system");
        var rescue = Assert.Single(CacheFiles(".rescue.json"));
        Sandbox.SecretFiles.Add(rescue);
        told.Says(rescue);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(rescue));
        Assert.Equal(login.ToJsonString(), ReadLogin().ToJsonString());
        Assert.Equal(told.Line, (await Sandbox.RunAsync(readOnly)).SucceededWith("AB0711").Line);

        // It can be written again: all are served what was kept, and the file gets it.
        var results = await Sandbox.RunTogetherAsync(10, _ => new Launch("get"));

        Assert.Equal(told.Line, Assert.Single(results.Select(result => result.Succeeded().Line).Distinct()));
        Assert.Equal(told.Line, AccessToken(ReadLogin()));
        Assert.Empty(CacheFiles(".rescue.json"));
        Assert.Equal(1, Endpoint.Events.Refreshes);
        (await Sandbox.RunAsync("get", "--force-refresh")).Succeeded();
        Assert.Equal(2, Endpoint.Events.GrantedExchanges);
    }

    [Fact]
    public async Task Clear_forgets_the_failure_and_leaves_the_login()
    {
        WriteLogin(refreshToken: "sk-ant-ort01-" + new string('d', 80));
        (await Sandbox.RunAsync("get")).Failed("AB0423", 4);
        Assert.NotEmpty(CacheFiles(".refusal.json"));
        var login = ReadLogin();

        var cleared = (await Sandbox.RunAsync("clear")).Succeeded().Line;

        Assert.EndsWith($"; the login in {LoginFile} stays", cleared, StringComparison.Ordinal);
        Assert.Empty(CacheFiles(".refusal.json"));
        Assert.Equal(login.ToJsonString(), ReadLogin().ToJsonString());
        (await Sandbox.RunAsync("get")).Failed("AB0423", 4);
        Assert.Equal(2, Endpoint.Events.Refreshes);
        (await Sandbox.RunAsync("clear", "--all")).Succeeded();
        Assert.Empty(CacheFiles(".refusal.json"));
        Assert.Equal(login.ToJsonString(), ReadLogin().ToJsonString());
    }

    [StraceFact]
    public async Task A_fresh_login_is_served_without_a_lock_and_without_a_socket()
    {
        WriteLogin(3000);
        var trace = Path.Combine(Sandbox.Root, "trace");

        (await Sandbox.RunAsync(new Launch("-f", "-o", trace, PublishedBinary.Path, "get") { Program = "strace" })).Succeeded();

        var calls = await File.ReadAllTextAsync(trace);
        Assert.Contains("credentials/default.json", calls, StringComparison.Ordinal);
        Assert.DoesNotContain("flock(", calls, StringComparison.Ordinal);
        Assert.DoesNotContain("socket(", calls, StringComparison.Ordinal);
        Assert.DoesNotContain("rename(", calls, StringComparison.Ordinal);
        File.Delete(trace);
    }
}
