namespace AotBroker.EndToEnd.Tests;

/// <summary>`clear` forgets credentials and failures; a presented token stays presented (invariant 1).</summary>
public sealed class ClearTests : BrokerTest
{
    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        Sandbox.WriteProfile("first", NewProfile());
        var second = NewProfile();
        second["identity"]!["path"] = NewIdentityFile(name: "identity/second");
        second["exchange"]!["workspace_id"] = Endpoint.Rule.Workspaces[0];
        Sandbox.WriteProfile("second", second);
        (await Sandbox.RunAsync("get", "--profile", "first")).Succeeded();
        (await Sandbox.RunAsync("get", "--profile", "second")).Succeeded();
    }

    [Fact]
    public async Task A_profile_is_cleared_and_no_other()
    {
        Assert.Equal($"cleared 1 credential of profile first from {Sandbox.Cache}", (await Sandbox.RunAsync("clear", "--profile", "first")).Succeeded().Line);

        Assert.Contains(Endpoint.Rule.Workspaces[0], await File.ReadAllTextAsync(Sandbox.EntryFile), StringComparison.Ordinal);
        (await Sandbox.RunAsync("get", "--profile", "second")).Succeeded();
        Assert.Equal(2, Endpoint.Events.Presentations);
    }

    [Fact]
    public async Task All_are_cleared_and_locks_and_records_stay()
    {
        var kept = Directory.GetFiles(Sandbox.Cache).Except(Sandbox.EntryFiles).Order().ToArray();

        Assert.Equal($"cleared 2 credentials from {Sandbox.Cache}", (await Sandbox.RunAsync("clear", "--all")).Succeeded().Line);

        Assert.Equal(kept, Directory.GetFiles(Sandbox.Cache).Order());
        Assert.Equal($"cleared 0 credentials from {Sandbox.Cache}", (await Sandbox.RunAsync("clear", "--all")).Succeeded().Line);
    }

    [Fact]
    public async Task A_token_that_was_presented_is_not_presented_again_after_it()
    {
        (await Sandbox.RunAsync("clear", "--all")).Succeeded();

        (await Sandbox.RunAsync("get", "--profile", "first")).Failed("AB0408", 4)
            .Says($"by process {Sandbox.Processes[0].Id} for profile \"first\", and gave a credential")
            .Says("so does a cleared cache");
        Assert.Equal(2, Endpoint.Events.Presentations);

        NewIdentityFile();
        (await Sandbox.RunAsync("get", "--profile", "first")).Succeeded();
    }

    [Fact]
    public async Task A_remembered_failure_is_forgotten_too()
    {
        UseGitHubVariables();
        Endpoint.Faults.Add(Fault.Status(403));
        (await Sandbox.RunAsync("get")).Failed("AB0503", 5);
        (await Sandbox.RunAsync("get")).Failed("AB0503", 5).Says("retries are held back");

        (await Sandbox.RunAsync("clear")).Succeeded();

        (await Sandbox.RunAsync("get")).Succeeded();
    }

    [Fact]
    public async Task An_empty_or_missing_cache_is_cleared_with_success()
    {
        Sandbox.Environment["AOTBROKER_CACHE_DIR"] = Path.Combine(Sandbox.Root, "none");

        Assert.StartsWith("cleared 0 credentials", (await Sandbox.RunAsync("clear", "--all")).Succeeded().Line, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Path.Combine(Sandbox.Root, "none")));
    }

    [Fact]
    public async Task A_published_profile_outlives_it()
    {
        var result = await Sandbox.RunAsync("exec", "--profile", "first", "--", "/bin/sh", "-c", "\"$0\" clear --all >/dev/null; ls \"$ANTHROPIC_CONFIG_DIR/credentials\"", PublishedBinary.Path);

        Assert.Equal("first.json", result.Succeeded().Line);
    }
}
