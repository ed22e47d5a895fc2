using System.Text.Json;

namespace AotBroker.EndToEnd.Tests;

/// <summary>
/// The process that exchanges is killed between the request and the answer (invariant 4): the token is spent, and nobody
/// knows what came of it (invariant 1).
/// </summary>
[Collection(Bursts.Name)]
public sealed class KilledLeaderTests : BrokerTest
{
    private const int Followers = 10;

    [Fact]
    public async Task With_a_source_that_mints_all_followers_succeed_with_one_further_exchange()
    {
        UseGitHubVariables();

        var results = await FollowAKilledLeaderAsync();

        Assert.Single(results.Select(result => result.SucceededWithNotes().Line).Distinct());
        Assert.Equal(2, Endpoint.Events.GrantedExchanges);
        Assert.Equal(2, Endpoint.Events.Presentations);
        Assert.Equal(2, Endpoint.Events.At(EndpointPaths.GitHub).Count);
        Assert.DoesNotContain(Endpoint.Events.Snapshot(), one => one.Reason == Reasons.JtiReused);
    }

    [Fact]
    public async Task With_a_file_the_token_is_presented_once_more_and_never_a_third_time()
    {
        UseFederationVariables();

        var results = await FollowAKilledLeaderAsync();

        Assert.All(results, result => Assert.Equal(5, result.ExitCode));
        Assert.All(results, result => result.Says("error[AB0501]"));
        var second = Assert.Single(results, result => result.ErrorText.Contains("warning[AB0707]", StringComparison.Ordinal));
        second.Says("is presented a second time").Says("most likely it was spent then");
        Assert.Equal(2, Endpoint.Events.Presentations);

        // Forgetting the refusal does not make the token unspent.
        (await Sandbox.RunAsync("clear")).Succeeded();
        (await Sandbox.RunAsync("get")).Failed("AB0408", 4);
        Assert.Equal(2, Endpoint.Events.Presentations);
    }

    [Fact]
    public async Task With_a_file_that_was_rotated_meanwhile_the_new_token_is_presented()
    {
        UseFederationVariables();
        var leader = await HoldALeaderAsync();
        var follower = Sandbox.Start("get", "--verbose");
        await follower.WaitForErrorAsync("waiting for it");
        NewIdentityFile();
        leader.Signal(Posix.SignalKill);

        Assert.NotNull(Endpoint.Grants.Find((await follower.WaitAsync()).SucceededWithNotes().Line));
        Assert.Equal(2, Endpoint.Events.Presentations);
        Assert.DoesNotContain(Endpoint.Events.Snapshot(), one => one.Reason == Reasons.JtiReused);
        Assert.DoesNotContain("AB0707", follower.Result!.ErrorText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_a_killed_process_may_have_left_half_written_is_gone_after_the_next_write()
    {
        UseFederationVariables();
        (await Sandbox.RunAsync("get")).Succeeded();
        var record = Path.GetFileName(Sandbox.RecordFile);
        foreach (var name in new[] { Path.GetFileName(Sandbox.EntryFile), record, $"{record}.4711-1", $"{record}.again.4711-1" })
        {
            // Long enough ago that no process is still at it.
            File.SetLastWriteTimeUtc(Sandbox.WriteFile($"cache/{name}.tmp", "{\"half\":"), DateTime.UtcNow.AddMinutes(-5));
        }

        File.Delete(Path.Combine(Sandbox.Cache, "swept")); // An hour later.
        NewIdentityFile();
        var token = (await Sandbox.RunAsync("get", "--force-refresh")).Succeeded().Line;

        Assert.Empty(Directory.GetFiles(Sandbox.Cache, "*.tmp"));
        Assert.Equal(token, (await Sandbox.RunAsync("get")).Succeeded().Line);
        using var entry = JsonDocument.Parse(await File.ReadAllBytesAsync(Sandbox.EntryFile));
        Assert.Equal(token, entry.RootElement.GetProperty("access_token").GetString());
    }

    [Fact]
    public async Task An_old_entry_outlives_a_leader_that_was_killed_while_renewing_it()
    {
        UseGitHubVariables();
        var token = (await Sandbox.RunAsync("get")).Succeeded().Line;
        var before = await File.ReadAllBytesAsync(Sandbox.EntryFile);
        var leader = await HoldALeaderAsync("--force-refresh");
        leader.Signal(Posix.SignalKill);
        await leader.WaitAsync();

        Assert.Equal(before, await File.ReadAllBytesAsync(Sandbox.EntryFile));
        Assert.Equal(token, (await Sandbox.RunAsync("get")).Succeeded().Line);
        Assert.Empty(Directory.GetFiles(Sandbox.Cache, "*.tmp"));
    }

    private async Task<ProcessResult[]> FollowAKilledLeaderAsync()
    {
        var leader = await HoldALeaderAsync();
        var followers = Enumerable.Range(0, Followers).Select(_ => Sandbox.Start("get")).ToArray();
        var witness = Sandbox.Start("get", "--verbose");
        await witness.WaitForErrorAsync("waiting for it");

        leader.Signal(Posix.SignalKill);

        Assert.Equal(128 + Posix.SignalKill, (await leader.WaitAsync()).ExitCode);
        _ = await witness.WaitAsync();
        var results = await Task.WhenAll(followers.Append(witness).Select(process => process.WaitAsync()));
        Assert.Empty(Directory.GetFiles(Sandbox.Cache, "*.tmp"));
        return results;
    }

    /// <summary>A process whose token the endpoint has taken, and which waits for the answer.</summary>
    private async Task<BrokerProcess> HoldALeaderAsync(params string[] options)
    {
        var already = Endpoint.Events.Presentations;
        Endpoint.Faults.Add(Fault.Hold());
        var leader = Sandbox.Start(["get", .. options]);
        await Endpoint.Events.WaitForAsync(one => one.Spent && Endpoint.Events.Presentations > already);
        return leader;
    }
}
