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
    public async Task A_directory_that_cannot_be_made_is_a_warning()
    {
        // Not even root makes a directory there.
        Sandbox.Environment["AOTBROKER_CACHE_DIR"] = "/sys/aotbroker/cache";

        await StillGetsItsCredentialAsync("/sys/aotbroker/cache (from AOTBROKER_CACHE_DIR) cannot be used");
    }

    [Fact]
    public async Task A_file_in_its_place_is_a_warning()
    {
        Sandbox.WriteFile("cache", "a file");

        await StillGetsItsCredentialAsync("it is a link, or not a directory");

        Assert.Equal("a file", await File.ReadAllTextAsync(Sandbox.Cache));
    }

    [Fact]
    public async Task A_link_in_its_place_is_a_warning_and_nothing_is_written_behind_it()
    {
        var target = Sandbox.MakeDirectory("elsewhere");
        Directory.CreateSymbolicLink(Sandbox.Cache, target);

        await StillGetsItsCredentialAsync("it is a link, or not a directory");

        Assert.Empty(Directory.GetFileSystemEntries(target));
    }

    [Theory]
    [InlineData(UnixFileMode.GroupExecute, "0710")]
    [InlineData(UnixFileMode.OtherRead | UnixFileMode.OtherExecute, "0705")]
    public async Task A_directory_that_is_open_to_others_is_a_warning_with_its_cure(UnixFileMode others, string mode)
    {
        Directory.CreateDirectory(Sandbox.Cache, (UnixFileMode)0b111_000_000 | others);

        await StillGetsItsCredentialAsync($"its mode is {mode}, open to others");

        Assert.Contains($"chmod 0700 {Sandbox.Cache}", Sandbox.Processes[0].Result!.ErrorText, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(Sandbox.Cache));
    }

    [RootFact]
    public async Task A_directory_of_another_user_is_a_warning()
    {
        Directory.CreateDirectory(Sandbox.Cache, (UnixFileMode)0b111_000_000);
        (await Sandbox.RunAsync(new Launch("65534", Sandbox.Cache) { Program = "/bin/chown" })).Succeeded();

        var result = await Sandbox.RunAsync("get");

        result.SucceededWith("AB0701").Says("it belongs to user 65534");
        Assert.NotNull(Endpoint.Grants.Find(result.Line));
    }

    [RootFact]
    public async Task A_full_disk_is_a_warning()
    {
        Sandbox.MakeDirectory("cache");
        var result = await Sandbox.RunAsync(new Launch(
            "--mount",
            "/bin/sh",
            "-c",
            "mount -t tmpfs -o size=4k,mode=0700 none \"$AOTBROKER_CACHE_DIR\" && exec \"$0\" get",
            PublishedBinary.Path)
        { Program = "unshare" });

        result.SucceededWith("AB0704").Says("No space left on device");
        Assert.NotNull(Endpoint.Grants.Find(result.Line));
    }

    [Fact]
    public async Task Exec_publishes_without_a_cache_too()
    {
        Sandbox.Environment["AOTBROKER_CACHE_DIR"] = "/sys/aotbroker/cache";

        var result = await Sandbox.RunAsync("exec", "--", "/bin/sh", "-c", "stat -c %a \"$ANTHROPIC_CONFIG_DIR\" \"$ANTHROPIC_CONFIG_DIR\"/*/environment.json; rm -r \"$ANTHROPIC_CONFIG_DIR\"");

        result.SucceededWith("AB0701");
        Assert.Equal("700\n600\n600\n600\n", result.OutputText);
        // The directory of this user's stays, so that nobody else takes its name; nothing is in it.
        var own = Assert.Single(Directory.GetFileSystemEntries(Sandbox.Temporary));
        Assert.Equal(Path.Combine(own, "exec"), Assert.Single(Directory.GetFileSystemEntries(own, "*", SearchOption.AllDirectories)));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(own));
    }

    [Fact]
    public async Task What_a_killed_exec_left_in_the_temporary_directory_is_swept_by_the_next()
    {
        Sandbox.Environment["AOTBROKER_CACHE_DIR"] = "/sys/aotbroker/cache";
        var left = (await Sandbox.RunAsync("exec", "--no-refresh", "--", "/bin/sh", "-c", "echo \"$ANTHROPIC_CONFIG_DIR\"")).SucceededWith("AB0701").Line;
        Assert.True(Directory.Exists(left));
        Sandbox.NewIdentityFile(Endpoint);

        (await Sandbox.RunAsync("exec", "--no-refresh", "--", "/bin/true")).SucceededWith("AB0701");

        Assert.False(Directory.Exists(left));
    }

    private async Task StillGetsItsCredentialAsync(string reason)
    {
        for (var exchanges = 1; exchanges <= 2; exchanges++)
        {
            var result = await Sandbox.RunAsync("get");
            result.SucceededWith("AB0701").Says(reason).Says("aotbroker: hint: ");
            Assert.NotNull(Endpoint.Grants.Find(result.Line));
            Assert.Equal(exchanges, Endpoint.Events.GrantedExchanges);
        }
    }
}
