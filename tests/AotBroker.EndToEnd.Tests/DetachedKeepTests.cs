using System.Globalization;
using System.Text.Json;

namespace AotBroker.EndToEnd.Tests;

/// <summary>`keep --detach`: what it says before it ends, what stays, and how the later steps of a job learn of it.</summary>
public sealed class DetachedKeepTests : BrokerTest
{
    private string Place => Path.Combine(Sandbox.Root, "published");

    private string LogFile => Path.Combine(Sandbox.Root, "keep.log");

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        UseGitHubVariables();
    }

    public override async Task DisposeAsync()
    {
        foreach (var keeper in Keepers.Of(Sandbox.Root))
        {
            Posix.Signal(keeper, Posix.SignalTerminate);
        }

        await Keepers.OverAsync(Sandbox.Root);
        await base.DisposeAsync();
    }

    [Fact]
    public async Task It_ends_when_everything_is_there_and_another_process_stays()
    {
        var result = (await KeepAsync()).Succeeded();

        var keeper = Assert.Single(Keepers.Of(Sandbox.Root));
        Assert.Equal(
            $"ready: profile environment is in {Place}, and is kept fresh by process {keeper}: ANTHROPIC_CONFIG_DIR={Place} ANTHROPIC_PROFILE=environment",
            result.Line);
        Assert.True(File.Exists(Path.Combine(Place, "credentials/environment.json")));
        Assert.NotEqual(result.Id, keeper);
        await EndAsync(keeper);
        Assert.False(Directory.Exists(Place));
    }

    [Fact]
    public async Task As_JSON_it_names_both_variables_and_the_process()
    {
        using var ready = JsonDocument.Parse((await KeepAsync("--json")).Succeeded().Line);

        Assert.Equal(Assert.Single(Keepers.Of(Sandbox.Root)), ready.RootElement.GetProperty("process_id").GetInt32());
        Assert.Equal(
            [("ANTHROPIC_CONFIG_DIR", Place), ("ANTHROPIC_PROFILE", "environment")],
            ready.RootElement.GetProperty("variables").EnumerateObject().Select(one => (one.Name, one.Value.GetString()!)));
    }

    [Fact]
    public async Task Nothing_that_the_caller_handed_over_stays_open()
    {
        // Each of the pipes is read to its end, which comes when the last that could write there has closed it.
        var result = (await Sandbox.RunScriptAsync($"""
            mkfifo "$TMPDIR/other"
            cat "$TMPDIR/other" & reader=$!
            ("$1" keep --publish "{Place}" --detach 7>"$TMPDIR/other" 2>&1) | cat | wc -l
            wait $reader && echo closed
            """)).Succeeded();

        Assert.Equal(["1", "closed"], result.OutputText.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Trim()));
        var keeper = Assert.Single(Keepers.Of(Sandbox.Root));
        Assert.Equal($"{keeper}", StatOf(keeper)[5]); // It leads a session of its own.
    }

    [Fact]
    public async Task An_error_is_told_in_the_foreground_and_nothing_stays()
    {
        Endpoint.Faults.Add(Fault.Status(403), times: null);

        (await KeepAsync()).Failed("AB0503", 5);

        Assert.Empty(Keepers.Of(Sandbox.Root));
        Assert.False(Directory.Exists(Path.Combine(Place, "credentials")));
    }

    [Fact]
    public async Task A_log_that_cannot_be_written_is_an_error_before_a_token_is_spent()
    {
        (await Sandbox.RunAsync("keep", "--publish", Place, "--detach", "--log", "/nowhere/keep.log")).Failed("AB0706", 7).Says("/nowhere/keep.log");

        Assert.Empty(Endpoint.Events.Snapshot());
    }

    [Fact]
    public async Task A_descriptor_to_be_told_and_detach_exclude_each_other() =>
        (await Sandbox.RunAsync(new Launch("keep", "--publish", Place, "--detach", "--ready-fd", "7") { Redirections = "7>/dev/null" })).Failed("AB0201", 2);

    [Fact]
    public async Task What_goes_wrong_later_is_in_the_log()
    {
        Endpoint.Faults.Add(Fault.ExpiresIn(3), times: 1);
        Endpoint.Faults.Add(Fault.Status(503), times: null);

        (await KeepAsync()).Succeeded();

        using var patience = new CancellationTokenSource(BrokerProcess.Patience);
        while (!(await File.ReadAllTextAsync(LogFile, patience.Token)).Contains("aotbroker: warning[AB", StringComparison.Ordinal))
        {
            await Task.Delay(20, patience.Token);
        }

        Assert.Equal("600", Convert.ToString((int)File.GetUnixFileMode(LogFile), 8));
    }

    [Fact]
    public async Task It_ends_with_the_process_that_it_watches()
    {
        var watched = Sandbox.Start(new Launch("-c", "while [ ! -e \"$TMPDIR/end\" ]; do sleep 0.05; done") { Program = "/bin/sh" });
        (await KeepAsync("--watch-pid", $"{watched.Id}")).Succeeded();

        Sandbox.WriteFile("tmp/end", "");
        await watched.WaitAsync();

        await Keepers.OverAsync(Sandbox.Root);
        Assert.False(Directory.Exists(Place));
    }

    /// <summary>A worker's name is all that is seen of it; the mark would have it killed when the job ends.</summary>
    [Theory]
    [InlineData("RUNNER_TRACKING_ID", "Runner.Worker")]
    [InlineData("VSTS_PROCESS_LOOKUP_ID", "Agent.Worker")]
    public async Task It_ends_with_the_worker_of_the_job_and_does_not_have_its_mark(string mark, string worker)
    {
        Sandbox.Environment[mark] = "job-1";
        var job = Sandbox.Start(new Launch("-c", $"""
            printf '{worker}' >/proc/$$/comm
            sh -c '"$0" "$@"; true' "$0" "$@"
            touch "$TMPDIR/started"
            while [ ! -e "$TMPDIR/end" ]; do sleep 0.05; done
            """, PublishedBinary.Path, "keep", "--publish", Place, "--detach", "--log", LogFile)
        { Program = "/bin/sh" });
        await WaitForAsync(() => File.Exists(Path.Combine(Sandbox.Temporary, "started")));
        var keeper = Assert.Single(Keepers.Of(Sandbox.Root));
        if (Posix.IsRoot)
        {
            Assert.DoesNotContain(mark + "=", await File.ReadAllTextAsync($"/proc/{keeper}/environ"), StringComparison.Ordinal);
        }

        Sandbox.WriteFile("tmp/end", "");
        (await job.WaitAsync()).Succeeded();

        await Keepers.OverAsync(Sandbox.Root);
        Assert.False(Directory.Exists(Place));
    }

    [RootFact]
    public async Task A_mark_whose_worker_cannot_be_seen_stays_so_that_the_job_s_end_is_its_own()
    {
        Sandbox.Environment["RUNNER_TRACKING_ID"] = "job-1";

        (await KeepAsync()).Succeeded();

        Assert.Contains("RUNNER_TRACKING_ID=job-1\0", await File.ReadAllTextAsync($"/proc/{Assert.Single(Keepers.Of(Sandbox.Root))}/environ"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Later_steps_of_a_GitHub_job_get_the_variables_and_can_renew()
    {
        Sandbox.Environment["GITHUB_ENV"] = Sandbox.WriteFile("github-env", "");
        Endpoint.Faults.Add(Fault.ExpiresIn(300), times: 1);

        (await KeepAsync("--github-env")).Succeeded();

        var lines = await File.ReadAllLinesAsync(Sandbox.Environment["GITHUB_ENV"]);
        Assert.Equal(["ANTHROPIC_CONFIG_DIR", Place, "ANTHROPIC_PROFILE", "environment", "AOTBROKER_EXEC_DIR", Place], lines.Where((_, i) => i % 3 != 2).Select(line => line.Split("<<")[0]));
        foreach (var (name, value) in new[] { ("ANTHROPIC_CONFIG_DIR", Place), ("ANTHROPIC_PROFILE", "environment"), ("AOTBROKER_EXEC_DIR", Place) })
        {
            Sandbox.Environment[name] = value;
        }

        (await Sandbox.RunAsync(new Launch("get", "--min-ttl", "299") { Before = "sleep 2;" })).Succeeded();
        Assert.Equal((2, 2), (Endpoint.Events.GrantedExchanges, Endpoint.Events.Presentations));
        await EndAsync(Assert.Single(Keepers.Of(Sandbox.Root)));
        Assert.False(Directory.Exists(Place));
    }

    [Fact]
    public async Task Without_its_file_nothing_is_exchanged()
    {
        (await KeepAsync("--github-env")).Failed("AB0305", 3);

        Assert.Empty(Endpoint.Events.Snapshot());
    }

    [Fact]
    public async Task A_dotenv_file_gets_lines_that_a_shell_reads()
    {
        var file = Sandbox.WriteFile("job.env", "BEFORE=1\n");

        (await KeepAsync("--dotenv", file)).Succeeded();

        Assert.Equal(["BEFORE=1", $"ANTHROPIC_CONFIG_DIR={Place}", "ANTHROPIC_PROFILE=environment", $"AOTBROKER_EXEC_DIR={Place}"], await File.ReadAllLinesAsync(file));
    }

    [Fact]
    public async Task Azure_Pipelines_is_told_on_standard_output()
    {
        var lines = (await KeepAsync("--azure-pipelines")).Succeeded().OutputText.Split('\n');

        Assert.Equal($"##vso[task.setvariable variable=ANTHROPIC_CONFIG_DIR]{Place}", lines[0]);
        Assert.Equal("##vso[task.setvariable variable=ANTHROPIC_PROFILE]environment", lines[1]);
        Assert.StartsWith("ready: ", lines[3], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Buildkite_s_agent_is_called()
    {
        Sandbox.WriteFile("bin/buildkite-agent", $"#!/bin/sh\nprintf '%s\\n' \"$@\" >{Sandbox.Root}/called\n", UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        Sandbox.Environment["PATH"] = $"{Sandbox.Root}/bin:{Sandbox.Environment["PATH"]}";

        (await KeepAsync("--buildkite")).Succeeded();

        Assert.Equal(
            ["env", "set", $"ANTHROPIC_CONFIG_DIR={Place}", "ANTHROPIC_PROFILE=environment", $"AOTBROKER_EXEC_DIR={Place}"],
            await File.ReadAllLinesAsync(Path.Combine(Sandbox.Root, "called")));
    }

    [Fact]
    public async Task An_agent_that_refuses_is_an_error_and_everything_is_taken_back()
    {
        Sandbox.WriteFile("bin/buildkite-agent", "#!/bin/sh\nexit 1\n", UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        Sandbox.Environment["PATH"] = $"{Sandbox.Root}/bin:{Sandbox.Environment["PATH"]}";

        (await KeepAsync("--buildkite")).Failed("AB0706", 7);

        Assert.False(Directory.Exists(Place));
    }

    [Fact]
    public async Task What_was_forgotten_in_the_job_is_told()
    {
        Sandbox.Environment["GITHUB_ENV"] = Sandbox.WriteFile("github-env", "");
        Sandbox.Environment["ANTHROPIC_API_KEY"] = Sandbox.AddSecret("sk-ant-api03-a-leftover-key-of-this-test");
        Sandbox.WriteFile("home/.claude/settings.json", """{"apiKeyHelper":"~/bin/key.sh"}""");

        (await KeepAsync("--github-env")).SucceededWith("AB0802").Says("ANTHROPIC_API_KEY is set").Says($"{Sandbox.Home}/.claude/settings.json has apiKeyHelper");
    }

    [Fact]
    public async Task The_caller_s_end_before_it_is_ready_is_its_end_too()
    {
        Endpoint.Faults.Add(Fault.Delay(TimeSpan.FromSeconds(1)), times: null);
        var keep = Sandbox.Start("keep", "--publish", Place, "--detach", "--log", LogFile);
        await WaitForAsync(() => Keepers.Of(Sandbox.Root).Length == 1);

        keep.Signal(Posix.SignalKill);
        await keep.WaitAsync();

        await Keepers.OverAsync(Sandbox.Root);
        Assert.False(Directory.Exists(Place));
    }

    private Task<ProcessResult> KeepAsync(params string[] more) => Sandbox.RunAsync(["keep", "--publish", Place, "--detach", "--log", LogFile, .. more]);

    private async Task EndAsync(int keeper)
    {
        Posix.Signal(keeper, Posix.SignalTerminate);
        await Keepers.OverAsync(Sandbox.Root);
    }

    private static async Task WaitForAsync(Func<bool> condition)
    {
        using var patience = new CancellationTokenSource(BrokerProcess.Patience);
        while (!condition())
        {
            await Task.Delay(10, patience.Token);
        }
    }

    private static string[] StatOf(int process) => File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{process}/stat")).Split(' ');
}
