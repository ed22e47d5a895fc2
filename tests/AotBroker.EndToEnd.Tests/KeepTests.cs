using System.Net.Sockets;
using System.Text;
using System.Text.Json;

namespace AotBroker.EndToEnd.Tests;

/// <summary>`keep`: a published profile for sandboxes that hold neither the identity nor the means to mint one.</summary>
public sealed class KeepTests : BrokerTest
{
    private const int SignalInterrupt = 2;
    private const int SignalHangUp = 1;

    private string Place => Path.Combine(Sandbox.Root, "sandbox");

    private string CredentialsFile => Path.Combine(Place, "credentials/environment.json");

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        UseGitHubVariables();
    }

    [Theory]
    [InlineData(Posix.SignalTerminate)]
    [InlineData(SignalInterrupt)]
    [InlineData(SignalHangUp)]
    public async Task It_publishes_says_so_and_takes_it_back_when_it_is_told_to_end(int signal)
    {
        var keep = await StartAsync();

        Assert.Equal("environment", (await File.ReadAllTextAsync(Path.Combine(Place, "active_config"))).Trim());
        Assert.Equal((await Sandbox.RunAsync("get", "--format", "anthropic")).Succeeded().OutputText, await File.ReadAllTextAsync(CredentialsFile));
        keep.Signal(signal);
        var result = (await keep.WaitAsync()).Succeeded();

        Assert.Equal($"ready: profile environment is in {Place}, and is kept fresh by process {keep.Id}: ANTHROPIC_CONFIG_DIR={Place} ANTHROPIC_PROFILE=environment", result.Line);
        Assert.False(Directory.Exists(Place));
    }

    [Fact]
    public async Task Nothing_in_it_tells_how_to_get_an_identity()
    {
        var keep = await StartAsync();

        Assert.Equal(
            ["active_config", "configs", "configs/environment.json", "credentials", "credentials/environment.json", "kept.files", "kept.lock"],
            Directory.GetFileSystemEntries(Place, "*", SearchOption.AllDirectories).Select(path => Path.GetRelativePath(Place, path)).Order(StringComparer.Ordinal));
        foreach (var path in Directory.GetFiles(Place, "*", SearchOption.AllDirectories))
        {
            Assert.Equal("600", Convert.ToString((int)File.GetUnixFileMode(path), 8));
            var content = path.EndsWith(".lock", StringComparison.Ordinal) ? "" : await File.ReadAllTextAsync(path);
            Assert.DoesNotContain(Endpoint.GitHubRequestToken, content, StringComparison.Ordinal);
            Assert.DoesNotContain("ACTIONS_ID_TOKEN", content, StringComparison.Ordinal);
        }

        await EndAsync(keep);
    }

    [Fact]
    public async Task The_official_SDK_works_with_nothing_but_the_directory_mounted_elsewhere_and_read_only()
    {
        var keep = await StartAsync();
        var mounted = Sandbox.MakeDirectory("mounted");

        // A copy stands for the mount where the test may not mount.
        var script = Posix.IsRoot
            ? "mount --bind \"$1\" \"$2\" && mount -o remount,bind,ro \"$2\" && exec env -i PATH=\"$PATH\" ANTHROPIC_CONFIG_DIR=\"$2\" \"$3\" \"$4\""
            : "cp -a \"$1/.\" \"$2\" && exec env -i PATH=\"$PATH\" ANTHROPIC_CONFIG_DIR=\"$2\" \"$3\" \"$4\"";
        string[] arguments = ["/bin/sh", "-c", script, "sh", Place, mounted, NodeClient.Node, NodeClient.Script];
        var result = await Sandbox.RunAsync(Posix.IsRoot
            ? new Launch(["--mount", .. arguments]) { Program = "unshare" }
            : new Launch(arguments[1..]) { Program = arguments[0] });

        Assert.Equal("The local endpoint accepted this token.", result.Succeeded().Line);
        Assert.Equal(1, Endpoint.Events.Presentations);
        await EndAsync(keep);
    }

    [Fact]
    public async Task It_renews_and_a_reader_never_finds_a_half_written_file()
    {
        // Until the fourth is there, which lives long.
        Endpoint.Faults.Add(Fault.ExpiresIn(6), times: 3);
        var keep = await StartAsync();

        for (long left = 0; left <= 60;)
        {
            using var credentials = JsonDocument.Parse(await File.ReadAllTextAsync(CredentialsFile));
            left = credentials.RootElement.GetProperty("expires_at").GetInt64() - DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        }

        await EndAsync(keep);
        Assert.Equal((4, 4), (Endpoint.Events.Presentations, Endpoint.Events.GrantedExchanges));
    }

    [Fact]
    public async Task It_ends_with_the_process_that_it_watches()
    {
        var watched = Sandbox.Start(new Launch("-c", "while [ ! -e \"$TMPDIR/end\" ]; do sleep 0.05; done") { Program = "/bin/sh" });
        var keep = await StartAsync("--watch-pid", $"{watched.Id}");

        Sandbox.WriteFile("tmp/end", "");
        await watched.WaitAsync();

        (await keep.WaitAsync()).Succeeded();
        Assert.False(Directory.Exists(Place));
    }

    [Fact]
    public async Task A_process_to_watch_that_is_not_there_is_an_error() =>
        (await Sandbox.RunAsync("keep", "--publish", Place, "--watch-pid", "2147483647")).Failed("AB0201", 2);

    [Fact]
    public async Task Readiness_is_one_JSON_object_if_asked_for()
    {
        var keep = Sandbox.Start("keep", "--publish", Place, "--json", "--profile", WriteProfile());
        await PublishedAsync("some-profile");
        keep.Signal(Posix.SignalTerminate);

        using var ready = JsonDocument.Parse((await keep.WaitAsync()).Succeeded().Line);
        Assert.True(ready.RootElement.GetProperty("ready").GetBoolean());
        Assert.Equal("some-profile", ready.RootElement.GetProperty("profile").GetString());
        Assert.Equal(Place, ready.RootElement.GetProperty("directory").GetString());
        Assert.Equal(Place, ready.RootElement.GetProperty("variables").GetProperty("ANTHROPIC_CONFIG_DIR").GetString());
        Assert.Equal("some-profile", ready.RootElement.GetProperty("variables").GetProperty("ANTHROPIC_PROFILE").GetString());
        Assert.Equal(keep.Id, ready.RootElement.GetProperty("process_id").GetInt32());
        Assert.True(ready.RootElement.GetProperty("expires_at").GetInt64() > DateTimeOffset.UtcNow.ToUnixTimeSeconds());
    }

    [Fact]
    public async Task A_descriptor_is_told_and_closed()
    {
        var result = (await Sandbox.RunScriptAsync("""
            mkfifo "$TMPDIR/ready"
            "$1" keep --publish "$TMPDIR/place" --ready-fd 7 7>"$TMPDIR/ready" >/dev/null &
            cat "$TMPDIR/ready"
            ls "$TMPDIR/place"
            kill $!; wait $!; echo "exit $?"
            """)).Succeeded();

        Assert.Equal("ready\nactive_config\nconfigs\ncredentials\nkept.files\nkept.lock\nexit 0\n", result.OutputText);
    }

    [Theory]
    [InlineData("3", "3>&-")]
    [InlineData("7", "7>&-")]
    [InlineData("9", "9</dev/null")]
    [InlineData("1023", "")]
    [InlineData("2147483647", "")]
    public async Task A_descriptor_that_the_caller_did_not_open_to_be_written_is_an_error_before_anything_is_done(string descriptor, string redirections)
    {
        (await Sandbox.RunAsync(new Launch("keep", "--publish", Place, "--ready-fd", descriptor) { Redirections = redirections })).Failed("AB0201", 2).Says($"--ready-fd {descriptor}");

        Assert.False(Directory.Exists(Place));
        Assert.Empty(Endpoint.Events.Snapshot());
    }

    [Fact]
    public async Task No_number_of_its_own_is_taken_for_the_callers()
    {
        for (var descriptor = 3; descriptor < 32; descriptor++)
        {
            (await Sandbox.RunAsync(new Launch("keep", "--publish", Place, "--ready-fd", $"{descriptor}") { Redirections = $"{descriptor}>&-" })).Failed("AB0201", 2);
        }
    }

    /// <summary>A directory that somebody uses: of what keep would write, something is there that no keeper made.</summary>
    [Theory]
    [InlineData("active_config", "personal\n")]
    [InlineData("active_config", "environment\n")]
    [InlineData("active_config", "")]
    [InlineData("configs/environment.json", "{}")]
    [InlineData("configs/environment.json", "no JSON")]
    [InlineData("credentials/environment.json", "{}")]
    [InlineData("credentials/environment.json", "{\"version\":\"1.0\",\"type\":\"oauth_token\",\"access_token\":\"x\"}")]
    [InlineData("credentials/environment.json", "{\"version\":\"1.0\",\"type\":\"oauth_token\",\"access_token\":\"x\",\"refresh_token\":\"y\"}")]
    [InlineData("configs", "a file")]
    [InlineData("credentials", "a file")]
    [InlineData("kept.files/x", "a directory")]
    [InlineData("active_config/x", "a directory")]
    [InlineData("configs/environment.json/x", "a directory")]
    public async Task A_directory_in_use_is_refused_and_left_as_it_is(string name, string content)
    {
        Sandbox.WriteFile($"sandbox/{name}", content);
        Sandbox.WriteFile("sandbox/credentials.tmp", "mine");
        var before = Content(Place);

        (await Sandbox.RunAsync("keep", "--publish", Place)).Failed("AB0705", 7);

        Assert.Equal(before, Content(Place));
        Assert.Empty(Endpoint.Events.Snapshot());
    }

    [Theory]
    [InlineData("active_config")]
    [InlineData("configs/environment.json")]
    [InlineData("credentials/environment.json")]
    public async Task What_somebody_puts_in_the_place_of_what_was_published_stays(string name)
    {
        var keep = await StartAsync();
        Sandbox.WriteFile($"sandbox/{name}", "{\"mine\":true}");

        await EndAsync(keep);

        Assert.Equal("{\"mine\":true}", await File.ReadAllTextAsync(Path.Combine(Place, name)));
        Assert.Equal(name == "active_config" ? 2 : 3, Directory.GetFileSystemEntries(Place, "*", SearchOption.AllDirectories).Length + (File.Exists(Path.Combine(Place, "kept.lock")) ? 0 : 1));
        (await Sandbox.RunAsync("keep", "--publish", Place)).Failed("AB0705", 7).Says("was not made by a keeper");
    }

    [Fact]
    public async Task After_a_kill_what_somebody_has_changed_since_is_not_taken_over()
    {
        var keep = await StartAsync();
        keep.Signal(Posix.SignalKill);
        await keep.WaitAsync();
        Sandbox.WriteFile("sandbox/active_config", "personal\n");
        var before = Content(Place);

        (await Sandbox.RunAsync("keep", "--publish", Place)).Failed("AB0705", 7).Says("active_config");

        Assert.Equal(before, Content(Place));
    }

    [Fact]
    public async Task Directories_that_were_there_stay_and_so_do_temporary_files_of_others()
    {
        Directory.CreateDirectory(Path.Combine(Place, "configs"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        File.SetUnixFileMode(Place, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        Sandbox.WriteFile("sandbox/active_config.tmp", "mine");
        var before = Content(Place);

        await EndAsync(await StartAsync());

        Assert.Equal(before, Content(Place).Where(static line => !line.StartsWith("kept.lock", StringComparison.Ordinal)));
    }

    private static string[] Content(string directory) =>
    [
        .. Directory.GetFileSystemEntries(directory, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
            .Select(path => $"{Path.GetRelativePath(directory, path)} {(File.Exists(path) ? File.ReadAllText(path) + File.GetLastWriteTimeUtc(path).Ticks : "directory")}"),
    ];

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Systemd_is_told_of_the_beginning_and_the_end(bool isAbstract)
    {
        var address = isAbstract ? "@aotbroker-test-" + Path.GetRandomFileName() : Path.Combine(Sandbox.Root, "notify");
        using Socket socket = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(isAbstract ? "\0" + address[1..] : address));
        Sandbox.Environment["NOTIFY_SOCKET"] = address;

        var keep = Sandbox.Start("keep", "--publish", Place);
        var ready = await ReceiveAsync(socket);
        Assert.True(File.Exists(CredentialsFile));
        await EndAsync(keep);

        Assert.Equal(["READY=1", $"STATUS=profile environment is kept in {Place}"], ready.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.Equal("STOPPING=1\n", await ReceiveAsync(socket));
        if (!isAbstract)
        {
            File.Delete(address);
        }
    }

    [Fact]
    public async Task One_directory_has_one_keeper()
    {
        var keep = await StartAsync();

        (await Sandbox.RunAsync("keep", "--publish", Place)).Failed("AB0705", 7).Says("another process publishes in");

        await EndAsync(keep);
    }

    [Fact]
    public async Task After_a_kill_the_next_one_takes_over()
    {
        var keep = await StartAsync();
        keep.Signal(Posix.SignalKill);
        await keep.WaitAsync();
        Assert.True(File.Exists(CredentialsFile));
        File.Delete(Path.Combine(Place, "active_config")); // By which the test knows that it is published again.

        await EndAsync(await StartAsync());

        Assert.Equal(1, Endpoint.Events.Presentations);
    }

    [Fact]
    public async Task What_else_is_in_the_directory_stays()
    {
        Sandbox.WriteFile("sandbox/configs/other.json", "{}");
        Sandbox.WriteFile("sandbox/notes", "mine");

        await EndAsync(await StartAsync());

        Assert.Equal(
            ["configs", "configs/other.json", "kept.lock", "notes"],
            Directory.GetFileSystemEntries(Place, "*", SearchOption.AllDirectories).Select(path => Path.GetRelativePath(Place, path)).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("ln -s \"$TMPDIR\" \"$1\"", "it is a link")]
    [InlineData("mkdir -m 0777 \"$1\"; chmod 0777 \"$1\"", "its mode is 0777")]
    [InlineData("mkdir -m 0700 -p \"$1/kept.lock\"", "kept.lock: Is a directory")]
    [InlineData("touch \"$1\"", "")]
    public async Task A_place_that_is_not_the_users_alone_is_refused_before_a_token_is_spent(string make, string reason)
    {
        (await Sandbox.RunAsync(new Launch("-c", make, "sh", Place) { Program = "/bin/sh" })).Succeeded();

        (await Sandbox.RunAsync("keep", "--publish", Place)).Failed("AB0705", 7).Says(reason);

        Assert.Empty(Endpoint.Events.Snapshot());
    }

    [Fact]
    public async Task Without_a_credential_nothing_is_published()
    {
        Endpoint.Faults.Add(Fault.Status(403), times: null);

        (await Sandbox.RunAsync("keep", "--publish", Place)).Failed("AB0503", 5);

        Assert.False(File.Exists(CredentialsFile));
    }

    private async Task<BrokerProcess> StartAsync(params string[] more)
    {
        var keep = Sandbox.Start(["keep", "--publish", Place, .. more]);
        await PublishedAsync("environment");
        return keep;
    }

    private async Task PublishedAsync(string profile)
    {
        // active_config is written last.
        using var patience = new CancellationTokenSource(BrokerProcess.Patience);
        while (!File.Exists(Path.Combine(Place, "active_config")) || !File.Exists(Path.Combine(Place, $"credentials/{profile}.json")))
        {
            await Task.Delay(10, patience.Token);
        }
    }

    private static async Task EndAsync(BrokerProcess keep)
    {
        keep.Signal(Posix.SignalTerminate);
        (await keep.WaitAsync()).Succeeded();
    }

    private string WriteProfile()
    {
        Sandbox.WriteProfile("some-profile", NewProfile());
        return "some-profile";
    }

    private static async Task<string> ReceiveAsync(Socket socket)
    {
        var buffer = new byte[1024];
        using var patience = new CancellationTokenSource(BrokerProcess.Patience);
        return Encoding.UTF8.GetString(buffer, 0, await socket.ReceiveAsync(buffer, patience.Token));
    }
}
