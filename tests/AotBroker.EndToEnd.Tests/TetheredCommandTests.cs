using System.Text.Json.Nodes;

namespace AotBroker.EndToEnd.Tests;

/// <summary>The program that prints the identity, and what it has started, end with the broker, by whatever that is ended.</summary>
public sealed class TetheredCommandTests : BrokerTest
{
    private const string Signals = "1 2 3 9 15";

    /// <summary>Each writes the ids of all that is to end, a line each, before it lasts.</summary>
    public static TheoryData<string> Programs =>
    [
        "echo $$ >\"$0\"; exec sleep 1000",
        "sleep 1000 & echo $$ >\"$0\"; echo $! >>\"$0\"; wait",
        "trap '' HUP INT TERM QUIT PIPE; sleep 1000 & echo $$ >\"$0\"; echo $! >>\"$0\"; wait; wait",
        "exec <&-; sleep 1000 & echo $$ >\"$0\"; echo $! >>\"$0\"; wait",
        "exec </dev/null >&- 2>&-; sleep 1000 & echo $$ >\"$0\"; echo $! >>\"$0\"; wait",
        "(sleep 1000 & echo $! >\"$0\"; wait) | cat",
    ];

    [Theory]
    [MemberData(nameof(Programs))]
    public async Task Nothing_of_it_is_left(string program)
    {
        foreach (var signal in Signals.Split(' '))
        {
            var ids = Path.Combine(Sandbox.Root, $"ids-{signal}");
            Sandbox.WriteProfile("c", NewProfile(new JsonObject { ["source"] = "command", ["command"] = new JsonArray("/bin/sh", "-c", program, ids), ["timeout_seconds"] = 600 }));
            var get = Sandbox.Start("get", "--profile", "c", "--timeout", "600");
            await UntilAsync(() => File.Exists(ids) && File.ReadAllText(ids).EndsWith('\n'));
            await Task.Delay(50); // For the second line.
            var all = (await File.ReadAllLinesAsync(ids)).Select(int.Parse).ToArray();

            get.Signal(int.Parse(signal, System.Globalization.CultureInfo.InvariantCulture));

            Assert.NotEqual(0, (await get.WaitAsync()).ExitCode);
            await UntilAsync(() => all.All(id => !File.Exists($"/proc/{id}/stat") || File.ReadAllText($"/proc/{id}/stat").Contains(") Z ", StringComparison.Ordinal)));
        }
    }

    [Fact]
    public async Task A_broker_in_a_brokers_command_takes_its_own_with_it()
    {
        var ids = Path.Combine(Sandbox.Root, "ids");
        Sandbox.WriteProfile("inner", NewProfile(new JsonObject { ["source"] = "command", ["command"] = new JsonArray("/bin/sh", "-c", "echo $$ >\"$0\"; exec sleep 1000", ids), ["timeout_seconds"] = 600 }));
        Sandbox.WriteProfile("outer", NewProfile(new JsonObject
        {
            ["source"] = "command",
            ["command"] = new JsonArray(PublishedBinary.Path, "get", "--profile", "inner", "--timeout", "600"),
            ["environment"] = new JsonArray("XDG_CONFIG_HOME", "AOTBROKER_CACHE_DIR", "AOTBROKER_HOST_METADATA"),
            ["timeout_seconds"] = 600,
        }));
        var get = Sandbox.Start("get", "--profile", "outer", "--timeout", "600");
        await UntilAsync(() => File.Exists(ids) && File.ReadAllText(ids).EndsWith('\n'));
        var id = int.Parse(await File.ReadAllTextAsync(ids), System.Globalization.CultureInfo.InvariantCulture);

        get.Signal(Posix.SignalKill);

        await get.WaitAsync();
        await UntilAsync(() => !Directory.Exists($"/proc/{id}"));
    }

    [Fact]
    public async Task What_it_leaves_running_when_it_has_ended_by_itself_goes_on()
    {
        var ids = Path.Combine(Sandbox.Root, "ids");
        var token = NewIdentityFile();
        Sandbox.WriteProfile("c", NewProfile(new JsonObject { ["source"] = "command", ["command"] = new JsonArray("/bin/sh", "-c", "sleep 1000 >/dev/null 2>&1 & echo $! >\"$0\"; cat \"$1\"", ids, token) }));

        (await Sandbox.RunAsync("get", "--profile", "c")).Succeeded();

        var id = int.Parse(await File.ReadAllTextAsync(ids), System.Globalization.CultureInfo.InvariantCulture);
        Assert.Contains("sleep", await File.ReadAllTextAsync($"/proc/{id}/cmdline"), StringComparison.Ordinal);
        Posix.Signal(id, Posix.SignalKill);
    }

    /// <summary>What the caller ignored is so in the program, and nothing else is.</summary>
    [Theory]
    [InlineData("")]
    [InlineData("HUP")]
    [InlineData("INT QUIT")]
    [InlineData("PIPE")]
    [InlineData("HUP INT QUIT TERM PIPE USR1 XFSZ")]
    public async Task It_finds_the_signals_as_the_caller_left_them(string ignored)
    {
        var token = NewIdentityFile();
        const string look = "grep -E '^Sig(Ign|Blk)' /proc/self/status";
        Sandbox.WriteProfile("c", NewProfile(new JsonObject { ["source"] = "command", ["command"] = new JsonArray("/bin/sh", "-c", $"{look} >\"$0\"; cat \"$1\"", Path.Combine(Sandbox.Root, "seen"), token) }));
        var trap = ignored.Length == 0 ? "" : $"trap '' {ignored};";

        var plain = (await Sandbox.RunAsync(new Launch("-c", look) { Program = "/bin/sh", Before = trap })).Succeeded().OutputText;
        (await Sandbox.RunAsync(new Launch("get", "--profile", "c") { Before = trap })).Succeeded();

        Assert.Equal(plain, await File.ReadAllTextAsync(Path.Combine(Sandbox.Root, "seen")));
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        using var patience = new CancellationTokenSource(BrokerProcess.Patience);
        while (!condition())
        {
            await Task.Delay(10, patience.Token);
        }
    }
}
