namespace AotBroker.EndToEnd.Tests;

/// <summary>Where the cache directory cannot be used, the caller still gets its credential, with a warning.</summary>
public sealed class UnusableCacheTests : BrokerTest
{
    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        UseGitHubVariables();
    }

    [Fact]
    public async Task A_directory_that_cannot_be_made_is_a_warning_and_the_next_place_is_shared()
    {
        Sandbox.Environment["AOTBROKER_CACHE_DIR"] = "/dev/null/cache";

        await SharesAsync("/dev/null/cache (from AOTBROKER_CACHE_DIR) cannot be used");
    }

    [Fact]
    public async Task A_file_in_its_place_is_a_warning()
    {
        Sandbox.WriteFile("cache", "a file");

        await SharesAsync("it is a link, or not a directory");

        Assert.Equal("a file", await File.ReadAllTextAsync(Sandbox.Cache));
    }

    [Fact]
    public async Task A_link_in_its_place_is_a_warning_and_nothing_is_written_behind_it()
    {
        var target = Sandbox.MakeDirectory("elsewhere");
        Directory.CreateSymbolicLink(Sandbox.Cache, target);

        await SharesAsync("it is a link, or not a directory");

        Assert.Empty(Directory.GetFileSystemEntries(target));
    }

    [RootFact]
    public async Task A_full_disk_is_a_warning()
    {
        Sandbox.MakeDirectory("cache");
        var result = await Sandbox.RunAsync(new Launch(
            "--mount",
            "/bin/sh",
            "-c",
            "mount -t tmpfs -o size=64k,mode=0700 none \"$AOTBROKER_CACHE_DIR\" && { cat /dev/zero >\"$AOTBROKER_CACHE_DIR/filled\" 2>/dev/null; exec \"$0\" get; }",
            PublishedBinary.Path)
        { Program = "unshare" });

        result.SucceededWith("AB0704").Says("No space left on device");
        Assert.NotNull(Endpoint.Grants.Find(result.Line));
    }

    [Fact]
    public async Task Exec_publishes_in_the_next_place_too()
    {
        Sandbox.Environment["AOTBROKER_CACHE_DIR"] = "/dev/null/cache";

        var result = await Sandbox.RunAsync("exec", "--", "/bin/sh", "-c", "stat -c %a \"$ANTHROPIC_CONFIG_DIR\" \"$ANTHROPIC_CONFIG_DIR\"/*/environment.json; rm -r \"$ANTHROPIC_CONFIG_DIR\"");

        result.SucceededWith("AB0701");
        Assert.Equal("700\n600\n600\n600\n", result.OutputText);
        Assert.Empty(Directory.GetFileSystemEntries(Sandbox.Temporary));
        Assert.Empty(Directory.GetFileSystemEntries(Path.Combine(Sandbox.Home, ".cache/aotbroker/exec")));
    }

    private async Task SharesAsync(string reason)
    {
        var first = await Sandbox.RunAsync("get");
        first.SucceededWith("AB0701").Says(reason).Says(" is used instead").Says("aotbroker: hint: ");
        Assert.NotNull(Endpoint.Grants.Find(first.Line));

        Assert.Equal(first.Line, (await Sandbox.RunAsync("get")).Succeeded().Line);

        Assert.Equal(1, Endpoint.Events.GrantedExchanges);
        (await Sandbox.RunAsync("status")).SucceededWith("AB0701").Says(reason);
    }
}
