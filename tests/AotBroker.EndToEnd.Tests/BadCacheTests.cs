using System.Text.Json.Nodes;

namespace AotBroker.EndToEnd.Tests;

/// <summary>A cache entry that must not be believed is never served (invariants 3 and 7): it is told, and replaced.</summary>
public sealed class BadCacheTests : BrokerTest
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private string _entry = "";
    private string _token = "";

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        UseGitHubVariables();
        _token = (await Sandbox.RunAsync("get")).Succeeded().Line;
        _entry = Sandbox.EntryFile;
    }

    [Theory]
    [InlineData("empty", "it is damaged")]
    [InlineData("truncated", "it is damaged")]
    [InlineData("foreign", "it is damaged")]
    [InlineData("oversized", "it is larger than")]
    [InlineData("of another configuration", "it was obtained for another configuration")]
    [InlineData("from the future", "its times are impossible")]
    [InlineData("expired before it was issued", "its times are impossible")]
    public async Task An_entry_with_a_bad_content_is_replaced(string what, string reason)
    {
        await File.WriteAllTextAsync(_entry, Spoil(what, await File.ReadAllTextAsync(_entry)));

        await IsReplacedAsync(reason);
    }

    [Theory]
    [InlineData(UnixFileMode.GroupRead, "0640")]
    [InlineData(UnixFileMode.OtherRead, "0604")]
    [InlineData(UnixFileMode.GroupWrite, "0620")]
    [InlineData(UnixFileMode.OtherExecute, "0601")]
    public async Task An_entry_that_is_open_to_others_is_replaced(UnixFileMode others, string mode)
    {
        File.SetUnixFileMode(_entry, OwnerOnly | others);

        await IsReplacedAsync($"its mode is {mode}, open to others");
    }

    [Fact]
    public async Task An_entry_that_is_a_link_is_replaced_and_what_it_leads_to_is_left_alone()
    {
        var target = Path.Combine(Sandbox.Cache, "target-" + new string('0', 32) + ".json");
        File.Move(_entry, target);
        var content = await File.ReadAllBytesAsync(target);
        File.CreateSymbolicLink(_entry, target);

        await IsReplacedAsync("it is a link");

        Assert.Equal(content, await File.ReadAllBytesAsync(target));
        Assert.Null(new FileInfo(_entry).LinkTarget);
    }

    [Fact]
    public async Task An_entry_that_is_a_FIFO_is_replaced_and_never_waited_for()
    {
        File.Delete(_entry);
        Posix.MakeFifo(_entry);

        await IsReplacedAsync("it is not a regular file");
    }

    [RootFact]
    public async Task An_entry_of_another_user_is_replaced()
    {
        (await Sandbox.RunAsync(new Launch("65534", _entry) { Program = "/bin/chown" })).Succeeded();

        await IsReplacedAsync("it belongs to user 65534");
    }

    [Fact]
    public async Task An_entry_that_is_a_directory_is_left_and_the_caller_gets_a_credential_all_the_same()
    {
        File.Delete(_entry);
        Directory.CreateDirectory(_entry);

        var result = (await Sandbox.RunAsync("get")).SucceededWith("AB0703").Says("it is a directory").Says("warning[AB0704]").Says("could not be stored");

        Assert.NotNull(Endpoint.Grants.Find(result.Line));
        Assert.True(Directory.Exists(_entry));
        Assert.Empty(Directory.GetFiles(Sandbox.Cache, "*.tmp"));
    }

    [Fact]
    public async Task A_temporary_name_that_is_a_link_is_removed_and_not_followed()
    {
        var victim = Sandbox.WriteFile("victim", "untouched");
        File.CreateSymbolicLink(_entry + ".tmp", victim);

        (await Sandbox.RunAsync("get", "--force-refresh")).Succeeded();

        Assert.Equal("untouched", await File.ReadAllTextAsync(victim));
        Assert.False(File.Exists(_entry + ".tmp"));
    }

    [Fact]
    public async Task A_lock_that_is_a_link_is_not_followed_and_the_caller_gets_a_credential_all_the_same()
    {
        var victim = Sandbox.WriteFile("victim", "untouched");
        var path = Path.ChangeExtension(_entry, ".lock");
        File.Delete(path);
        File.CreateSymbolicLink(path, victim);

        (await Sandbox.RunAsync("get", "--force-refresh")).SucceededWith("AB0701").Says(path);

        Assert.Equal("untouched", await File.ReadAllTextAsync(victim));
    }

    [Fact]
    public async Task A_damaged_record_of_presented_tokens_does_not_keep_anybody_from_a_credential()
    {
        UseOneToken();
        (await Sandbox.RunAsync("get")).Succeeded();
        var identity = Endpoint.Issuer.Mint();
        Sandbox.WriteIdentity(identity);
        Sandbox.WriteFile(Path.Combine("cache", Path.GetFileName(Sandbox.RecordOf(identity))), "{\"version\":1,\"digest\":");

        var token = (await Sandbox.RunAsync("get", "--force-refresh")).SucceededWith("AB0707").Says("the record of its first presentation cannot be read").Line;

        Assert.NotEqual(_token, token);
        Assert.NotNull(Endpoint.Grants.Find(token));
    }

    /// <summary>Two versions of the broker in one job: neither takes the other's credential away.</summary>
    [Fact]
    public async Task An_entry_of_a_newer_version_is_left_alone_and_the_caller_gets_a_credential_all_the_same()
    {
        var newer = await AgeAsync();

        var result = (await Sandbox.RunAsync("get")).SucceededWith("AB0703").Says("a newer version of the broker wrote it").Says("warning[AB0704]");

        Assert.NotNull(Endpoint.Grants.Find(result.Line));
        Assert.Equal(newer, await File.ReadAllTextAsync(_entry));
    }

    [Fact]
    public async Task A_token_that_a_newer_version_may_have_presented_is_not_presented()
    {
        // Invariant 1: what it keeps elsewhere is not known here.
        UseOneToken();
        (await Sandbox.RunAsync("get")).Succeeded();
        _entry = Sandbox.EntryFiles.Single(path => path != _entry);
        var newer = await AgeAsync();
        NewIdentityFile();
        var presented = Endpoint.Events.Presentations;

        (await Sandbox.RunAsync("get")).Failed("AB0408", 4).Says("a newer version of the broker keeps");

        Assert.Equal(presented, Endpoint.Events.Presentations);
        Assert.Equal(newer, await File.ReadAllTextAsync(_entry));
    }

    /// <summary>In a file, and no service that mints another one.</summary>
    private void UseOneToken()
    {
        UseFederationVariables();
        Sandbox.Environment.Remove("ACTIONS_ID_TOKEN_REQUEST_URL");
        Sandbox.Environment.Remove("ACTIONS_ID_TOKEN_REQUEST_TOKEN");
    }

    private async Task<string> AgeAsync()
    {
        var entry = JsonNode.Parse(await File.ReadAllTextAsync(_entry))!;
        entry["version"] = 2;
        var newer = entry.ToJsonString();
        await File.WriteAllTextAsync(_entry, newer);
        return newer;
    }

    private async Task IsReplacedAsync(string reason)
    {
        var result = (await Sandbox.RunAsync("get")).SucceededWith("AB0703").Says(_entry).Says(reason);

        Assert.NotEqual(_token, result.Line);
        Assert.NotNull(Endpoint.Grants.Find(result.Line));
        Assert.Equal(2, Endpoint.Events.GrantedExchanges);
        Assert.Equal(OwnerOnly, File.GetUnixFileMode(_entry));
        Assert.Equal(result.Line, (await Sandbox.RunAsync("get")).Succeeded().Line);
        Assert.Equal(2, Endpoint.Events.GrantedExchanges);
    }

    private static string Spoil(string what, string content)
    {
        var entry = JsonNode.Parse(content)!.AsObject();
        switch (what)
        {
            case "empty":
                return "";
            case "truncated":
                return content[..(content.Length / 2)];
            case "foreign":
                return "{\"hello\":\"world\"}";
            case "oversized":
                return content + new string(' ', 1_100_000);
            case "of another configuration":
                entry["key"] = entry["key"]!.GetValue<string>().Replace("fdrl_01", "fdrl_02", StringComparison.Ordinal);
                break;
            case "from the future":
                entry["issued_at"] = DateTimeOffset.UtcNow.AddHours(1).ToUnixTimeSeconds();
                entry["expires_at"] = DateTimeOffset.UtcNow.AddHours(2).ToUnixTimeSeconds();
                break;
            case "expired before it was issued":
                entry["expires_at"] = entry["issued_at"]!.GetValue<long>() - 1;
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(what), what, null);
        }

        return entry.ToJsonString();
    }
}
