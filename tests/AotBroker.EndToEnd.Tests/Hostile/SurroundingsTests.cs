using System.Text.Json.Nodes;

namespace AotBroker.EndToEnd.Tests;

/// <summary>What a process is started with may be missing, closed, full or too small: it ends in good order, and leaks nothing.</summary>
public sealed class SurroundingsTests : BrokerTest
{
    private const int PipeCapacity = 64 * 1024;
    private const UnixFileMode Executable = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        UseGitHubVariables();
    }

    [Fact]
    public async Task Where_the_working_directory_is_gone_absolute_paths_work_and_relative_ones_are_refused()
    {
        var gone = Path.Combine(Sandbox.Root, "gone");
        var launch = new Launch("get") { Before = $"mkdir '{gone}' && cd '{gone}' && rmdir '{gone}';" };

        (await Sandbox.RunAsync(launch)).Succeeded();
        (await Sandbox.RunAsync(launch with { Variables = new Dictionary<string, string?> { ["AOTBROKER_CACHE_DIR"] = "cache" } })).Failed("AB0305", 3);
    }

    /// <summary>Each of them ended this program, or changed it; the last is read by managed code.</summary>
    [Theory]
    [InlineData("DOTNET_DbgEnableMiniDump=1")]
    [InlineData("COMPlus_DbgEnableMiniDump=1")]
    [InlineData("DOTNET_DbgMiniDumpName=/nowhere/dump", "DOTNET_DbgEnableMiniDump=1", "DOTNET_DbgMiniDumpType=4")]
    [InlineData("DOTNET_EnableCrashReport=1", "DOTNET_CreateDumpDiagnostics=1")]
    [InlineData("DOTNET_GCLargePages=1", "DOTNET_GCHeapHardLimit=0x10000000")]
    [InlineData("DOTNET_GCHeapHardLimit=0x10000")]
    [InlineData("DOTNET_GCHeapHardLimitPercent=0x64")]
    [InlineData("DOTNET_GCRegionRange=1", "DOTNET_GCRegionSize=1", "DOTNET_GCgen0size=1")]
    [InlineData("DOTNET_gcServer=1", "DOTNET_gcConcurrent=1", "DOTNET_GCHeapCount=99")]
    [InlineData("DOTNET_GCHeapAffinitizeMask=ffffffffffffffff")]
    [InlineData("DOTNET_GCName=libnowhere.so", "DOTNET_GCPath=/nowhere")]
    [InlineData("DOTNET_Thread_DefaultStackSize=1", "DOTNET_DefaultStackSize=1")]
    [InlineData("DOTNET_ThreadPool_ForceMaxWorkerThreads=1", "DOTNET_PROCESSOR_COUNT=0")]
    [InlineData("DOTNET_EnableHWIntrinsic=0", "DOTNET_EnableSSE42=0")]
    [InlineData("DOTNET_EnableEventPipe=1", "DOTNET_EventPipeOutputPath=/nowhere/trace")]
    [InlineData("DOTNET_TieredCompilation=0", "DOTNET_ReadyToRun=0", "DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=0")]
    [InlineData("DOTNET_SYSTEM_NET_DISABLEIPV6=1", "DOTNET_SYSTEM_NET_SOCKETS_THREAD_COUNT=0", "DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS=1")]
    [InlineData("DOTNET_SYSTEM_NET_HTTP_SOCKETSHTTPHANDLER_HTTP2SUPPORT=0", "DOTNET_SYSTEM_NET_HTTP_SOCKETSHTTPHANDLER_MAXCONNECTIONSPERSERVER=0")]
    public async Task Variables_of_the_runtime_are_for_the_command_alone(params string[] settings)
    {
        var variables = settings.ToDictionary(setting => setting.Split('=')[0], setting => (string?)setting.Split('=')[1]);

        var token = (await Sandbox.RunAsync(new Launch("get") { Variables = variables })).Succeeded().Line;
        var seen = (await Sandbox.RunAsync(new Launch("exec", "--", "env") { Variables = variables })).Succeeded().OutputText;

        Assert.StartsWith("sk-ant-oat01-", token, StringComparison.Ordinal);
        Assert.All(settings, setting => Assert.Contains(setting, seen.Split('\n')));
        Assert.Equal(1, Endpoint.Events.Presentations);
    }

    [Fact]
    public async Task A_variable_of_the_runtime_that_a_profile_names_reaches_its_identity_command()
    {
        var path = NewIdentityFile();
        var command = Sandbox.WriteFile("bin/identity", $"#!/bin/sh\n[ \"$DOTNET_ROOT\" = /opt/dotnet ] && cat '{path}'\n", Executable);
        var profile = NewProfile(new JsonObject { ["source"] = "command", ["command"] = new JsonArray(command), ["environment"] = new JsonArray("DOTNET_ROOT") });
        Sandbox.WriteProfile("p", profile);

        (await Sandbox.RunAsync(new Launch("get", "--profile", "p") { Variables = new Dictionary<string, string?> { ["DOTNET_ROOT"] = "/opt/dotnet" } })).Succeeded();
    }

    /// <summary>An abort, or the word that the connection was lost, is what a limit must not end in.</summary>
    [Theory]
    [InlineData("ulimit -v", 16_000, 20_000, 40_000, 50_000, 60_000, 80_000, 100_000, 120_000, 140_000, 160_000, 180_000)]
    [InlineData("ulimit -v", 200_000, 300_000, 400_000, 450_000, 480_000, 490_000, 500_000, 550_000, 700_000, 1_000_000, 2_000_000)]
    [InlineData("ulimit -d", 3_000, 5_000, 8_000, 10_000, 12_000, 15_000, 20_000, 50_000)]
    public async Task With_any_limit_of_memory_there_is_a_credential_or_an_error_that_says_so(string limit, params int[] kibibytes)
    {
        var granted = 0;
        foreach (var size in kibibytes)
        {
            foreach (var force in (string[][])[["--force-refresh"], []])
            {
                var result = await Sandbox.RunAsync(new Launch(["get", .. force]) { Before = $"{limit} {size};" });

                granted += result.ExitCode == 0 ? 1 : 0;
                _ = result.ExitCode == 0 ? result.Succeeded() : result.Failed("AB0103", 1).Says("memory");
            }
        }

        Assert.NotEqual(0, granted);
    }

    [Theory]
    [InlineData("not-there")]
    [InlineData("/dev/null")]
    [InlineData("/proc/self")]
    [InlineData("")]
    public async Task A_temporary_directory_that_is_none_is_not_needed(string path)
    {
        var launch = new Launch("exec", "--no-refresh", "--", "/bin/true")
        {
            Variables = new Dictionary<string, string?> { ["TMPDIR"] = path },
            Before = $"cd '{Sandbox.MakeDirectory("started-here")}';",
        };
        (await Sandbox.RunAsync(launch)).Succeeded();
        Sandbox.Environment["AOTBROKER_CACHE_DIR"] = "/sys/aotbroker/cache";

        (await Sandbox.RunAsync(launch)).SucceededWith("AB0701");
    }

    /// <summary>All combinations: whatever is opened first would get the number of a stream that is closed.</summary>
    [Theory]
    [InlineData("<&-")]
    [InlineData(">&-")]
    [InlineData("2>&-")]
    [InlineData("<&- >&-")]
    [InlineData("<&- 2>&-")]
    [InlineData(">&- 2>&-")]
    [InlineData("<&- >&- 2>&-")]
    public async Task No_file_takes_the_place_of_a_closed_stream(string redirections)
    {
        // A warning and a log, so that there is something to write to each.
        Sandbox.Environment["ANTHROPIC_API_KEY"] = Sandbox.AddSecret("sk-ant-api03-" + Convert.ToHexString(System.Security.Cryptography.RandomNumberGenerator.GetBytes(20)));
        var hasOutput = !redirections.Contains(">&- ", StringComparison.Ordinal) && !redirections.EndsWith(">&-", StringComparison.Ordinal) || redirections is "2>&-" or "<&- 2>&-";

        var get = await Sandbox.RunAsync(new Launch("get", "--verbose") { Redirections = redirections });
        var exec = await Sandbox.RunAsync(new Launch("exec", "--verbose", "--", "/bin/true") { Redirections = redirections });

        Assert.Equal(hasOutput ? 0 : 7, get.ExitCode);
        Assert.Equal(0, exec.ExitCode);
        await StoredFiles.UntilNothingIsPublishedAsync(Sandbox);
        Assert.All(Directory.GetFiles(Sandbox.Cache, "*.lock"), path => Assert.Equal(0, new FileInfo(path).Length));
        Assert.All(
            Directory.GetFiles(Sandbox.Root, "*", SearchOption.AllDirectories).Where(path => new FileInfo(path).Length > 0),
            path => Assert.DoesNotContain("aotbroker: ", File.ReadAllText(path), StringComparison.Ordinal));
        Assert.NotNull(Endpoint.Grants.Find((await Sandbox.RunAsync("get")).Succeeded().Line));
        Assert.Equal(1, Endpoint.Events.GrantedExchanges);
    }

    /// <summary>As of every program: it waits for its reader. But it waits alone.</summary>
    [Fact]
    public async Task A_full_pipe_at_standard_output_holds_nobody_else()
    {
        using var pipe = FullPipe(out var path);
        var waiting = Sandbox.Start(new Launch("get") { Redirections = $">'{path}'" });
        await Endpoint.Events.WaitForAsync(_ => Endpoint.Events.GrantedExchanges == 1);

        var other = (await Sandbox.RunAsync("get", "--force-refresh")).Succeeded();

        Assert.Null(waiting.Result);
        var buffer = new byte[PipeCapacity];
        await pipe.ReadExactlyAsync(buffer);
        (await waiting.WaitAsync()).Succeeded();
        var line = new byte[other.Output.Length];
        await pipe.ReadExactlyAsync(line);
        Assert.NotNull(Endpoint.Grants.Find(System.Text.Encoding.ASCII.GetString(line).TrimEnd('\n')));
    }

    /// <summary>What is told is lost, in the end; the lock is let go, and the caller gets what it asked for.</summary>
    [Fact]
    public async Task A_full_pipe_at_standard_error_keeps_nobody_from_a_credential()
    {
        using var pipe = FullPipe(out var path);

        var result = await Sandbox.RunAsync(new Launch("get", "--verbose") { Redirections = $"2>'{path}'" });

        Assert.NotNull(Endpoint.Grants.Find(result.Succeeded().Line));
        Assert.Equal(1, Endpoint.Events.GrantedExchanges);
    }

    [Fact]
    public async Task A_limit_on_the_size_of_files_is_a_warning_and_no_death_by_signal()
    {
        var result = await Sandbox.RunAsync(new Launch("get") { Before = "ulimit -f 0;" });

        Assert.NotNull(Endpoint.Grants.Find(result.SucceededWith("AB0704").Says("File too large").Line));
        Assert.Empty(Sandbox.EntryFiles);
        Assert.Empty(Directory.GetFiles(Sandbox.Cache, "*.tmp"));
    }

    [Fact]
    public async Task A_command_finds_the_signal_for_file_sizes_as_it_was()
    {
        string[] exec = ["exec", "--", "/bin/sh", "-c", "grep SigIgn /proc/self/status"];

        var usual = (await Sandbox.RunAsync(exec)).Succeeded();
        var ignored = (await Sandbox.RunAsync(new Launch(exec) { Before = "trap '' XFSZ;" })).Succeeded();

        Assert.Equal("SigIgn:\t0000000000000000", usual.Line);
        Assert.Equal("SigIgn:\t0000000001000000", ignored.Line);
    }

    [Fact]
    public async Task With_few_descriptors_it_works_or_says_that_they_are_too_few()
    {
        var worked = 0;
        for (var limit = 4; limit <= 16; limit++)
        {
            var result = await Sandbox.RunAsync(new Launch($"--nofile={limit}", PublishedBinary.Path, "get", "--force-refresh") { Program = "prlimit" });

            Assert.True(result.ExitCode is 0 or 4 or 6 or 7, $"{limit}: {result}");
            Assert.True(result.ExitCode == 0 ? Endpoint.Grants.Find(result.Line) is not null : result.Output.Length == 0, $"{limit}: {result}");
            worked += result.ExitCode == 0 ? 1 : 0;
        }

        Assert.True(worked > 0);
        (await Sandbox.RunAsync("get")).Succeeded();
    }

    private FileStream FullPipe(out string path)
    {
        path = Path.Combine(Sandbox.Root, "full");
        Posix.MakeFifo(path);
        // For reading and writing, so that opening it waits for nobody.
        var pipe = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite, bufferSize: 0);
        pipe.Write(new byte[PipeCapacity]);
        return pipe;
    }
}
